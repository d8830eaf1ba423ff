import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import { classIndices } from '../problem/likelihoodName.js';
import { SoftmaxMode } from './laplace.js';
import type { Likelihood } from './likelihood.js';
import { softmaxRows } from './softmaxRows.js';

/**
 * Several classes, an output each: p(c|f) = e^{f_c}/Σe^{f} (theory §11). Averages over outputs are by
 * Laplace's approximation, a Gaussian around the most probable outputs, whose errors are of the next order
 * in the variance of outputs.
 */
export class SoftmaxLikelihood implements Likelihood {
  readonly name = 'softmax';
  readonly approximation = 'Laplace’s approximation';
  /** class of every point */
  readonly classes: Int32Array;

  /** @param y one-hot rows, centred or not, P×n */
  constructor(readonly y: Matrix) {
    this.classes = classIndices(y);
  }

  logEvidence(kernel: Matrix, algebra: LinearAlgebra): number {
    return this.given(kernel, algebra).logEvidence();
  }

  given(kernel: Matrix, algebra: LinearAlgebra): SoftmaxMode {
    return new SoftmaxMode(kernel, this.classes, this.y.columns, algebra);
  }

  conjugate(kernel: Matrix, algebra: LinearAlgebra): Matrix {
    return this.given(kernel, algebra).conjugate();
  }

  /** −Σ ln p(y|f), gradient π − y */
  energy(output: Matrix, gradient: Matrix): number {
    const n = output.columns;
    let energy = softmaxRows(output, gradient);
    this.classes.forEach((c, i) => {
      energy -= output.data[i * n + c];
      gradient.data[i * n + c] -= 1;
    });
    return energy;
  }

  probabilities(output: Matrix): Matrix {
    const probabilities = zeros(output.rows, output.columns);
    softmaxRows(output, probabilities);
    return probabilities;
  }
}
