import { architectureOf, layerOf } from '../architecture/architecture.js';
import type { Compute } from '../numerics/compute.js';
import { addConstant } from '../numerics/entrywise.js';
import { NotPositiveDefiniteError } from '../numerics/errors.js';
import { addScaled, block, copy, type Matrix, transpose, zeros } from '../numerics/matrix.js';
import type { Network, Problem } from '../problem/problem.js';
import { inBlocks } from './predict.js';
import { inputRows, type PathOf } from './rowPath.js';

/**
 * Covariances of new points with the training points, layer 0..L, from the rows of every layer, in blocks of
 * new points: P×T each; where points have positions in a layer (P·S)×(T·S), or S blocks of P×T, one below the
 * other, of pairs at the same position alone.
 */
export function kernelRows(problem: Problem, pathOf: PathOf, xTest: Matrix): Matrix[] {
  const layers: Matrix[] = [];
  const known = problem.data.x.rows;
  inBlocks(problem, xTest, (points, from) => {
    pathOf(points).forEach(({ cross }, l) => {
      const blocks = cross.columns === known ? cross.rows / points.rows : 1;
      const each = { rows: cross.rows / blocks, columns: cross.columns };
      const positions = each.rows / points.rows;
      layers[l] ??= zeros(blocks * each.columns, positions * xTest.rows);
      for (let k = 0; k < blocks; k++)
        putTransposed(block(cross, [k * each.rows, (k + 1) * each.rows], [0, each.columns]), layers[l], [
          k * each.columns,
          positions * from,
        ]);
    });
  });
  return layers;
}

/** aᵀ into a larger matrix, with its first entry at this row and column. */
function putTransposed(a: Matrix, into: Matrix, [row, column]: readonly [number, number]): void {
  for (let i = 0; i < a.rows; i++)
    for (let j = 0; j < a.columns; j++)
      into.data[(row + j) * into.columns + column + i] = a.data[i * a.columns + j];
}

/** Directions of the input kernel below this share of its largest variance are rounding. */
const NO_VARIANCE = 1e-13;

/**
 * The same for linear networks without hidden biases, exactly: a layer is linear in x, and what of x_* no
 * training point has meets weights of the prior, of mean zero, so that C_*⁽ˡ⁾ − β_l = C_*⁽⁰⁾ C⁽⁰⁾⁺ (C⁽ˡ⁾ −
 * β_l).
 */
export function linearKernelRows(
  problem: Problem,
  kernels: readonly Matrix[],
  xTest: Matrix,
  compute: Compute,
): Matrix[] {
  const { algebra } = compute;
  const { network, data } = problem;
  const input = inputRows(network, data.x, xTest, compute).cross;
  const weights = algebra.gemm(input, pseudoInverse(kernels[0], compute));
  return kernels.map((kernel, l) => {
    if (l === 0) return transpose(input);
    const shift = readoutBias(network, l);
    const moved = copy(kernel);
    addConstant(moved, -shift);
    const rows = algebra.gemm(moved, weights, { transposeB: true });
    addConstant(rows, shift);
    return rows;
  });
}

/**
 * The same among new points, T×T: with U = C_*⁽⁰⁾C⁽⁰⁾⁺, U(C⁽ˡ⁾ − β_l)Uᵀ + a_l(C_**⁽⁰⁾ − UC⁽⁰⁾Uᵀ) + β_l.
 * @param unseen a_l: what becomes of what no training point has, the posterior mean of what the weights above
 *   the first make of its square
 */
export function linearTestCovariances(
  problem: Problem,
  kernels: readonly Matrix[],
  unseen: readonly number[],
  xTest: Matrix,
  compute: Compute,
): Matrix[] {
  const { algebra } = compute;
  const { network, data } = problem;
  const { input } = architectureOf(network);
  const weights = algebra.gemm(input.rows(data.x, xTest, compute).cross, pseudoInverse(kernels[0], compute));
  const among = input.kernel(xTest, compute);
  const seen = (kernel: Matrix) => algebra.gemm(algebra.gemm(weights, kernel), weights, { transposeB: true });
  const rest = addScaled(copy(among), -1, seen(kernels[0]));
  return kernels.map((kernel, l) => {
    if (l === 0) return among;
    const shift = readoutBias(network, l);
    return addConstant(addScaled(seen(addConstant(copy(kernel), -shift)), unseen[l], rest), shift);
  });
}

/** β_l of linear networks whose hidden layers have no biases. */
const readoutBias = (network: Network, l: number): number =>
  l === network.hiddenLayers ? layerOf(network, l).beta : 0;

function pseudoInverse(kernel: Matrix, { algebra }: Compute): Matrix {
  const p = kernel.rows;
  const { values, vectors } = algebra.eigenSymmetric(kernel);
  const largest = values[p - 1];
  if (!(largest > 0)) throw new NotPositiveDefiniteError('the input kernel is zero');
  const scaled = copy(vectors);
  for (let k = 0; k < p; k++) {
    const factor = values[k] > NO_VARIANCE * largest ? 1 / values[k] : 0;
    for (let i = 0; i < p; i++) scaled.data[k * p + i] *= factor;
  }
  return algebra.gemm(scaled, vectors, { transposeA: true });
}
