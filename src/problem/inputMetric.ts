import { portableCompute } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import { block, type Matrix } from '../numerics/matrix.js';

/** A prior covariance Σᵖ of the first layer's weights, as what it does to inputs: x ↦ Σ^{p/2} x. */
export interface InputMetric {
  /** p */
  readonly power: number;
  /** eigenvectors of Σ with variance, in rows: r×D */
  readonly directions: Matrix;
  /** their variances, r */
  readonly variances: Float64Array;
}

/**
 * Directions with less than this share of the largest variance are rounding, which negative powers would blow
 * up.
 */
const NO_VARIANCE = 1e-12;

/**
 * The metric of training inputs: Σ = XᵀX/P, their covariance about zero, where the networks' prior is
 * centred; of inputs whose mean is zero, their covariance. With p = −1 all directions of the data count
 * alike, with p > 0 strong ones count more (Yoshida and Nitanda 2025).
 * @param x P×D
 * @throws InputError for inputs that are all zero
 */
export function inputMetricOf(x: Matrix, power: number): InputMetric {
  const { algebra } = portableCompute();
  // Of X Xᵀ and XᵀX the smaller: both have the same eigenvalues.
  const wide = x.columns > x.rows;
  const gram = algebra.syrk(x, { transpose: !wide, alpha: 1 / x.rows });
  const { values, vectors } = algebra.eigenSymmetric(gram);
  const largest = values[values.length - 1];
  if (!(largest > 0))
    throw new InputError('data.inputMetric: all inputs are zero, which have no metric; leave it out');
  const first = values.findIndex((value) => value > NO_VARIANCE * largest);
  const kept = block(vectors, [first, vectors.rows], [0, vectors.columns]);
  const variances = values.slice(first);
  if (!wide) return { power, directions: kept, variances };
  const directions = algebra.gemm(kept, x);
  const { columns } = directions;
  for (let i = 0; i < directions.data.length; i++) {
    directions.data[i] /= Math.sqrt(x.rows * variances[Math.floor(i / columns)]);
  }
  return { power, directions, variances };
}

/** Σ^{p/2} x of every row; what of it lies in directions without variance is left out. */
export function inMetric(x: Matrix, { power, directions, variances }: InputMetric): Matrix {
  const { algebra } = portableCompute();
  const parts = algebra.gemm(x, directions, { transposeB: true });
  for (let i = 0; i < parts.data.length; i++) parts.data[i] *= variances[i % variances.length] ** (power / 2);
  return algebra.gemm(parts, directions);
}
