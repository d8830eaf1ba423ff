import type { CrossCovariance } from '../../activations/crossGaussian.js';
import type { Compute } from '../../numerics/compute.js';
import { block, diagonal, type Matrix, zeros } from '../../numerics/matrix.js';
import { priorMoments } from '../../prior/priorMoments.js';
import type { Network } from '../../problem/problem.js';
import { stackedPoints } from '../testCovariances.js';

/** Whether finite width leaves the mean of every kernel as it is: of one hidden layer, and of linear networks, exactly. */
export const meanStays = ({ hiddenLayers, activation }: Network): boolean => hiddenLayers === 1 || activation.linear === true;

/** Δ⁽⁰⁾ … Δ⁽ᴸ⁾: what finite width adds to the mean of kernels before data, to order 1/N (theory §3). */
export function meanCorrections(network: Network, x: Matrix, compute: Compute): Matrix[] {
  if (meanStays(network)) return Array.from({ length: network.hiddenLayers + 1 }, () => zeros(x.rows));
  const steps = priorMoments(network, x, compute);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value.map(({ correction }) => correction);
}

/** Δ⁽⁰⁾ … Δ⁽ᴸ⁾ of new points beside the training points: entries depend on their own two points alone. */
export function meanCorrectionRows(network: Network, x: Matrix, xNew: Matrix, compute: Compute): CrossCovariance[] {
  const [p, t] = [x.rows, xNew.rows];
  if (meanStays(network)) {
    return Array.from({ length: network.hiddenLayers + 1 }, () => ({ cross: zeros(t, p), own: new Float64Array(t) }));
  }
  return meanCorrections(network, stackedPoints(x, xNew), compute).map((layer) => ({
    cross: block(layer, [p, p + t], [0, p]),
    own: diagonal(layer).slice(p),
  }));
}
