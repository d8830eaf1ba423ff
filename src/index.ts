import { defaultCompute } from './compute/nodeCompute.js';
import type { KernelPosterior } from './posterior/posterior.js';
import type { Problem } from './problem/problem.js';
import type { OptionTable, ValuesOf } from './theories/option.js';
import { checkOptions } from './theories/options.js';
import { type OptionsOf, type TheoryName, theoryOf } from './theories/registry.js';
import type { seed } from './theories/sharedOptions.js';
import { type Solving, solveWith } from './theories/solve.js';
import type { Theory } from './theories/theory.js';

export * from './common.js';
export { type ComputeOptions, defaultCompute, nodeCompute } from './compute/nodeCompute.js';
export { type LoadedProblem, loadProblem } from './io/loadProblem.js';

/**
 * Solves a problem by a theory, on all cores and the fastest backend of this machine.
 * @param theory its name, or a theory of your own; names of all kinds (of a file, say) become theories by
 *   `theoryByName`
 * @param options those of the theory, with `onProgress`, an AbortSignal, and what to compute on
 * @throws InputError for what the theory cannot treat, and for options that it does not use; MemoryError for
 *   what would not fit; the signal's reason when aborted
 */
export function solve<Name extends TheoryName>(
  problem: Problem,
  theory: Name,
  options?: OptionsOf<Name> & Solving,
): Promise<KernelPosterior>;
export function solve<Table extends OptionTable>(
  problem: Problem,
  theory: Theory<string, Table>,
  options?: ValuesOf<Table & typeof seed> & Solving,
): Promise<KernelPosterior>;
export async function solve(
  problem: Problem,
  theory: unknown,
  options: Solving = {},
): Promise<KernelPosterior> {
  const asked = theoryOf(theory as Theory | TheoryName);
  checkOptions(asked, options);
  return solveWith(problem, asked, options.compute ?? (await defaultCompute()), options);
}
