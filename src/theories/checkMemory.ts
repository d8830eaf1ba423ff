import type { Compute } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import type { Problem } from '../problem/problem.js';
import { theories } from './registry.js';
import { refusalOf, requireRoom, untreatedBy } from './requirements.js';
import type { Theory } from './theory.js';

/** Which theories treat what one does not, as the end of a sentence. */
function othersFor(problem: Problem): string {
  const names = theories.filter((theory) => refusalOf(theory, problem) === undefined).map(({ name }) => name);
  const last = names.pop();
  if (last === undefined) return '';
  return names.length === 0 ? `; ${last} does` : `; ${names.join(', ')} and ${last} do`;
}

/**
 * Refuses what a theory cannot treat, and what cannot fit, before anything is allocated.
 * @param problem data, network, noise
 * @param compute whose memory it has to fit
 * @param options of the theory
 * @throws InputError that says why, and which theories can; MemoryError with the estimate
 */
export function checkMemory(
  theory: Theory,
  problem: Problem,
  compute: Compute,
  options: Readonly<Record<string, unknown>>,
): void {
  const untreated = untreatedBy(theory, problem);
  if (untreated) throw new InputError(`${untreated}${othersFor(problem)}`);
  const reason = refusalOf(theory, problem, options);
  if (reason) throw new InputError(reason);
  requireRoom(theory, problem, compute, options);
}
