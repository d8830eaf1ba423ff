import { checkMatrix, checkNumber, checkSquare, refuse } from '../numerics/arguments.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import { inner, type Matrix, ofUnitSize } from '../numerics/matrix.js';
import { centred, withoutMeans } from './alignment.js';

/** Share of the targets that `directions` carry unless another is asked for. */
export const CARRIED = 0.95;

/** The feature map of a kernel, and where the targets lie in it. */
export interface TargetSpectrum {
  /** eigenvalues of the centred kernel HCH, largest first: P */
  readonly eigenvalues: Float64Array;
  /**
   * Π(k) = Σ_{i ≤ k} ‖u_iᵀHY‖²/‖HY‖²: the targets' weight on the first k eigenvectors, k = 1 … P; NaN if all
   * targets are equal
   */
  readonly weight: Float64Array;
  /** the least k with Π(k) ≥ share; Infinity if none has, NaN if all targets are equal */
  readonly directions: number;
}

/**
 * Eigenvalues of the feature kernel and the cumulative weight of the targets on its eigenvectors (Nam,
 * Mingard, Lee, Hayou and Louis 2024; theory §8), kernel and targets centred. The fewest directions that can
 * carry all of C classes are C − 1.
 * @param algebra the backend, `compute.algebra`
 * @param kernel C, P×P
 * @param y Y, P×n
 * @param share of the targets that `directions` carry, from 0 to 1
 * @throws InputError for what are no such matrices
 */
export function targetSpectrum(
  algebra: LinearAlgebra,
  kernel: Matrix,
  y: Matrix,
  share = CARRIED,
): TargetSpectrum {
  const solves = typeof (algebra as Partial<LinearAlgebra> | null)?.eigenSymmetric === 'function';
  if (!solves) refuse('algebra', algebra, 'must be compute.algebra');
  checkSquare('kernel', kernel);
  checkMatrix('y', y, kernel.rows);
  checkNumber('share', share, 0);
  if (share > 1) refuse('share', share, 'must be at most 1');
  const p = kernel.rows;
  const { values, vectors } = algebra.eigenSymmetric(centred(kernel));
  const given = ofUnitSize(y);
  const targets = withoutMeans(given);
  const total = inner(targets, targets);
  const equal = total <= 1e-24 * inner(given, given);
  const parts = algebra.gemm(vectors, targets);
  const weight = new Float64Array(p);
  let carried = 0;
  for (let k = 0; k < p; k++) {
    const row = parts.data.subarray((p - 1 - k) * y.columns, (p - k) * y.columns);
    carried += row.reduce((sum, value) => sum + value * value, 0);
    weight[k] = equal ? Number.NaN : Math.min(1, carried / total);
  }
  // All of the weight is never more than 1 less rounding.
  const first = weight.findIndex((value) => value >= share - 1e-12);
  const directions = equal ? Number.NaN : first < 0 ? Number.POSITIVE_INFINITY : first + 1;
  return { eigenvalues: values.toReversed(), weight, directions };
}
