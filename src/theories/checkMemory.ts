import { architectureOf, mostPositions, untreated } from '../architecture/architecture.js';
import { type Compute, requireMemory } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import type { Problem } from '../problem/problem.js';
import type { Theory } from './theory.js';

type Options = Readonly<Record<string, unknown>>;

/** Why a theory cannot treat a problem, in one line; undefined where it can. */
export function refusalOf(theory: Theory, problem: Problem, options: Options = {}): string | undefined {
  const other = untreated(problem.network, `theory ${theory.name}`, theory.treats);
  return other ? `${other}; nngp and sampled do` : theory.refuses?.(problem, options);
}

/** Refuses what a theory cannot treat, and what cannot fit. @throws InputError, MemoryError with the estimate */
export function checkMemory(theory: Theory, problem: Problem, compute: Compute, options: Options): void {
  const reason = refusalOf(theory, problem, options);
  if (reason) throw new InputError(reason);
  const { rows: samples, data } = problem.data.x;
  const positions = mostPositions(architectureOf(problem.network));
  const rows = samples * positions;
  requireMemory(compute, 8 * rows * rows * theory.matrices(problem, options) + 16 * data.length, samples, theory.name, positions);
}
