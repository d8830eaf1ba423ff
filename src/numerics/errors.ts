/** A factorisation met a matrix that is not positive definite: a solver left the region where its equations hold. */
export class NotPositiveDefiniteError extends Error {
  override readonly name = 'NotPositiveDefiniteError';
}

/** Bad input, told in one line that names the culprit and what would be right. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** A computation that would not fit into memory, refused before anything is allocated. */
export class MemoryError extends InputError {}

/** What ended a computation, as far as it is no fault of the program: what was asked for, or what double precision does not hold. */
export function reasonOf(error: unknown): string | undefined {
  if (error instanceof InputError) return error.message;
  if (!(error instanceof NotPositiveDefiniteError)) return undefined;
  const advice = 'give a larger noiseVariance, or smaller variances';
  return `kernel and noise are no covariance in double precision (${error.message}); ${advice}`;
}
