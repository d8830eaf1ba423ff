/** Targets in the problem are (y − mean)/deviation: a mean for each output, one deviation for all, so that one kernel and one noise serve them. */
export interface TargetScale {
  readonly mean: readonly number[];
  readonly deviation: number;
}

/** What columns are measured by: (entry/unit − mean)/deviation. */
export interface ColumnScale {
  readonly unit: readonly number[];
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}
