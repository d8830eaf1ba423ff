export type PairKind =
  | 'arcsine'
  | 'brokenLine'
  | 'exponential'
  | 'exponentialLinear'
  | 'gelu'
  | 'hermite'
  | 'piecewiseLinear'
  | 'sign'
  | 'trigonometric';

/**
 * ⟨φ_αφ_β⟩ over h ~ N(0, C), with everything that depends on one point alone worked out. Plain data, so that
 * worker threads can evaluate the formula of this kind.
 */
export interface PairExpectations {
  readonly kind: PairKind;
  readonly parameters: readonly number[];
  /** arrays over points, their meaning known to the formula */
  readonly points: readonly Float64Array[];
  /** ⟨φ_α²⟩ */
  readonly diagonal: Float64Array;
  /** ∂⟨φ_α²⟩/∂C_αα = ⟨φ'² + φφ''⟩ */
  readonly diagonalSlope: Float64Array;
}

/** Closed form or series of one family of activations, along a row of C. */
export interface PairFormula {
  /**
   * out[j] = scale ⟨φ_iφ_j⟩ + shift for j < count; c[j] = C_ij. NaN where the formula does not reach its
   * accuracy.
   */
  value(
    e: PairExpectations,
    i: number,
    c: Float64Array,
    count: number,
    out: Float64Array,
    scale: number,
    shift: number,
  ): void;
  /** slope[j] = ⟨φ'_iφ'_j⟩, left[j] = ⟨φ''_iφ_j⟩, right[j] = ⟨φ_iφ''_j⟩ for j < count. */
  derivatives(
    e: PairExpectations,
    i: number,
    c: Float64Array,
    count: number,
    slope: Float64Array,
    left: Float64Array,
    right: Float64Array,
  ): void;
}
