import type { CrossCovariance } from '../activations/operators/cross.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import { propagate } from './expectationPropagation.js';
import type { Likelihood, OutputGiven, OutputPrediction } from './likelihood.js';
import { logisticMoments, logSigmoid } from './logisticNormal.js';
import type { Sites } from './sites.js';

/**
 * Outputs of a logistic likelihood, given their kernel: those of Gaussian noise at the sites of expectation
 * propagation.
 */
export class LogisticOutput implements OutputGiven {
  constructor(readonly sites: Sites) {}

  /** a of the sites, P×1 */
  get dual(): Matrix {
    return this.sites.dual;
  }

  trainMean(): Matrix {
    return this.sites.mean;
  }

  predict(rows: CrossCovariance): OutputPrediction {
    const { mean, variance } = this.sites.predict(rows);
    return { mean, variance, probabilities: logisticProbabilities(mean, variance) };
  }
}

/** ⟨σ(∓f)⟩ for outputs f ~ N(mean, variance): T×2, of −1 and +1 */
export function logisticProbabilities(mean: Matrix, variance: Float64Array): Matrix {
  const probabilities = zeros(mean.rows, 2);
  for (let t = 0; t < mean.rows; t++) {
    const upper = Math.exp(logisticMoments(mean.data[t], variance[t]).logNormaliser);
    probabilities.data.set([1 - upper, upper], 2 * t);
  }
  return probabilities;
}

/**
 * Two classes and one output: p(y|f) = σ(yf), y = ±1, σ(f) = 1/(1 + e^−f) (theory §11). Averages over
 * outputs are by expectation propagation, whose ln p(Y|C) and class probabilities are off by less than 1e-3
 * of a sample where outputs are of order one.
 */
export class LogisticLikelihood implements Likelihood {
  readonly name = 'logistic';
  readonly approximation = 'expectation propagation';

  /** @param y ±1, P×1 */
  constructor(readonly y: Matrix) {}

  logEvidence(kernel: Matrix, algebra: LinearAlgebra): number {
    return propagate(kernel, this.y.data, algebra).logEvidence;
  }

  given(kernel: Matrix, algebra: LinearAlgebra): LogisticOutput {
    return new LogisticOutput(propagate(kernel, this.y.data, algebra).sites);
  }

  /** C̃ = ½aaᵀ − ½A⁻¹, A = C + 1/τ and a = A⁻¹ν/τ at the sites, in which ln p(Y|C) is stationary */
  conjugate(kernel: Matrix, algebra: LinearAlgebra): Matrix {
    const { sites } = this.given(kernel, algebra);
    const inverse = sites.inverse();
    return algebra.syrk(sites.dual, { alpha: 0.5, beta: -0.5, into: inverse });
  }

  /** −Σ ln σ(yf) */
  energy(output: Matrix, gradient: Matrix): number {
    let energy = 0;
    for (let i = 0; i < output.data.length; i++) {
      const sign = this.y.data[i];
      energy -= logSigmoid(sign * output.data[i]);
      gradient.data[i] = -sign * Math.exp(logSigmoid(-sign * output.data[i]));
    }
    return energy;
  }

  /** σ(−f) and σ(f), a row a point */
  probabilities(output: Matrix): Matrix {
    const probabilities = zeros(output.rows, 2);
    for (let t = 0; t < output.rows; t++)
      for (const k of [0, 1])
        probabilities.data[2 * t + k] = Math.exp(logSigmoid((2 * k - 1) * output.data[t]));
    return probabilities;
  }
}
