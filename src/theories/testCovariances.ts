import { architectureOf, kernelRows } from '../architecture/architecture.js';
import type { Compute } from '../numerics/compute.js';
import { block, type Matrix, zeros } from '../numerics/matrix.js';
import type { Problem } from '../problem/problem.js';
import { together } from './firstOrder/drawnBirth.js';

/** A symmetric matrix of the training points with rows and columns of zeros for `count` new ones, which ask nothing. */
export function padded(a: Matrix, count: number): Matrix {
  const out = zeros(a.rows + count);
  for (let i = 0; i < a.rows; i++) out.data.set(a.data.subarray(i * a.rows, (i + 1) * a.rows), i * out.columns);
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
  kernelRows(architectureOf(network), xTest.rows)[l];

/** The block of the last `count` rows. */
export const lastBlock = (a: Matrix, count: number): Matrix => block(a, [a.rows - count, a.rows], [a.rows - count, a.rows]);

/**
 * C_**⁽⁰⁾ … C_**⁽ᴸ⁾, T×T: new points among each other. They obey the forward equation of all points together, in which theirs have no
 * conjugate kernel (theory §6). All P + T points are carried along, so that averages that are sampled stay covariances.
 * @param forward the kernel of layer l of all points from the one below
 */
export function testCovariances(
  problem: Problem,
  xTest: Matrix,
  forward: (l: number, below: Matrix) => Matrix,
  compute: Compute,
): Matrix[] {
  const { network, data } = problem;
  let joint = architectureOf(network).input.kernel(together(data.x, xTest), compute);
  const blocks = [lastBlock(joint, newRows(problem, 0, xTest))];
  for (let l = 1; l <= network.hiddenLayers; l++) {
    joint = forward(l, joint);
    blocks.push(lastBlock(joint, newRows(problem, l, xTest)));
  }
  return blocks;
}
