import { checkKernels } from '../numerics/arguments.js';
import { type Compute, checkCompute, requireMemory } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import { drive } from '../numerics/steps.js';
import { checkProblem } from '../problem/checkProblem.js';
import type { Problem } from '../problem/problem.js';
import { requireFinite } from './finite.js';
import { type KernelPosterior, withCheckedInputs } from './posterior.js';
import { theoryOf } from './registry.js';
import type { Progress, Theory, TheoryOptions } from './theory.js';

export interface SolveOptions extends TheoryOptions {
  readonly onProgress?: (progress: Progress) => void;
  readonly signal?: AbortSignal;
}

/** Refuses what a theory cannot treat, and what cannot fit. @throws InputError, MemoryError with the estimate */
export function checkMemory(theory: Theory, problem: Problem, compute: Compute, options: TheoryOptions): void {
  const reason = theory.refuses?.(problem, options);
  if (reason) throw new InputError(reason);
  const { rows, data } = problem.data.x;
  requireMemory(compute, 8 * rows * rows * theory.matrices(problem, options) + 16 * data.length, rows, theory.name);
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
  checkProblem(problem);
  checkCompute(compute);
  const theory = theoryOf(theoryOrName);
  if (options.start !== undefined) checkKernels('start', options.start, problem.network.hiddenLayers + 1, problem.data.x.rows);
  checkMemory(theory, problem, compute, options);
  const { onProgress, signal } = options;
  const steps = theory.iterate(problem, compute, options);
  return withCheckedInputs(requireFinite(await drive(steps, { ...(onProgress ? { onStep: onProgress } : {}), signal })));
}
