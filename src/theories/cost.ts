import type { Problem } from '../problem/problem.js';
import type { Theory } from './theory.js';

/**
 * About how many seconds a theory takes on one thread of the machine of docs/scaling.md: Σ terms · seconds of
 * its cost model.
 * @param theory with its cost model
 * @param problem that may have sizes and no numbers
 * @param options of the theory
 */
export function secondsOf(
  { cost }: Pick<Theory, 'cost'>,
  problem: Problem,
  options: Readonly<Record<string, unknown>> = {},
): number {
  return cost.terms(problem, options).reduce((sum, term, k) => sum + term * (cost.seconds[k] ?? 0), 0);
}
