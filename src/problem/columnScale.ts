/**
 * Targets in the problem are (y − mean)/deviation: a mean for each output, one deviation for all, so that one
 * kernel and one noise serve them.
 */
export interface TargetScale {
  /** of every output, n */
  readonly mean: readonly number[];
  /** root of the mean over outputs of their variances */
  readonly deviation: number;
}

/** What columns are measured by: (entry/unit − mean)/deviation. */
export interface ColumnScale {
  /** of every column, the power of two near its largest entry, so that squares stay numbers */
  readonly unit: readonly number[];
  /** of every column, in its unit */
  readonly mean: readonly number[];
  /** standard deviation of every column, in its unit */
  readonly deviation: readonly number[];
}
