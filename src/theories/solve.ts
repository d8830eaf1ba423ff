import type { Compute } from '../numerics/compute.js';
import { MemoryError } from '../numerics/errors.js';
import type { Problem } from '../problem/problem.js';
import type { KernelPosterior } from './posterior.js';
import { theoryByName } from './registry.js';
import type { Progress, Theory, TheoryOptions } from './theory.js';

export interface SolveOptions extends TheoryOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** Milliseconds of work after which the event loop gets a turn, so that pages and progress bars stay alive. */
const TURN = 30;

const gigabytes = (bytes: number) => `${(bytes / 1e9).toPrecision(2)} GB`;

/** Refuses what cannot fit. @throws MemoryError with the estimate */
export function checkMemory(theory: Theory, problem: Problem, compute: Compute, options: TheoryOptions): void {
  const { rows } = problem.data.x;
  const need = 8 * rows * rows * theory.matrices(problem, options) + 16 * problem.data.x.data.length;
  if (need <= compute.memory) return;
  throw new MemoryError(
    `data: ${rows} samples need about ${gigabytes(need)} of memory for ${theory.name}, of which ${gigabytes(compute.memory)} may be used; take fewer samples`,
  );
}

/**
 * Runs a theory to its end.
 * @throws InputError for problems a theory cannot treat; the signal's reason when aborted
 */
export async function solveWith(
  problem: Problem,
  theoryOrName: Theory | string,
  compute: Compute,
  options: SolveOptions = {},
): Promise<KernelPosterior> {
  const theory = typeof theoryOrName === 'string' ? theoryByName(theoryOrName) : theoryOrName;
  checkMemory(theory, problem, compute, options);
  const steps = theory.iterate(problem, compute, options);
  let turn = performance.now();
  for (;;) {
    options.signal?.throwIfAborted();
    const step = await steps.next();
    if (step.done) return step.value;
    options.onProgress?.(step.value);
    if (performance.now() - turn < TURN) continue;
    await new Promise((resolve) => setTimeout(resolve));
    turn = performance.now();
  }
}
