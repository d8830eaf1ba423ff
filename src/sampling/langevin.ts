import type { RandomStream } from '../numerics/random.js';
import type { Potential } from './potential.js';
import { halfSquare, judge, type Sampler, type Transition } from './sampler.js';

/**
 * Langevin dynamics in Euler steps of size η,
 *
 *     θ' = θ − η ∇V(θ) + √(2η) ξ,    V = U(θ) + ½|θ|²,  ξ ~ N(0, 1),
 *
 * as in the paper: what it samples is biased in the order of η (theory §9). With `metropolis` every step is
 * accepted or refused so that the density is exact: the Metropolis-adjusted Langevin algorithm (Roberts and
 * Tweedie 1996). Without, the acceptance that is reported is the one that it would have had; a step that
 * diverges is not taken.
 */
export class Langevin implements Sampler {
  private readonly gradient: Float64Array;
  private readonly noise: Float64Array;
  private readonly trial: Float64Array;
  private readonly trialGradient: Float64Array;
  private readonly uniform = new Float64Array(1);
  energy: number;

  constructor(
    private readonly potential: Potential,
    readonly position: Float64Array,
    private readonly stream: RandomStream,
    private readonly metropolis: boolean,
  ) {
    const n = position.length;
    [this.gradient, this.noise, this.trial, this.trialGradient] = Array.from(
      { length: 4 },
      () => new Float64Array(n),
    );
    this.energy = potential.evaluate(position, this.gradient) + halfSquare(position);
  }

  transition(stepSize: number): Transition {
    const { noise, trial, trialGradient, position, gradient, uniform } = this;
    this.stream.normals(noise);
    this.stream.uniforms(uniform);
    const root = Math.sqrt(2 * stepSize);
    for (let i = 0; i < trial.length; i++) {
      trial[i] = position[i] - stepSize * (gradient[i] + position[i]) + root * noise[i];
    }
    const energy = this.potential.evaluate(trial, trialGradient) + halfSquare(trial);
    // ln q(θ'|θ) = −½|ξ|²; ln q(θ|θ') = −|θ − θ' + η∇V(θ')|²/4η.
    let back = 0;
    for (let i = 0; i < trial.length; i++) {
      const r = position[i] - trial[i] + stepSize * (trialGradient[i] + trial[i]);
      back += r * r;
    }
    const judged = judge(energy - this.energy + back / (4 * stepSize) - halfSquare(noise));
    if (this.metropolis ? uniform[0] < judged.acceptance : !judged.divergent) {
      position.set(trial);
      gradient.set(trialGradient);
      this.energy = energy;
    }
    return judged;
  }
}
