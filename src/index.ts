import { defaultCompute } from './compute/nodeCompute.js';
import type { Compute } from './numerics/compute.js';
import type { Problem } from './problem/problem.js';
import { checkOptions } from './theories/options.js';
import type { KernelPosterior } from './theories/posterior.js';
import { theoryOf } from './theories/registry.js';
import { type SolveOptions, solveWith } from './theories/solve.js';
import type { Theory } from './theories/theory.js';

export * from './common.js';
export { type ComputeOptions, defaultCompute, nodeCompute } from './compute/nodeCompute.js';
export { loadProblem } from './io/loadProblem.js';

/**
 * Solves a problem by a theory, on all cores and the fastest backend of this machine.
 * @throws InputError for what the theory cannot treat, and for options that it does not use
 */
export async function solve(
  problem: Problem,
  theory: Theory | string,
  options: SolveOptions & { compute?: Compute } = {},
): Promise<KernelPosterior> {
  const asked = theoryOf(theory);
  checkOptions(asked, options);
  return solveWith(problem, asked, options.compute ?? (await defaultCompute()), options);
}
