import { checkObject } from '../numerics/arguments.js';
import { checkChoice, checkReal, checkWhole } from '../numerics/bounds.js';
import { InputError } from '../numerics/errors.js';
import { nearestName } from '../numerics/nearestName.js';
import { LIKELIHOODS, type LikelihoodName } from '../problem/likelihoodName.js';

export const samplerNames = ['hmc', 'mala', 'langevin'] as const;
export type SamplerName = (typeof samplerNames)[number];
export const potentialNames = ['marginal', 'weights'] as const;
export type PotentialName = (typeof potentialNames)[number];

/** How networks are drawn from their posterior (theory §9). */
export interface SamplingSettings {
  /** Hamiltonian Monte Carlo, or Langevin dynamics with (`mala`) or without (`langevin`) a Metropolis test */
  readonly sampler: SamplerName;
  /** the readout integrated out (`marginal`), or all weights (`weights`) */
  readonly potential: PotentialName;
  /** independent chains, each with a random stream of its own */
  readonly chains: number;
  /** draws kept of each chain */
  readonly draws: number;
  /** draws of each chain that are thrown away, while the step size adapts */
  readonly warmUp: number;
  /** transitions from one draw to the next */
  readonly thin: number;
  /** fixed; adapted to the acceptance if undefined */
  readonly stepSize: number | undefined;
  /** mean number of steps of a trajectory of `hmc`; a quarter turn if undefined */
  readonly steps: number | undefined;
  /** of all chains */
  readonly seed: number;
}

/** Bounds of what counts draws, chains and steps; each chain pays for its own warm-up. */
export const SAMPLING_BOUNDS = {
  chains: { least: 1, most: 64 },
  draws: { least: 1, most: 1e8 },
  warmUp: { least: 0, most: 1e8 },
  thin: { least: 1, most: 1e6 },
  steps: { least: 1, most: 1e5 },
  seed: { least: 0, most: Number.MAX_SAFE_INTEGER },
} as const;
/** Step sizes in units in which the prior has variance one: longer ones only leave it. */
export const STEP_SIZES = { above: 0, below: 10 } as const;

/** Draws of all chains together. */
export const DRAWS = 2000;
export const CHAINS = 4;
/** Transitions of one step each are highly correlated. */
const THIN: Readonly<Record<SamplerName, number>> = { hmc: 1, mala: 20, langevin: 20 };

/** Settings of a run, of which any may be left out. */
export type SamplingChoices = {
  readonly [Key in keyof SamplingSettings]?: SamplingSettings[Key] | undefined;
};

const NAMES = ['sampler', 'potential', 'stepSize', ...Object.keys(SAMPLING_BOUNDS)];

/** @throws InputError that names the choice that does not exist or has a senseless value */
function checkChoices(choices: SamplingChoices): void {
  checkObject('sampling', choices, `must be an object with some of ${NAMES.join(', ')}`);
  for (const [name, value] of Object.entries(choices)) {
    if (!NAMES.includes(name)) {
      const nearest = nearestName(name, NAMES);
      throw new InputError(
        `sampling.${name}: unknown option; ${nearest ? `did you mean "${nearest}"?` : `known are ${NAMES.join(', ')}`}`,
      );
    }
    if (value === undefined) continue;
    if (name === 'sampler') checkChoice(name, value, samplerNames);
    else if (name === 'potential') checkChoice(name, value, potentialNames);
    else if (name === 'stepSize') checkReal(name, value, STEP_SIZES);
    else checkWhole(name, value, SAMPLING_BOUNDS[name as keyof typeof SAMPLING_BOUNDS]);
  }
  if (choices.steps !== undefined && choices.sampler !== undefined && choices.sampler !== 'hmc')
    throw new InputError(
      `steps: is not used by ${choices.sampler}, whose trajectories have one step; leave it out`,
    );
}

/** Only trajectories of `hmc` have several steps. */
export function relevantChoices({ steps, ...others }: SamplingChoices): SamplingChoices {
  return steps === undefined || (others.sampler ?? 'hmc') !== 'hmc' ? others : { ...others, steps };
}

/**
 * Settings with their defaults; of likelihoods without a closed integral over outputs the readout is sampled
 * too.
 * @param choices any of them; all others have defaults
 * @param likelihood of the problem
 * @throws InputError that names the choice that makes no sense
 */
export function samplingSettings(
  choices: SamplingChoices,
  likelihood: LikelihoodName = 'gaussian',
): SamplingSettings {
  checkChoices(choices);
  checkChoice('likelihood', likelihood, LIKELIHOODS);
  if (choices.potential === 'marginal' && likelihood !== 'gaussian')
    throw new InputError(
      `potential: "marginal" integrates the readout out, which Gaussian noise alone allows; likelihood "${likelihood}" takes "weights"`,
    );
  const { sampler = 'hmc', chains = CHAINS, stepSize, steps, seed = 0 } = choices;
  const draws = choices.draws ?? Math.ceil(DRAWS / chains);
  return {
    sampler,
    // The paper runs Langevin dynamics on all weights.
    potential:
      choices.potential ?? (sampler === 'langevin' || likelihood !== 'gaussian' ? 'weights' : 'marginal'),
    chains,
    draws,
    warmUp: choices.warmUp ?? Math.max(100, Math.ceil(draws / 2)),
    thin: choices.thin ?? THIN[sampler],
    stepSize,
    steps,
    seed,
  };
}
