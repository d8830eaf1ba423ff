import type { CrossCovariance } from '../../activations/operators/cross.js';
import type { Matrix } from '../../numerics/matrix.js';
import type { RowPath } from '../../posterior/rowPath.js';

/**
 * The two matrices that every term of first order is contracted with: A⁻¹ = (C⁽ᴸ⁾ + κ)⁻¹ and aaᵀ, a = A⁻¹Y.
 */
export interface Pair<Value> {
  readonly inverse: Value;
  readonly dual: Value;
}

/**
 * What the fluctuations δ born in one layer, seen at the output, make of a symmetric matrix: 𝒳[S] = ⟨δSδ⟩,
 * the covariance of kernels contracted crosswise, Σ_γδ Cov(C_αγ, C_δβ) S_γδ.
 */
export interface Birth {
  /** matrices to be read, not changed: closed births remember them */
  train(): Pair<Matrix>;
  /**
   * @param path new points in layers 0..L at infinite width
   * @param xNew the inputs of these points
   */
  rows(path: RowPath, xNew: Matrix): Pair<CrossCovariance>;
}
