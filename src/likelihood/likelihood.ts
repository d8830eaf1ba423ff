import type { CrossCovariance } from '../activations/operators/cross.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import type { Matrix } from '../numerics/matrix.js';
import type { LikelihoodName } from '../problem/likelihoodName.js';

/**
 * Outputs at new points: mean (T×n) and variance (T, mean over outputs) without noise; and of classes their
 * probabilities.
 */
export interface OutputPrediction {
  /** T×n */
  readonly mean: Matrix;
  /** T, mean over outputs */
  readonly variance: Float64Array;
  /**
   * p(class|x_*), outputs averaged over: T × classes, in the order of the names; of likelihoods of classes
   */
  readonly probabilities?: Matrix;
}

/** The outputs given their kernel C, the data and the likelihood. */
export interface OutputGiven {
  /** a, of which the mean of the outputs is Ca, P×n */
  readonly dual: Matrix;
  /** mean of the outputs on the training points, P×n */
  trainMean(): Matrix;
  /**
   * What is expected of the noiseless outputs at new points.
   * @param rows their rows of C, T×P, and variances
   */
  predict(rows: CrossCovariance): OutputPrediction;
}

/**
 * What targets say about outputs: everything that theories and samplers ask of it. One implementation a file.
 */
export interface Likelihood {
  /** as it is asked for */
  readonly name: LikelihoodName;
  /** targets, P×n */
  readonly y: Matrix;
  /** what outputs are integrated over by, where that is not exact: in tables and results */
  readonly approximation?: 'expectation propagation' | 'Laplace’s approximation';
  /**
   * ln p(Y|C), outputs integrated out: exact for Gaussian noise, else as good as its approximation.
   * @param kernel C, P×P
   * @param algebra the backend, `compute.algebra`
   * @throws NotPositiveDefiniteError
   */
  logEvidence(kernel: Matrix, algebra: LinearAlgebra): number;
  /**
   * C̃ = ∂ ln p(Y|C)/∂C in the convention δF = tr(C̃ δC) (theory §4), P×P.
   * @param kernel C, P×P
   * @param algebra the backend, `compute.algebra`
   * @throws NotPositiveDefiniteError
   */
  conjugate(kernel: Matrix, algebra: LinearAlgebra): Matrix;
  /**
   * The outputs given their kernel and the targets.
   * @param kernel C, P×P
   * @param algebra the backend, `compute.algebra`
   * @throws NotPositiveDefiniteError
   */
  given(kernel: Matrix, algebra: LinearAlgebra): OutputGiven;
  /** −ln p(Y|f) up to a constant for f = `output`, P×n; its gradient in f goes into `gradient`, P×n. */
  energy(output: Matrix, gradient: Matrix): number;
  /**
   * p(class|f), T × classes, of outputs that are known; of likelihoods of classes.
   * @param output f, T×n
   */
  probabilities?(output: Matrix): Matrix;
}

/** One whose outputs integrate in closed form, so that networks can be sampled without their readout. */
export interface IntegrableLikelihood extends Likelihood {
  /**
   * −ln p(Y|C) up to a constant, and its gradient in C as a new matrix, P×P.
   * @param kernel C, P×P
   * @param algebra the backend, `compute.algebra`
   * @throws NotPositiveDefiniteError
   */
  marginalEnergy(
    kernel: Matrix,
    algebra: LinearAlgebra,
  ): { readonly energy: number; readonly gradient: Matrix };
}
