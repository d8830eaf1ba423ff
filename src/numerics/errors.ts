/** Longer lines wrap on every terminal, and hide what they say. */
const LONGEST_LINE = 300;
/** Of an error, which commands put their name before. */
const LONGEST_MESSAGE = 280;

/**
 * A message as one line, whatever names it quotes: control characters escaped, the middle of a long one left
 * out.
 */
export function oneLine(message: string, longest = LONGEST_LINE): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  const controls = /[\x00-\x1f\x7f-\x9f\u2028\u2029]/g;
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const line = message.replaceAll('\n', '\\n').replace(controls, escaped);
  if (line.length <= longest) return line;
  const half = Math.floor(longest / 2);
  return `${line.slice(0, half)}…${line.slice(line.length - half + 1)}`;
}

/**
 * A factorisation met a matrix that is not positive definite: a solver left the region where its equations
 * hold.
 */
export class NotPositiveDefiniteError extends Error {
  override readonly name = 'NotPositiveDefiniteError';
}

/** Samples do not reach a measure that they are to average over: no matrix is to blame. */
export class OutOfReachError extends Error {
  override readonly name = 'OutOfReachError';
}

/**
 * Whether a solver has to step back: its equations do not hold there, or its samples cannot say what they
 * are.
 */
export const leavesRegion = (error: unknown): error is NotPositiveDefiniteError | OutOfReachError =>
  error instanceof NotPositiveDefiniteError || error instanceof OutOfReachError;

/** Whether a theory said in one line why it has no solution. */
export const hasNoSolution = (error: unknown): error is InputError | OutOfReachError =>
  error instanceof InputError || error instanceof OutOfReachError;

/** Bad input, told in one line that names the culprit and what would be right. */
export class InputError extends Error {
  override readonly name = 'InputError';

  constructor(message: string) {
    super(oneLine(message, LONGEST_MESSAGE));
  }
}

/** A computation that would not fit into memory, refused before anything is allocated. */
export class MemoryError extends InputError {}

/** Memory that the system did not give, whatever the estimates said. */
export class AllocationError extends MemoryError {}

/**
 * What kind of thing ended a computation, for programs: bad input, memory, no covariance in double precision,
 * too few samples, or a fault.
 */
export type FailureReason = 'input' | 'memory' | 'noCovariance' | 'samples' | 'internal';

export function failureReasonOf(error: unknown): FailureReason {
  if (error instanceof MemoryError) return 'memory';
  if (error instanceof InputError) return 'input';
  if (error instanceof OutOfReachError) return 'samples';
  return error instanceof NotPositiveDefiniteError ? 'noCovariance' : 'internal';
}

/**
 * What ended a computation, as far as it is no fault of the program: what was asked for, or what double
 * precision does not hold.
 */
export function reasonOf(error: unknown): string | undefined {
  if (error instanceof InputError) return error.message;
  if (error instanceof OutOfReachError) return error.message;
  if (!(error instanceof NotPositiveDefiniteError)) return undefined;
  const advice = 'give a larger noiseVariance, or smaller variances';
  return `kernel and noise are no covariance in double precision (${error.message}); ${advice}`;
}
