import { architectureOf } from '../architecture/architecture.js';
import type { InputMap, PointRows } from '../architecture/layer.js';
import type { Compute } from '../numerics/compute.js';
import { copy, type Matrix, sameEntries } from '../numerics/matrix.js';
import type { Network, Problem } from '../problem/problem.js';

/**
 * Layer l of new points, T×P and their variances, from layer l − 1: they are rows with C̃ = 0, which the
 * training points move (theory §6).
 */
export type Extend = (l: number, below: PointRows) => PointRows;

/**
 * Covariances of the first pre-activations of new points: g₀ X_*Xᵀ/D + β₀ and g₀ |x_*|²/D + β₀ of a dense
 * layer
 */
export const inputRows = (network: Network, x: Matrix, xTest: Matrix, compute: Compute): PointRows =>
  architectureOf(network).input.rows(x, xTest, compute);

/** Covariances of some new points with the training points, and their own, in layers 0..L. */
export type RowPath = readonly PointRows[];

/** The rows of new points in every layer. */
export type PathOf = (points: Matrix) => RowPath;

/** Layer by layer from the inputs. */
export const pathBy =
  (
    { network, data }: Problem,
    extend: Extend,
    compute: Compute,
    top = network.hiddenLayers,
    input: InputMap = architectureOf(network).input,
  ): PathOf =>
  (points) => {
    const path = [input.rows(data.x, points, compute)];
    for (let l = 1; l <= top; l++) path.push(extend(l, path[l - 1]));
    return path;
  };

/**
 * A function of new points that keeps what it found for those that it was asked for last: predictions and
 * kernels of the same points follow from the same rows.
 */
export function keepingLast<Result>(of: (points: Matrix) => Result): (points: Matrix) => Result {
  let last: { readonly points: Matrix; readonly result: Result } | undefined;
  return (points) => {
    if (!last || !sameEntries(last.points, points)) last = { points: copy(points), result: of(points) };
    return last.result;
  };
}
