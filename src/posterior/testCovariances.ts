import { architectureOf } from '../architecture/architecture.js';
import type { Compute } from '../numerics/compute.js';
import type { Matrix } from '../numerics/matrix.js';
import type { Problem } from '../problem/problem.js';
import { lastBlock, newRows, together } from './newPoints.js';

/**
 * C_**⁽⁰⁾ … C_**⁽ᴸ⁾, T×T: new points among each other. They obey the forward equation of all points together,
 * in which theirs have no conjugate kernel (theory §6). All P + T points are carried along, so that averages
 * that are sampled stay covariances.
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
