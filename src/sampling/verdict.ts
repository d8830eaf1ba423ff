import type { NamedDiagnosis } from './run.js';
import type { SamplerName } from './settings.js';

const MOST_RHAT = 1.05;
const LEAST_EFFECTIVE = 100;
const LEAST_ACCEPTANCE = 0.05;

/** The worst of what is watched. */
export interface Worst {
  readonly rhat: number;
  readonly rhatOf: string;
  /** of bulk and tail the smaller */
  readonly effective: number;
  readonly effectiveOf: string;
}

export function worstOf(diagnoses: readonly NamedDiagnosis[]): Worst {
  const byRhat = diagnoses.reduce((a, b) => (b.rhat > a.rhat ? b : a));
  const draws = ({ bulk, tail }: NamedDiagnosis) => Math.min(bulk, tail);
  const byDraws = diagnoses.reduce((a, b) => (draws(b) < draws(a) ? b : a));
  return { rhat: byRhat.rhat, rhatOf: byRhat.name, effective: draws(byDraws), effectiveOf: byDraws.name };
}

/** What the chains say about themselves, and what to do about it; undefined if all is well. */
export function verdict(
  { rhat, rhatOf, effective, effectiveOf }: Worst,
  acceptance: readonly number[],
  divergences: number,
  sampler: SamplerName,
): string | undefined {
  const least = Math.min(...acceptance);
  if (sampler !== 'langevin' && least < LEAST_ACCEPTANCE)
    return `a chain accepted ${(100 * least).toFixed(1)} % of its proposals: give a smaller step size, or none to have it adapted`;
  if (divergences > 0)
    return `${divergences} divergent trajectories: the posterior has corners that the step size misses; give a smaller one, or more noise`;
  if (!(rhat <= MOST_RHAT)) return `chains disagree (R̂ = ${rhat.toFixed(2)} of ${rhatOf}): run longer`;
  if (effective < LEAST_EFFECTIVE)
    return `only ${Math.round(effective)} effective draws of ${effectiveOf}: run longer`;
  return undefined;
}
