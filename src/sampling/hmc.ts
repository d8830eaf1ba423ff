import type { RandomStream } from '../numerics/random.js';

/** A density e^{−U} with its gradient. */
export interface Potential {
  evaluate(position: Float64Array, gradient: Float64Array): number;
}

/** One transition. */
export interface Transition {
  /** probability with which the end of the trajectory was accepted */
  readonly acceptance: number;
  /** the energy error was beyond what any step size forgives */
  readonly divergent: boolean;
}

/** Energy errors beyond this count as divergences. */
const DIVERGENCE = 1000;

/**
 * Hamiltonian Monte Carlo with unit masses: leapfrog steps and a Metropolis test (Duane et al. 1987; Neal 2011). The number of
 * steps is jittered, so that no periodic orbit is met twice.
 */
export class Hmc {
  readonly gradient: Float64Array;
  energy: number;
  private readonly momentum: Float64Array;
  private readonly trial: Float64Array;
  private readonly trialGradient: Float64Array;
  private readonly uniform = new Float64Array(2);

  constructor(
    private readonly potential: Potential,
    readonly position: Float64Array,
    private readonly stream: RandomStream,
  ) {
    const n = position.length;
    [this.gradient, this.momentum, this.trial, this.trialGradient] = Array.from({ length: 4 }, () => new Float64Array(n));
    this.energy = potential.evaluate(position, this.gradient);
  }

  /** A trajectory of 1 to 2 `steps` − 1 leapfrog steps. */
  transition(stepSize: number, steps: number): Transition {
    const { momentum, trial, trialGradient, position, gradient, uniform } = this;
    this.stream.normals(momentum);
    this.stream.uniforms(uniform);
    const count = 1 + Math.floor(uniform[0] * (2 * steps - 1));
    const before = this.energy + kinetic(momentum);
    trial.set(position);
    trialGradient.set(gradient);
    let energy = this.energy;
    for (let k = 0; k < count && Number.isFinite(energy); k++) {
      for (let i = 0; i < trial.length; i++) {
        momentum[i] -= 0.5 * stepSize * trialGradient[i];
        trial[i] += stepSize * momentum[i];
      }
      energy = this.potential.evaluate(trial, trialGradient);
      for (let i = 0; i < trial.length; i++) momentum[i] -= 0.5 * stepSize * trialGradient[i];
    }
    const error = energy + kinetic(momentum) - before;
    const acceptance = Number.isFinite(error) ? Math.min(1, Math.exp(-error)) : 0;
    if (uniform[1] < acceptance) {
      position.set(trial);
      gradient.set(trialGradient);
      this.energy = energy;
    }
    return { acceptance, divergent: !(error < DIVERGENCE) };
  }
}

function kinetic(momentum: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < momentum.length; i++) sum += momentum[i] * momentum[i];
  return 0.5 * sum;
}

/** Dual averaging of the step size towards a target acceptance (Hoffman and Gelman 2014, their constants). Plain data. */
export interface StepSize {
  current: number;
  averaged: number;
  shift: number;
  error: number;
  count: number;
}

export const startStepSize = (size: number): StepSize => ({
  current: size,
  averaged: size,
  shift: Math.log(10 * size),
  error: 0,
  count: 0,
});

export function adaptStepSize(step: StepSize, acceptance: number, target: number): void {
  const t = ++step.count;
  step.error += (target - acceptance - step.error) / (t + 10);
  const log = step.shift - (Math.sqrt(t) / 0.05) * step.error;
  const weight = t ** -0.75;
  step.averaged = Math.exp(weight * log + (1 - weight) * Math.log(step.averaged));
  step.current = Math.exp(log);
}
