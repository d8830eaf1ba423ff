import type { CrossCovariance } from '../activations/operators/cross.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import type { Matrix } from '../numerics/matrix.js';

/** The outputs given their kernel C, the data and the noise. */
export interface OutputGiven {
  /** mean of the outputs on the training points, P×n */
  trainMean(): Matrix;
  /** mean (T×n) and variance (T) of the noiseless outputs at new points, from their `rows` of C, T×P, and variances */
  predict(rows: CrossCovariance): { readonly mean: Matrix; readonly variance: Float64Array };
}

/** What targets say about outputs: everything that theories and samplers ask of it. One implementation a file. */
export interface Likelihood {
  /** as it is asked for */
  readonly name: string;
  /** targets, P×n */
  readonly y: Matrix;
  /**
   * ln p(Y|C), outputs integrated out.
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
   * −ln p(Y|C) up to a constant, and its gradient in C as a new matrix, P×P.
   * @param kernel C, P×P
   * @param algebra the backend, `compute.algebra`
   * @throws NotPositiveDefiniteError
   */
  marginalEnergy(kernel: Matrix, algebra: LinearAlgebra): { readonly energy: number; readonly gradient: Matrix };
}
