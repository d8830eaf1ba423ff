/** What the workers say to the page: plain data. Matrices are P×P, row by row. */

/** Kernels while they are being solved for. */
export interface Iterate {
  readonly iteration: number;
  readonly residual: number;
  /** the equations are being solved for widths this many times those asked for */
  readonly widthScale: number;
  /** C⁽⁰⁾ … C⁽ᴸ⁾ and their alignment with the targets */
  readonly kernels: readonly Float64Array[];
  readonly cka: readonly number[];
  /** eigenvalues of the centred output kernel, largest first, where they cost nothing */
  readonly spectrum?: Float64Array;
}

/** How far a solver is. */
export interface Advance {
  readonly fraction: number;
  readonly stage: string;
}

/** The data as views show them. */
export interface SamplesView {
  readonly description: string;
  readonly samples: number;
  /** samples that there are, of which these are some */
  readonly available: number;
  readonly dimension: number;
  /** samples by class, those that are alike beside each other */
  readonly order: Int32Array;
  /** the first output of every sample */
  readonly targets: Float64Array;
  /** of digits what networks see, 28×28 numbers each */
  readonly pictures?: Float32Array;
}

/** What is known before any width enters. */
export interface Infinite {
  readonly data: SamplesView;
  /** what is worth knowing about the setup, a sentence each */
  readonly warnings: readonly string[];
  readonly kernels: readonly Float64Array[];
  readonly cka: readonly number[];
  readonly seconds: number;
}

export interface Solved {
  readonly theory: string;
  readonly kernels: readonly Float64Array[];
  /** C̃⁽¹⁾ … at index l; absent for theories without */
  readonly conjugates?: readonly (Float64Array | undefined)[];
  /** mean of the first output on every training sample */
  readonly fitted: Float64Array;
  readonly cka: readonly number[];
  readonly ckaError?: readonly number[];
  readonly change: readonly number[];
  readonly logEvidence: number;
  /** Monte Carlo standard error of it */
  readonly evidenceStandardError?: number;
  /** what the theory leaves out of it, where that is known */
  readonly leftOut?: number;
  /**
   * relative error of alignment and predictions that was measured against networks of such problems, where
   * that is known
   */
  readonly expectedError?: number;
  readonly converged: boolean;
  readonly message?: string;
  /** width at which the equations were solved */
  readonly width: number;
  readonly iterations: number;
  readonly testLoss?: number;
  readonly testAccuracy?: number;
  readonly seconds: number;
}

/** Eigenvalues of the centred output kernel, largest first. */
export interface Spectra {
  readonly infinite: Float64Array;
  readonly adapted: Float64Array;
}

export interface WidthPoint {
  readonly width: number;
  readonly cka: number;
  readonly error: number;
}

/** A map over weight variance (columns) and bias variance (rows); NaN where nothing is known. */
export interface PhaseMap {
  readonly weightVariances: Float64Array;
  readonly biasVariances: Float64Array;
  readonly values: Float64Array;
}

export interface PhaseView extends PhaseMap {
  readonly line: readonly { readonly weightVariance: number; readonly biasVariance: number }[];
}

export interface PointPhase {
  readonly phase: string;
  readonly chi: number;
  readonly xiC: number;
  readonly remark?: string;
}

export interface PairView {
  readonly pair: readonly [number, number];
  /** C_αβ of the draws, their posterior weights, and its value at infinite width */
  readonly values: Float64Array;
  readonly weights: Float64Array;
  readonly infinite: number;
  readonly targets: readonly [number, number];
}

/** The predictor on a plane through the data, points row by row. */
export interface SliceView {
  readonly size: number;
  readonly limit: number;
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  /** training samples projected to the plane: x, y and target */
  readonly points: readonly { readonly x: number; readonly y: number; readonly target: number }[];
  readonly axes: readonly [string, string];
}

/** Networks sampled so far. */
export interface NetworksView {
  readonly draws: number;
  readonly fraction: number;
  readonly stage: string;
  /** output kernel averaged over networks; undefined in the warm-up */
  readonly kernel?: Float64Array;
  readonly cka: number;
  readonly ckaError: number;
  readonly done: boolean;
  readonly verdict?: string;
}
