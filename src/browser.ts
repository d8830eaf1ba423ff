import { type Compute, portableCompute } from './numerics/compute.js';
import type { Problem } from './problem/problem.js';
import { checkOptions } from './theories/options.js';
import type { KernelPosterior } from './theories/posterior.js';
import { theoryOf } from './theories/registry.js';
import { type SolveOptions, solveWith } from './theories/solve.js';
import type { Theory } from './theories/theory.js';

export * from './common.js';

/**
 * Solves a problem by a theory, on one thread with the WebAssembly backend: call it in a web worker.
 * @throws InputError for what the theory cannot treat, and for options that it does not use
 */
export async function solve(
  problem: Problem,
  theory: Theory | string,
  options: SolveOptions & { compute?: Compute } = {},
): Promise<KernelPosterior> {
  const asked = theoryOf(theory);
  checkOptions(asked, options);
  return solveWith(problem, asked, options.compute ?? portableCompute(), options);
}
