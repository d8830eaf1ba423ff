import { InputError } from '../numerics/errors.js';

export const samplerNames = ['hmc', 'mala', 'langevin'] as const;
export type SamplerName = (typeof samplerNames)[number];
export const potentialNames = ['marginal', 'weights'] as const;
export type PotentialName = (typeof potentialNames)[number];

/** How networks are sampled. */
export interface SamplingSettings {
  readonly sampler: SamplerName;
  /** the readout integrated out (`marginal`), or all weights (`weights`) */
  readonly potential: PotentialName;
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
  readonly seed: number;
}

/** Each chain pays for its own warm-up. */
const MOST_CHAINS = 64;
/** Draws of all chains together. */
const DRAWS = 2000;
const CHAINS = 4;
/** Transitions of one step each are highly correlated. */
const THIN: Readonly<Record<SamplerName, number>> = { hmc: 1, mala: 20, langevin: 20 };

export type SamplingChoices = { readonly [Key in keyof SamplingSettings]?: SamplingSettings[Key] | undefined };

/** @throws InputError for what makes no sense */
export function samplingSettings(choices: SamplingChoices): SamplingSettings {
  const { sampler = 'hmc', chains = CHAINS, stepSize, steps, seed = 0 } = choices;
  if (chains > MOST_CHAINS) throw new InputError(`chains: ${chains} is more than ${MOST_CHAINS}; give more draws instead`);
  if (stepSize !== undefined && !(stepSize > 0 && Number.isFinite(stepSize)))
    throw new InputError(`stepSize: ${stepSize} does not move; give a positive number, or none to have it adapted`);
  const draws = choices.draws ?? Math.ceil(DRAWS / chains);
  return {
    sampler,
    // The paper runs Langevin dynamics on all weights.
    potential: choices.potential ?? (sampler === 'langevin' ? 'weights' : 'marginal'),
    chains,
    draws,
    warmUp: choices.warmUp ?? Math.max(100, Math.ceil(draws / 2)),
    thin: choices.thin ?? THIN[sampler],
    stepSize,
    steps,
    seed,
  };
}
