import type { Compute } from '../numerics/compute.js';
import { block, type Matrix, zeros } from '../numerics/matrix.js';
import { inputKernel } from '../prior/nngpKernels.js';
import type { Problem } from '../problem/problem.js';

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

/** Training points above new ones. */
export const stackedPoints = (x: Matrix, xNew: Matrix): Matrix => {
  const out = paddedRows(x, xNew.rows);
  out.data.set(xNew.data, x.data.length);
  return out;
};

/** The block of the last `count` points. */
export const lastBlock = (a: Matrix, count: number): Matrix => block(a, [a.rows - count, a.rows], [a.rows - count, a.rows]);

/**
 * C_**⁽⁰⁾ … C_**⁽ᴸ⁾, T×T: new points among each other. They obey the forward equation of all points together, in which theirs have no
 * conjugate kernel (theory §6). All P + T points are carried along, so that averages that are sampled stay covariances.
 * @param forward the kernel of layer l of all points from the one below
 */
export function testCovariances(
  { network, data }: Problem,
  xTest: Matrix,
  forward: (l: number, below: Matrix) => Matrix,
  compute: Compute,
): Matrix[] {
  let joint = inputKernel(network, stackedPoints(data.x, xTest), compute);
  const blocks = [lastBlock(joint, xTest.rows)];
  for (let l = 1; l <= network.hiddenLayers; l++) {
    joint = forward(l, joint);
    blocks.push(lastBlock(joint, xTest.rows));
  }
  return blocks;
}
