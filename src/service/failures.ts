import { outOfMemory } from '../compute/outOfMemory.js';
import { InputError, leavesRegion, MemoryError, oneLine, reasonOf } from '../numerics/errors.js';

/**
 * Why there is no answer. `Lost`: a posterior that this process does not know; `Internal`: a fault of the
 * program.
 */
export interface ServiceFailure {
  readonly kind: 'InputError' | 'MemoryError' | 'OutOfReach' | 'Cancelled' | 'Lost' | 'Internal';
  readonly message: string;
}

/** A posterior was asked for that this process does not hold. */
export class LostError extends Error {}

/** The caller has asked to stop. */
export class CancelledError extends Error {}

export function serviceFailure(error: unknown): ServiceFailure {
  const memory = outOfMemory(error);
  if (memory !== undefined) return { kind: 'MemoryError', message: memory };
  if (error instanceof MemoryError) return { kind: 'MemoryError', message: error.message };
  if (error instanceof InputError) return { kind: 'InputError', message: error.message };
  if (leavesRegion(error)) return { kind: 'OutOfReach', message: oneLine(reasonOf(error) ?? error.message) };
  if (error instanceof LostError) return { kind: 'Lost', message: error.message };
  if (error instanceof CancelledError) return { kind: 'Cancelled', message: error.message };
  if (!(error instanceof Error)) return { kind: 'Internal', message: String(error) };
  const place = /^\s*at .*$/m.exec(error.stack ?? '')?.[0].trim();
  return { kind: 'Internal', message: `${error.name}: ${error.message}${place ? ` (${place})` : ''}` };
}
