import {
  type Architecture,
  architectureOf,
  mostEntries,
  mostPositions,
  untreated,
} from '../architecture/architecture.js';
import { smallestArchitecture } from '../architecture/samePositions.js';
import { type Compute, requireMemory } from '../numerics/compute.js';
import { likelihoodNameOf } from '../problem/likelihoodName.js';
import type { Network, Problem } from '../problem/problem.js';
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

/** The architecture whose kernels a theory solves for. */
export const architectureFor = ({ samePositions }: Theory, network: Network): Architecture =>
  samePositions ? smallestArchitecture(network) : architectureOf(network);

/** Bytes that a theory takes: its matrices, of the size of the largest kernel, and the inputs. */
export function bytesOf(theory: Theory, problem: Problem, options: Options): number {
  const { rows, columns } = problem.data.x;
  const entries = mostEntries(architectureFor(theory, problem.network), rows);
  return 8 * entries * theory.matrices(problem, options) + 16 * rows * columns;
}

/** Refuses what cannot fit, before anything is allocated. @throws MemoryError with the estimate */
export function requireRoom(
  theory: Theory,
  problem: Problem,
  compute: Compute,
  options: Options,
  purpose = theory.name,
): void {
  const positions = mostPositions(architectureOf(problem.network));
  const bytes = bytesOf(theory, problem, options);
  requireMemory(compute, bytes, problem.data.x.rows, purpose, positions);
}
