import { type Compute, portableCompute } from './numerics/compute.js';
import type { Problem } from './problem/problem.js';
import type { KernelPosterior } from './theories/posterior.js';
import { type SolveOptions, solveWith } from './theories/solve.js';
import type { Theory } from './theories/theory.js';

export * from './common.js';

/** Solves a problem by a theory, on one thread with the WebAssembly backend: call it in a web worker. */
export function solve(
  problem: Problem,
  theory: Theory | string,
  options: SolveOptions & { compute?: Compute } = {},
): Promise<KernelPosterior> {
  return solveWith(problem, theory, options.compute ?? portableCompute(), options);
}
