import type { CrossCovariance } from '../activations/operators/cross.js';
import { type LinearAlgebra, logDeterminant } from '../numerics/linearAlgebra.js';
import { addToDiagonal, copy, type Matrix, zeros } from '../numerics/matrix.js';

/** Precisions below this share of the largest count as that when noise is their inverse. */
const LEAST_PRECISION = 1e-12;

/**
 * Outputs under Gaussian noise of its own at every point: p(y_α|f_α) stood for by exp(ν_α f_α − ½τ_α f_α²),
 * τ ≥ 0. With S = √τ, B = 1 + S C S = LLᵀ (Rasmussen and Williams 2006, §3.6), A = C + 1/τ = S⁻¹BS⁻¹, which
 * is never needed where τ = 0.
 */
export class Sites {
  /** S, P */
  readonly root: Float64Array;
  /** L */
  readonly lower: Matrix;
  /** a = A⁻¹ν/τ = ν − S B⁻¹ S C ν, P×1: the mean is Ca */
  readonly dual: Matrix;
  /** Ca, P×1 */
  readonly mean: Matrix;

  /** @throws NotPositiveDefiniteError */
  constructor(
    private readonly kernel: Matrix,
    readonly precision: Float64Array,
    /** ν, P×1 */
    readonly shift: Matrix,
    private readonly algebra: LinearAlgebra,
  ) {
    this.root = precision.map(Math.sqrt);
    const balanced = copy(kernel);
    scale(balanced, this.root, this.root);
    this.lower = algebra.cholesky(addToDiagonal(balanced, 1));
    const drawn = algebra.gemm(kernel, shift);
    const solved = this.solve(drawn);
    this.dual = copy(shift);
    for (let i = 0; i < solved.data.length; i++) this.dual.data[i] -= solved.data[i];
    this.mean = algebra.gemm(kernel, this.dual);
  }

  /** A⁻¹X */
  solve(x: Matrix): Matrix {
    const scaled = copy(x);
    scale(scaled, this.root);
    this.algebra.solveTriangular(this.lower, scaled);
    this.algebra.solveTriangular(this.lower, scaled, { transpose: true });
    return scale(scaled, this.root);
  }

  /** A⁻¹ */
  inverse(): Matrix {
    return scale(this.algebra.choleskyInverse(this.lower), this.root, this.root);
  }

  /** ln det(1 + SCS) */
  logDeterminant(): number {
    return logDeterminant(this.lower);
  }

  /** The Cholesky factor of A = C + 1/τ. */
  factor(): Matrix {
    const sum = copy(this.kernel);
    const noise = this.noise();
    for (let i = 0; i < noise.length; i++) sum.data[i * (sum.columns + 1)] += noise[i];
    return this.algebra.cholesky(sum);
  }

  /** 1/τ, P */
  noise(): Float64Array {
    const least =
      LEAST_PRECISION * this.precision.reduce((most, value) => Math.max(most, value), Number.MIN_VALUE);
    return this.precision.map((value) => 1 / Math.max(value, least));
  }

  /** Variances diag(C − C A⁻¹ C) at the training points, P */
  variances(): Float64Array {
    return this.predict({ cross: this.kernel, own: diagonalOf(this.kernel) }).variance;
  }

  /** Mean C_*a and variance C_** − C_*A⁻¹C_*ᵀ at new points. */
  predict({ cross, own }: CrossCovariance): { mean: Matrix; variance: Float64Array } {
    const { rows, columns } = cross;
    const scaled = zeros(columns, rows);
    for (let t = 0; t < rows; t++)
      for (let i = 0; i < columns; i++)
        scaled.data[i * rows + t] = this.root[i] * cross.data[t * columns + i];
    this.algebra.solveTriangular(this.lower, scaled);
    const variance = own.slice();
    for (let k = 0; k < scaled.data.length; k++) variance[k % rows] -= scaled.data[k] ** 2;
    return {
      mean: this.algebra.gemm(cross, this.dual),
      variance: variance.map((value) => Math.max(0, value)),
    };
  }
}

const diagonalOf = ({ rows, data }: Matrix): Float64Array =>
  Float64Array.from({ length: rows }, (_, i) => data[i * (rows + 1)]);

/** In place: a_ij ← left_i a_ij right_j */
export function scale(a: Matrix, left: Float64Array, right?: Float64Array): Matrix {
  for (let i = 0, k = 0; i < a.rows; i++)
    for (let j = 0; j < a.columns; j++, k++) a.data[k] *= right ? left[i] * right[j] : left[i];
  return a;
}
