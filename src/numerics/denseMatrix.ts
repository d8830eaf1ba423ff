/** A dense real matrix m×n, row by row: entry (i, j) is data[i * columns + j]. */
export interface Matrix {
  /** m */
  readonly rows: number;
  /** n */
  readonly columns: number;
  /** the m·n entries, one row after the other */
  readonly data: Float64Array;
}
