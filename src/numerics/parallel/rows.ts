import { allocate, type Matrix } from '../matrix.js';
import type { Executor, Task } from './executor.js';

/** Doubles a thread takes at once: what a second-level cache holds of two matrices. */
const SPAN = 16384;

/** Rows of so many columns that a thread takes at once. */
export const rowsAtOnce = (columns: number) => Math.max(1, Math.floor(SPAN / columns));
/** Chunks of a matrix that threads take, by rows. */
export const chunksOf = ({ rows, columns }: Matrix) => Math.ceil(rows / rowsAtOnce(columns));

interface DotArgs {
  readonly a: Matrix;
  readonly b: Matrix;
  readonly scale: number;
  readonly out: Float64Array;
}

export const rowDotsTask: Task<DotArgs> = {
  name: 'rowDots',
  run({ a, b, scale, out }, chunk) {
    const { rows, columns } = a;
    const count = rowsAtOnce(columns);
    const [x, y] = [a.data, b.data];
    for (let s = chunk * count; s < Math.min(rows, (chunk + 1) * count); s++) {
      // Two sums, so that additions do not wait for each other.
      let [even, odd] = [0, 0];
      const end = (s + 1) * columns;
      let i = s * columns;
      for (; i + 1 < end; i += 2) {
        even += x[i] * y[i];
        odd += x[i + 1] * y[i + 1];
      }
      if (i < end) even += x[i] * y[i];
      out[s] = scale * (even + odd);
    }
  },
};

/** scale Σ_i a_si b_si of every row s, on all threads. */
export function rowDots(a: Matrix, b: Matrix, scale: number, executor: Executor): Float64Array {
  const out = allocate(a.rows);
  executor.run(rowDotsTask, { a, b, scale, out }, chunksOf(a));
  return out;
}

interface ScaleArgs {
  readonly a: Matrix;
  readonly factors: Float64Array;
  readonly target: Float64Array | undefined;
  readonly out: Matrix;
}

export const scaleRowsTask: Task<ScaleArgs> = {
  name: 'scaleRows',
  run({ a, factors, target, out }, chunk) {
    const { rows, columns } = a;
    const count = rowsAtOnce(columns);
    for (let s = chunk * count; s < Math.min(rows, (chunk + 1) * count); s++) {
      const factor = factors[s];
      let q = (target ? target[s] : s) * columns;
      for (let p = s * columns; p < (s + 1) * columns; p++, q++) out.data[q] = factor * a.data[p];
    }
  },
};

/**
 * Row target[s] of `out` (row s if there are no targets) ← factors[s] times row s of a, on all threads; `out`
 * may be a without targets.
 */
export function scaleRows(
  a: Matrix,
  factors: Float64Array,
  out: Matrix,
  executor: Executor,
  target?: Float64Array,
): Matrix {
  executor.run(scaleRowsTask, { a, factors, target, out }, chunksOf(a));
  return out;
}
