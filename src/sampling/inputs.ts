import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import { addScaled, copy, type Matrix, zeros } from '../numerics/matrix.js';

import type { RandomStream } from '../numerics/random.js';

/** Points in the coordinates of an InputSpace. */
export interface Points {
  /** T×r */
  readonly x: Matrix;
  /**
   * T: what directions that no training point has add to h⁽⁰⁾, as a standard deviation; the weights there
   * keep their prior
   */
  readonly beyond: Float64Array;
}

/** Directions that hold less than this share of the largest variance of the inputs count as none. */
const RANK_TOLERANCE = 1e-11;

/**
 * The space that the training points span. Weights orthogonal to it do not touch the training points, so that
 * networks need no more inputs than its dimension r, where each neuron looks at all of them: X X ᵀ/D = X̂
 * X̂ᵀ/r with X̂ of P×r. Where D ≤ P it is the whole space, and X̂ = X.
 */
export class InputSpace {
  /** X̂, P×r */
  readonly x: Matrix;
  /** D×r, X̂ = X B; undefined for the whole space */
  private readonly basis: Matrix | undefined;
  private readonly scale: number;

  constructor(
    original: Matrix,
    private readonly gain: number,
    private readonly algebra: LinearAlgebra,
    /** false where neurons look at parts of the inputs */
    dense = true,
  ) {
    const { rows, columns } = original;
    this.basis = dense && columns > rows ? orthonormalBasis(original, algebra) : undefined;
    this.scale = this.basis ? Math.sqrt(this.basis.columns / columns) : 1;
    this.x = this.basis ? algebra.gemm(original, this.basis, { alpha: this.scale }) : original;
  }

  project(xTest: Matrix): Points {
    const beyond = new Float64Array(xTest.rows);
    if (!this.basis) return { x: xTest, beyond };
    const x = this.algebra.gemm(xTest, this.basis, { alpha: this.scale });
    for (let t = 0; t < xTest.rows; t++) {
      let [all, spanned] = [0, 0];
      for (let i = t * xTest.columns; i < (t + 1) * xTest.columns; i++) all += xTest.data[i] ** 2;
      for (let i = t * x.columns; i < (t + 1) * x.columns; i++) spanned += (x.data[i] / this.scale) ** 2;
      beyond[t] = Math.sqrt((this.gain / xTest.columns) * Math.max(0, all - spanned));
    }
    return { x, beyond };
  }

  /** Columns that weights of these coordinates have as weights of the inputs. */
  columnsOf(weights: Matrix): number {
    return this.basis ? this.basis.rows : weights.columns;
  }

  /** Weights N×D of the inputs as those N×r of the coordinates, which is all that the training points see. */
  lower(weights: Matrix): Matrix {
    return this.basis ? this.algebra.gemm(weights, this.basis) : weights;
  }

  /**
   * Weights N×r of the coordinates as weights N×D of the inputs; those of directions that no training point
   * has are drawn from the prior.
   */
  lift(weights: Matrix, stream: RandomStream): Matrix {
    const { basis, algebra } = this;
    if (!basis) return copy(weights);
    const lifted = zeros(weights.rows, basis.rows);
    stream.normals(lifted.data);
    const inside = algebra.gemm(lifted, basis, { alpha: -1 });
    addScaled(inside, 1, weights);
    return algebra.gemm(inside, basis, { transposeB: true, beta: 1, into: lifted });
  }
}

/** D×r: Xᵀ v/√λ for the eigenvectors v of X Xᵀ. */
function orthonormalBasis(x: Matrix, algebra: LinearAlgebra): Matrix {
  const { values, vectors } = algebra.eigenSymmetric(algebra.syrk(x));
  const n = values.length;
  const first = values.findIndex((value) => value > RANK_TOLERANCE * values[n - 1]);
  const scaled = zeros(Math.max(1, n - first), n);
  for (let k = first; k < n; k++) {
    for (let i = 0; i < n; i++)
      scaled.data[(k - first) * n + i] = vectors.data[k * n + i] / Math.sqrt(values[k]);
  }
  return algebra.gemm(x, scaled, { transposeA: true, transposeB: true });
}
