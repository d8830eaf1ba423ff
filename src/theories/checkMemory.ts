import { architectureOf, mostPositions, untreated } from '../architecture/architecture.js';
import { type Compute, requireMemory } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import type { Problem } from '../problem/problem.js';
import type { Theory, TheoryOptions } from './theory.js';

/** Refuses what a theory cannot treat, and what cannot fit. @throws InputError, MemoryError with the estimate */
export function checkMemory(theory: Theory, problem: Problem, compute: Compute, options: TheoryOptions): void {
  const reason = untreated(problem.network, `theory ${theory.name}`, theory.treats) ?? theory.refuses?.(problem, options);
  if (reason) throw new InputError(reason);
  const { rows: samples, data } = problem.data.x;
  const positions = mostPositions(architectureOf(problem.network));
  const rows = samples * positions;
  requireMemory(compute, 8 * rows * rows * theory.matrices(problem, options) + 16 * data.length, samples, theory.name, positions);
}
