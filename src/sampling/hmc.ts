import type { RandomStream } from '../numerics/random.js';
import type { Potential } from './potential.js';
import { halfSquare, judge, type Sampler, type Transition } from './sampler.js';

/** Steps are at most this long: a quarter turn of the prior's own motion. */
export const LONGEST_STEP = Math.PI / 2;

/** Total angle of a trajectory aimed at, and the most steps it may take. */
const ANGLE = Math.PI / 2;
const MOST_STEPS = 16;

/** Steps of a trajectory for a step size. */
export const stepsFor = (stepSize: number): number =>
  Math.min(MOST_STEPS, Math.max(1, Math.round(ANGLE / stepSize)));

/**
 * Hamiltonian Monte Carlo with unit masses (Duane et al. 1987; Neal 2011) for densities that are a Gaussian
 * prior times a likelihood. The motion under the prior, a rotation of position and momentum by the step size,
 * is exact; only the likelihood is split off as kicks (Beskos et al. 2011; Shahbaba et al. 2014). Errors then
 * do not grow with the number of parameters, of which data hardly move most. The number of steps is jittered,
 * so that no periodic orbit is met twice.
 */
export class Hmc implements Sampler {
  private readonly gradient: Float64Array;
  private readonly momentum: Float64Array;
  private readonly trial: Float64Array;
  private readonly trialGradient: Float64Array;
  private readonly uniform = new Float64Array(2);
  private likelihood: number;
  energy: number;

  /** @param steps mean number of steps of a trajectory; by default what a quarter turn takes, at most 16 */
  constructor(
    private readonly potential: Potential,
    readonly position: Float64Array,
    private readonly stream: RandomStream,
    private readonly steps?: number,
  ) {
    const n = position.length;
    [this.gradient, this.momentum, this.trial, this.trialGradient] = Array.from(
      { length: 4 },
      () => new Float64Array(n),
    );
    this.likelihood = potential.evaluate(position, this.gradient);
    this.energy = this.likelihood + halfSquare(position);
  }

  /** A trajectory of 3/4 to 5/4 of the mean number of steps. */
  transition(stepSize: number): Transition {
    const { momentum, trial, trialGradient, position, gradient, uniform } = this;
    this.stream.normals(momentum);
    this.stream.uniforms(uniform);
    const count = Math.max(1, Math.round((this.steps ?? stepsFor(stepSize)) * (0.75 + 0.5 * uniform[0])));
    const before = this.energy + halfSquare(momentum);
    const [cos, sin] = [Math.cos(stepSize), Math.sin(stepSize)];
    trial.set(position);
    trialGradient.set(gradient);
    let likelihood = this.likelihood;
    for (let k = 0; k < count && Number.isFinite(likelihood); k++) {
      // The last half of one kick and the first of the next are one.
      const kick = k === 0 ? 0.5 * stepSize : stepSize;
      for (let i = 0; i < trial.length; i++) {
        const p = momentum[i] - kick * trialGradient[i];
        const q = trial[i];
        trial[i] = cos * q + sin * p;
        momentum[i] = cos * p - sin * q;
      }
      likelihood = this.potential.evaluate(trial, trialGradient);
    }
    for (let i = 0; i < trial.length; i++) momentum[i] -= 0.5 * stepSize * trialGradient[i];
    const energy = likelihood + halfSquare(trial);
    const judged = judge(energy + halfSquare(momentum) - before);
    if (uniform[1] < judged.acceptance) {
      position.set(trial);
      gradient.set(trialGradient);
      this.likelihood = likelihood;
      this.energy = energy;
    }
    return judged;
  }
}
