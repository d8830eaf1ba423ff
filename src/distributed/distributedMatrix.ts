import { type Matrix, zeros } from '../numerics/matrix.js';
import type { ProcessGrid } from './processGrid.js';

/** Rows and columns of a block, which is dealt to one process. */
export const BLOCK = 64;

/** Those of 0 … count − 1 that a process has when blocks are dealt round, ascending. */
export function dealt(count: number, { count: parts, at }: { count: number; at: number }): Int32Array {
  const mine: number[] = [];
  for (let from = at * BLOCK; from < count; from += parts * BLOCK)
    for (let i = from; i < Math.min(count, from + BLOCK); i++) mine.push(i);
  return Int32Array.from(mine);
}

/** A matrix m×n of which every process has some rows and columns (block-cyclic), as ScaLAPACK takes it. */
export interface DistributedMatrix {
  /** m */
  readonly height: number;
  /** n */
  readonly width: number;
  /** which rows of it are here, ascending */
  readonly rows: Int32Array;
  /** which columns of it are here, ascending */
  readonly columns: Int32Array;
  /** their entries, rows × columns */
  readonly local: Matrix;
  /** what ScaLAPACK has to know: of the transpose, n×m, column by column */
  readonly descriptor: Int32Array;
}

/** Entries of an m×n matrix on the process that has most. */
export const mostEntries = ({ down, across }: ProcessGrid, height: number, width: number): number =>
  dealt(height, { ...down, at: 0 }).length * dealt(width, { ...across, at: 0 }).length;

/** A matrix of zeros, m×n. */
export function distributedZeros(grid: ProcessGrid, height: number, width: number): DistributedMatrix {
  const [rows, columns] = [dealt(height, grid.down), dealt(width, grid.across)];
  const local = zeros(rows.length, columns.length);
  const leading = Math.max(1, columns.length);
  const descriptor = Int32Array.of(1, grid.context[0], width, height, BLOCK, BLOCK, 0, 0, leading);
  return { height, width, rows, columns, local, descriptor };
}

/** Rows of a matrix by their numbers, as a copy. */
export function rowsAt({ columns, data }: Matrix, numbers: Int32Array): Matrix {
  const out = zeros(numbers.length, columns);
  numbers.forEach((i, t) => {
    out.data.set(data.subarray(i * columns, (i + 1) * columns), t * columns);
  });
  return out;
}

/** Columns of row t that are left of the diagonal, and whether the next one is on it. */
export function leftOfDiagonal({ rows, columns }: DistributedMatrix, t: number) {
  let [count, end] = [0, columns.length];
  while (count < end) {
    const middle = (count + end) >> 1;
    if (columns[middle] < rows[t]) count = middle + 1;
    else end = middle;
  }
  return { count, diagonal: columns[count] === rows[t] };
}
