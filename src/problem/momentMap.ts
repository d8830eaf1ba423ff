import type { CrossCovariance } from '../activations/operators/cross.js';
import type { Matrix } from '../numerics/matrix.js';

/**
 * The linear part 𝒯 of what a layer makes of the second moments S = ⟨φφᵀ⟩ of its neurons: the kernel of the
 * pre-activations above is 𝒯[S] + β. Rows are (point, position) pairs, point by point; a dense layer has one
 * position.
 */
export interface MomentMap {
  /** g where 𝒯[S] = g S, entry by entry: then kernels are computed in one pass */
  readonly gain?: number;
  /** positions of one point below */
  readonly positions: number;
  /** positions of one point above */
  readonly positionsAbove: number;
  /**
   * 𝒯[S], as a new matrix unless `into` is given; S = `moments` of (P·positions)², the result of
   * (P·positionsAbove)²
   */
  lift(moments: Matrix, into?: Matrix): Matrix;
  /**
   * Its adjoint, ⟨T, 𝒯[S]⟩ = ⟨𝒯ᵀ[T], S⟩, as a new matrix, (P·positions)²: what asks for T above asks for this
   * below.
   * @param conjugate T, (P·positionsAbove)²
   */
  lower(conjugate: Matrix): Matrix;
  /**
   * v with vvᵀ = 𝒯ᵀ[aaᵀ] for columns of a above, where what a neuron feeds has one position; else undefined.
   * @param a a column a vector, of the rows of the kernel above; v has those of the kernel below, P×r, or
   *   (P·S)×(r·S), (vector, position) pairs, where every position has a weight of its own
   */
  lowerVectors?(a: Matrix): Matrix;
  /**
   * W, positionsAbove×positions, where 𝒯[S]_{αμ,βμ} = Σ_ν W_μν S_{αν,βν}: pairs at the same position above
   * ask for pairs at the same position below alone, as patches do, and a readout that flattens
   */
  positionWeights?(): Matrix;
  /** weights of a neuron to each above: S where every position has its own; 1 if left out */
  readonly weights?: number;
  /** 𝒯 of the moments of new points with the known ones, `rows`, and among the positions of one new point. */
  liftRows(rows: PointRows): PointRows;
}

/** New points beside the known ones, where a point may have several positions. */
export interface PointRows extends CrossCovariance {
  /**
   * (T·positions)×positions: covariances among the positions of each new point, where the readout needs more
   * than `own`
   */
  readonly blocks?: Matrix;
}
