import type { Matrix } from './matrix.js';

/** a ← factor · a, in place, m×n; gives a back. */
export function scale(a: Matrix, factor: number): Matrix {
  for (let i = 0; i < a.data.length; i++) a.data[i] *= factor;
  return a;
}

/** a ← a + value in every entry, in place, m×n; gives a back. */
export function addConstant(a: Matrix, value: number): Matrix {
  if (value !== 0) for (let i = 0; i < a.data.length; i++) a.data[i] += value;
  return a;
}

/** a ← factor · a + shift in every entry, in place, m×n; gives a back. */
export function affine(a: Matrix, factor: number, shift: number): Matrix {
  for (let i = 0; i < a.data.length; i++) a.data[i] = factor * a.data[i] + shift;
  return a;
}

/** 1ᵀa1, the sum of all entries. */
export const sumOf = ({ data }: Matrix): number => data.reduce((sum, value) => sum + value, 0);

/** ‖a_i‖² of every row i of a, m. */
export function squaredRows({ rows, columns, data }: Matrix): Float64Array {
  const out = new Float64Array(rows);
  for (let t = 0, i = 0; t < rows; t++) for (let j = 0; j < columns; j++, i++) out[t] += data[i] ** 2;
  return out;
}

/** Numbers as a matrix of one row, 1×n, which shares nothing with them. */
export const rowMatrix = (values: ArrayLike<number>): Matrix => ({
  rows: 1,
  columns: values.length,
  data: Float64Array.from(values),
});

/** Numbers as a matrix of one column, n×1, of the same entries. */
export const columnMatrix = (data: Float64Array): Matrix => ({ rows: data.length, columns: 1, data });
