import type { CrossCovariance } from '../activations/crossGaussian.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import type { Matrix } from '../numerics/matrix.js';
import type { LikelihoodName } from '../problem/likelihoodName.js';

/** Outputs at new points: mean (T×n) and variance (T, mean over outputs) without noise; and of classes their probabilities. */
export interface OutputPrediction {
  readonly mean: Matrix;
  readonly variance: Float64Array;
  /** p(class|x_*), outputs averaged over: T × classes, in the order of the names; of likelihoods of classes */
  readonly probabilities?: Matrix;
}

/** The outputs given their kernel C, the data and the likelihood. */
export interface OutputGiven {
  /** mean of the outputs on the training points, P×n */
  trainMean(): Matrix;
  /** what is expected of the noiseless outputs at new points, from their rows of C */
  predict(rows: CrossCovariance): OutputPrediction;
}

/** What targets say about outputs: everything that theories and samplers ask of it. One implementation a file. */
export interface Likelihood {
  readonly name: LikelihoodName;
  /** targets, P×n */
  readonly y: Matrix;
  /** ln p(Y|C), outputs integrated out: exact for Gaussian noise, else as good as its approximation. @throws NotPositiveDefiniteError */
  logEvidence(kernel: Matrix, algebra: LinearAlgebra): number;
  /** C̃ = ∂ ln p(Y|C)/∂C in the convention δF = tr(C̃ δC) (theory §4). @throws NotPositiveDefiniteError */
  conjugate(kernel: Matrix, algebra: LinearAlgebra): Matrix;
  /** @throws NotPositiveDefiniteError */
  given(kernel: Matrix, algebra: LinearAlgebra): OutputGiven;
  /** −ln p(Y|f) up to a constant; its gradient in f goes into `gradient` */
  energy(output: Matrix, gradient: Matrix): number;
  /** p(class|f) of outputs that are known, a row a point; of likelihoods of classes */
  probabilities?(output: Matrix): Matrix;
}

/** One whose outputs integrate in closed form, so that networks can be sampled without their readout. */
export interface IntegrableLikelihood extends Likelihood {
  /** −ln p(Y|C) up to a constant, and its gradient in C as a new matrix. @throws NotPositiveDefiniteError */
  marginalEnergy(kernel: Matrix, algebra: LinearAlgebra): { readonly energy: number; readonly gradient: Matrix };
}
