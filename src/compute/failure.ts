import {
  AllocationError,
  InputError,
  MemoryError,
  NotPositiveDefiniteError,
  OutOfReachError,
} from '../numerics/errors.js';

/** An error on its way from one thread to another, which classes do not survive. */
export interface Failure {
  readonly kind: string;
  readonly message: string;
  /** message and place */
  readonly stack: string;
}

/** What may be told to the user as it is, and lack of memory. */
const kinds = new Map<string, new (message: string) => Error>(
  [AllocationError, InputError, MemoryError, NotPositiveDefiniteError, OutOfReachError, RangeError].map(
    (kind) => [kind.name, kind],
  ),
);

export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { kind: '', message: String(error), stack: String(error) };
  return { kind: error.constructor.name, message: error.message, stack: error.stack ?? error.message };
}

/** The error as it would be on this thread; a fault of the program with the place in the other one. */
export function errorOf({ kind, message, stack }: Failure): Error {
  const Kind = kinds.get(kind);
  return Kind ? new Kind(message) : new Error(`in a worker thread: ${stack}`);
}
