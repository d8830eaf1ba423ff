import { ATLAS } from './atlas.js';
import type { AtlasProblem, Coupling } from './coupling.js';

/** Problems whose errors are looked at. */
const NEIGHBOURS = 3;
/** Beyond the largest coupling of the atlas by more than this factor nothing is known. */
const BEYOND = 1.5;

const clipped = (coupling: Coupling, atlas: readonly AtlasProblem[]): number =>
  Math.min(coupling.layers, Math.max(...atlas.map(({ layers }) => layers)));

/** Distance of two couplings in ln(τ + σ) and ln(σ/τ): strength, and what makes it. */
const apart = (a: Coupling, b: Coupling): number =>
  Math.hypot(
    Math.log((a.fluctuation + a.pull) / (b.fluctuation + b.pull)),
    Math.log(a.pull / a.fluctuation / (b.pull / b.fluctuation)),
  );

/** How much stronger the one is coupled than the other. */
const ratio = (a: Coupling, b: Coupling): number => Math.max(a.fluctuation / b.fluctuation, a.pull / b.pull);

/**
 * The error that a theory which is not exact is expected to have: the largest of the three problems of the
 * atlas, of as many layers, that are nearest, each times the ratio of the couplings, for all errors fall at
 * least as 1/N; infinite where one of them has no solution, and beyond the couplings of the atlas.
 */
export function expectedError(
  theory: string,
  coupling: Coupling,
  atlas: readonly AtlasProblem[] = ATLAS,
): number {
  const layers = clipped(coupling, atlas);
  const known = atlas.filter((problem) => problem.layers === layers && theory in problem.errors);
  if (known.length === 0) return Number.POSITIVE_INFINITY;
  const reach = (of: (c: Coupling) => number) => BEYOND * Math.max(...known.map(of));
  if (coupling.fluctuation > reach((c) => c.fluctuation) || coupling.pull > reach((c) => c.pull))
    return Number.POSITIVE_INFINITY;
  const nearest = known.toSorted((a, b) => apart(a, coupling) - apart(b, coupling)).slice(0, NEIGHBOURS);
  return Math.max(
    ...nearest.map(
      (problem) => (problem.errors[theory] ?? Number.POSITIVE_INFINITY) * ratio(coupling, problem),
    ),
  );
}
