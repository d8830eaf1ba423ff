import type { CrossCovariance } from '../activations/operators/cross.js';
import { architectureOf, kernelSizes } from '../architecture/architecture.js';
import { block, type Matrix, zeros } from '../numerics/matrix.js';
import type { Problem } from '../problem/problem.js';

/** Known points and new ones below them. */
export function together(x: Matrix, xNew: Matrix): Matrix {
  const all = zeros(x.rows + xNew.rows, x.columns);
  all.data.set(x.data);
  all.data.set(xNew.data, x.data.length);
  return all;
}

/** The rows of the points after the first p. */
export function rowsOf(all: Matrix, p: number): CrossCovariance {
  const own = Float64Array.from({ length: all.rows - p }, (_, t) => all.data[(p + t) * (all.rows + 1)]);
  return { cross: block(all, [p, all.rows], [0, p]), own };
}

/**
 * A symmetric matrix of the training points with rows and columns of zeros for `count` new ones, which ask
 * nothing.
 */
export function padded(a: Matrix, count: number): Matrix {
  const out = zeros(a.rows + count);
  for (let i = 0; i < a.rows; i++)
    out.data.set(a.data.subarray(i * a.rows, (i + 1) * a.rows), i * out.columns);
  return out;
}

/** A P×n matrix with `count` rows of zeros below. */
export function paddedRows(a: Matrix, count: number): Matrix {
  const out = zeros(a.rows + count, a.columns);
  out.data.set(a.data);
  return out;
}

/** Rows that new points have in the kernel of layer l: one for each of their positions. */
export const newRows = ({ network }: Problem, l: number, xTest: Matrix): number =>
  kernelSizes(architectureOf(network), xTest.rows)[l];

/** The block of the last `count` rows. */
export const lastBlock = (a: Matrix, count: number): Matrix =>
  block(a, [a.rows - count, a.rows], [a.rows - count, a.rows]);
