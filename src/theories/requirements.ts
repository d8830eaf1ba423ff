import { architectureOf, mostPositions, untreated } from '../architecture/architecture.js';
import { type Compute, requireMemory } from '../numerics/compute.js';
import { likelihoodNameOf } from '../problem/likelihoodName.js';
import type { Problem } from '../problem/problem.js';
import type { Theory } from './theory.js';

type Options = Readonly<Record<string, unknown>>;

/** What of a problem a theory does not treat, in one line; undefined where it treats all. */
export function untreatedBy({ name, treats, likelihoods }: Theory, problem: Problem): string | undefined {
  const likelihood = likelihoodNameOf(problem);
  if (likelihood !== 'gaussian' && !likelihoods?.includes(likelihood))
    return `theory ${name} treats Gaussian noise alone, and not likelihood "${likelihood}"`;
  return untreated(problem.network, `theory ${name}`, treats);
}

/** Why a theory cannot treat a problem with these options, in one line; undefined where it can. */
export const refusalOf = (theory: Theory, problem: Problem, options: Options = {}): string | undefined =>
  untreatedBy(theory, problem) ?? theory.refuses?.(problem, options);

/** Refuses what cannot fit, before anything is allocated. @throws MemoryError with the estimate */
export function requireRoom(theory: Theory, problem: Problem, compute: Compute, options: Options): void {
  const { rows: samples, data } = problem.data.x;
  const positions = mostPositions(architectureOf(problem.network));
  const rows = samples * positions;
  requireMemory(
    compute,
    8 * rows * rows * theory.matrices(problem, options) + 16 * data.length,
    samples,
    theory.name,
    positions,
  );
}
