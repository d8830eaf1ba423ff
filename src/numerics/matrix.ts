import { checkMatrix, refuse } from './arguments.js';
import type { Matrix } from './denseMatrix.js';
import { AllocationError, InputError } from './errors.js';
import { gigabytes } from './shown.js';

export type { Matrix } from './denseMatrix.js';

const shared = typeof SharedArrayBuffer !== 'undefined';

/** A zeroed Float64Array that worker threads can see where the platform allows it. @throws MemoryError */
export function allocate(length: number): Float64Array {
  try {
    return shared ? new Float64Array(new SharedArrayBuffer(length * 8)) : new Float64Array(length);
  } catch {
    throw new AllocationError(
      `out of memory: ${gigabytes(8 * length)} more cannot be had; take fewer points or samples, fewer threads (FINITE_WIDTH_THREADS), or raise the limit`,
    );
  }
}

/** Copy of `values` that worker threads can see. */
export function share(values: ArrayLike<number>): Float64Array {
  const copy = allocate(values.length);
  copy.set(values);
  return copy;
}

/**
 * A matrix of zeros, rows×columns, square if columns are not given.
 * @throws InputError for what are no numbers of rows and columns
 */
export function zeros(rows: number, columns: number = rows): Matrix {
  if (!Number.isSafeInteger(rows) || rows < 0) refuse('rows', rows, 'must be a whole number');
  if (!Number.isSafeInteger(columns) || columns < 0) refuse('columns', columns, 'must be a whole number');
  return { rows, columns, data: allocate(rows * columns) };
}

const idle = new Map<number, Float64Array[]>();
/** Arrays kept of one length. */
const MOST_IDLE = 12;
/** Shorter arrays are cheap to make anew. */
const WORTH_KEEPING = 1 << 14;

/**
 * A matrix whose entries are arbitrary until written: one that was released, if there is one. Fresh shared
 * memory costs more than many computations on it (every page is mapped at its first touch, and the collector
 * returns it late).
 */
export function scratch(rows: number, columns: number = rows): Matrix {
  const data = idle.get(rows * columns)?.pop();
  return data ? { rows, columns, data } : zeros(rows, columns);
}

/** Gives matrices back for reuse by `scratch`. Only for their sole owner: nobody may read them afterwards. */
export function release(...matrices: readonly (Matrix | undefined)[]): void {
  for (const matrix of matrices) {
    if (!matrix || matrix.data.length < WORTH_KEEPING) continue;
    const list = idle.get(matrix.data.length) ?? [];
    if (list.length < MOST_IDLE && !list.includes(matrix.data)) list.push(matrix.data);
    idle.set(matrix.data.length, list);
  }
}

/**
 * A matrix m×n of its m rows, lists or typed arrays of one length n.
 * @throws InputError that names the row or entry that does not fit
 */
export function fromRows(rows: readonly ArrayLike<number>[]): Matrix {
  if (!Array.isArray(rows)) refuse('rows', rows, 'must be a list of rows');
  const columns = rows[0]?.length ?? 0;
  const matrix = zeros(rows.length, columns);
  Array.from(rows).forEach((row, i) => {
    if (typeof row !== 'object' || row === null || !Number.isSafeInteger(row.length))
      refuse(`rows[${i}]`, row, 'must be a list of numbers');
    if (row.length !== columns)
      throw new InputError(`rows[${i}]: ${row.length} entries where row 0 has ${columns}`);
    const bad = Array.prototype.findIndex.call(row, (entry) => typeof entry !== 'number');
    if (bad >= 0) refuse(`rows[${i}][${bad}]`, row[bad], 'must be a number');
    matrix.data.set(row, i * columns);
  });
  return matrix;
}

/** The identity, size×size. @throws InputError for what is no number of rows */
export function identity(size: number): Matrix {
  const matrix = zeros(size);
  for (let i = 0; i < size; i++) matrix.data[i * size + i] = 1;
  return matrix;
}

/** A copy of a, m×n, which shares nothing with it. */
export function copy(a: Matrix): Matrix {
  const result = scratch(a.rows, a.columns);
  result.data.set(a.data);
  return result;
}

/** The diagonal of a: min(m, n) entries of a matrix m×n. */
export function diagonal(a: Matrix): Float64Array {
  const result = allocate(Math.min(a.rows, a.columns));
  for (let i = 0; i < result.length; i++) result[i] = a.data[i * a.columns + i];
  return result;
}

/** a ← a + value · 1, in place, a n×n; gives a back. */
export function addToDiagonal(a: Matrix, value: number): Matrix {
  for (let i = 0; i < a.rows; i++) a.data[i * a.columns + i] += value;
  return a;
}

/**
 * Part of a matrix a as a copy, (rows[1] − rows[0])×(columns[1] − columns[0]).
 * @param rows first row, and the one after the last
 * @param columns first column, and the one after the last
 */
export function block(a: Matrix, rows: [number, number], columns: [number, number]): Matrix {
  const result = zeros(rows[1] - rows[0], columns[1] - columns[0]);
  for (let i = rows[0]; i < rows[1]; i++) {
    const start = i * a.columns;
    result.data.set(a.data.subarray(start + columns[0], start + columns[1]), (i - rows[0]) * result.columns);
  }
  return result;
}

/** aᵀ, n×m for a of m×n, as a new matrix. */
export function transpose(a: Matrix): Matrix {
  const result = zeros(a.columns, a.rows);
  for (let i = 0; i < a.rows; i++) {
    for (let j = 0; j < a.columns; j++) result.data[j * a.rows + i] = a.data[i * a.columns + j];
  }
  return result;
}

/** Submatrix or permutation: entry (i, j) of the result is a[rows[i]][columns[j]]. */
export function gather(a: Matrix, rows: ArrayLike<number>, columns: ArrayLike<number>): Matrix {
  const result = zeros(rows.length, columns.length);
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < columns.length; j++) {
      result.data[i * columns.length + j] = a.data[rows[i] * a.columns + columns[j]];
    }
  }
  return result;
}

/**
 * Copies the rows [from, to) of the lower triangle onto the columns of the upper one; cheap while those rows
 * are in the cache.
 */
export function mirrorRows({ rows: n, data }: Matrix, from: number, to: number): void {
  const end = Math.min(n, to);
  for (let j = 0; j < end; j++) {
    for (let i = Math.max(from, j + 1), p = i * n + j; i < end; i++, p += n) data[j * n + i] = data[p];
  }
}

const BAND = 32;

/** Copies the lower triangle onto the upper one. */
export function mirrorLower(a: Matrix): Matrix {
  for (let from = 0; from < a.rows; from += BAND) mirrorRows(a, from, from + BAND);
  return a;
}

/** a ← (a + aᵀ)/2 in place, n×n; gives a back. */
export function symmetrise(a: Matrix): Matrix {
  const { rows: n, data } = a;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = 0.5 * (data[i * n + j] + data[j * n + i]);
      data[i * n + j] = mean;
      data[j * n + i] = mean;
    }
  }
  return a;
}

/** a ← a + scale · b in place, both m×n; gives a back. */
export function addScaled(a: Matrix, scale: number, b: Matrix): Matrix {
  const x = a.data;
  const y = b.data;
  for (let i = 0; i < x.length; i++) x[i] += scale * y[i];
  return a;
}

/** ⟨a, b⟩ = Σ a_ij b_ij = tr(aᵀb) of two matrices m×n. */
export function inner(a: Matrix, b: Matrix): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += a.data[i] * b.data[i];
  return sum;
}

/** Whether two matrices have the same shape and entries. */
export const sameEntries = (a: Matrix, b: Matrix): boolean =>
  a.rows === b.rows && a.data.length === b.data.length && a.data.every((value, i) => value === b.data[i]);

/** ‖a‖ = √⟨a, a⟩, the Frobenius norm of a matrix m×n. */
export const frobenius = (a: Matrix): number => Math.sqrt(inner(a, a));

/** Sums of squares between this and its inverse have lost no digits to the limits of double precision. */
const SAFE_SQUARES = 1e-280;

/**
 * The power of two that brings the largest entry of a matrix to between 1 and 2, so that it changes no digit;
 * 0 for a matrix of zeros, or none of numbers.
 */
function powerOfTwo({ data }: Matrix): number {
  const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest > 0 && largest < Number.POSITIVE_INFINITY
    ? 2 ** Math.min(1023, -Math.floor(Math.log2(largest)))
    : 0;
}

const scaled = ({ rows, columns, data }: Matrix, scale: number): Matrix => ({
  rows,
  columns,
  data: data.map((value) => scale * value),
});

/**
 * A matrix over a power of two near its largest entry: for what has no scale, where squares of what is huge
 * or tiny leave double precision.
 */
export function ofUnitSize(a: Matrix): Matrix {
  const scale = powerOfTwo(a);
  return scale === 0 || scale === 1 ? a : scaled(a, scale);
}

/**
 * ‖a − b‖ / ‖b‖ in the Frobenius norm, a and b m×n; 0 where both vanish, infinite where b alone does.
 * @throws InputError for what are no matrices of one shape
 */
export function relativeDistance(a: Matrix, b: Matrix): number {
  checkMatrix('a', a);
  checkMatrix('b', b, a.rows, a.columns);
  let difference = 0;
  let norm = 0;
  for (let i = 0; i < a.data.length; i++) {
    difference += (a.data[i] - b.data[i]) ** 2;
    norm += b.data[i] ** 2;
  }
  if (!(norm > SAFE_SQUARES && norm < 1 / SAFE_SQUARES)) {
    const scale = powerOfTwo(b);
    if (scale > 0 && scale !== 1) return relativeDistance(scaled(a, scale), scaled(b, scale));
  }
  return norm === 0 ? (difference === 0 ? 0 : Number.POSITIVE_INFINITY) : Math.sqrt(difference / norm);
}
