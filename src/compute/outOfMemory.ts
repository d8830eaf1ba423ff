import { AllocationError } from '../numerics/errors.js';
import { addressSpaceLimit, withinAddressSpace } from '../numerics/native/memory.js';

/** Whether an array, the memory of WebAssembly or a thread could not be had, as engines say it. */
function isOutOfMemory(error: Error): boolean {
  if (error instanceof AllocationError) return true;
  const { code } = error as NodeJS.ErrnoException;
  if (
    code !== undefined &&
    ['ENOMEM', 'EAGAIN', 'ERR_WORKER_INIT_FAILED', 'ERR_WORKER_OUT_OF_MEMORY'].includes(code)
  )
    return true;
  const said = /allocat|out of memory|invalid (typed )?array( buffer)? length|array size exceeded/i;
  return error instanceof RangeError && said.test(error.message);
}

/**
 * What to say where memory could not be had, with the limit that is the likely cause; undefined of other
 * errors.
 */
export function outOfMemory(error: unknown, limit = addressSpaceLimit()): string | undefined {
  if (!(error instanceof Error) || !isOutOfMemory(error)) return undefined;
  if (Number.isFinite(limit))
    return `out of memory: ${withinAddressSpace('allows', limit, 'of which threads and WebAssembly reserve far more than they use')}`;
  if (error instanceof AllocationError) return error.message;
  return 'out of memory; take fewer points or samples, fewer threads (FINITE_WIDTH_THREADS), or raise the limit';
}
