import type { CrossCovariance } from '../activations/crossGaussian.js';
import type { Matrix } from '../numerics/matrix.js';

/**
 * The linear part 𝒯 of what a layer makes of the second moments S = ⟨φφᵀ⟩ of its neurons: the kernel of the pre-activations above is 𝒯[S] + β.
 * Points are (sample, position) pairs, sample by sample; a dense layer has one position.
 */
export interface MomentMap {
  /** g where 𝒯[S] = g S, entry by entry: then kernels are computed in one pass */
  readonly gain?: number;
  /** positions of one sample below and above */
  readonly positions: number;
  readonly positionsAbove: number;
  /** 𝒯[S], as a new matrix unless `into` is given; S of (P·positions)², the result of (P·positionsAbove)² */
  lift(moments: Matrix, into?: Matrix): Matrix;
  /** its adjoint, ⟨T, 𝒯[S]⟩ = ⟨𝒯ᵀ[T], S⟩, as a new matrix: what asks for T above asks for this below */
  lower(conjugate: Matrix): Matrix;
  /** v with vvᵀ = 𝒯ᵀ[aaᵀ] for columns a above, where one neuron has one weight for each neuron above, whatever its positions; else undefined */
  lowerVectors?(a: Matrix): Matrix;
  /** 𝒯 of the moments of new points with the known ones, and among the positions of one new point */
  liftRows(rows: PointRows): PointRows;
}

/** New points beside the known ones, where a point may have several positions. */
export interface PointRows extends CrossCovariance {
  /** (T·positions)×positions: covariances among the positions of each new point, where the readout needs more than `own` */
  readonly blocks?: Matrix;
}
