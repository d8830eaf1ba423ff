import type { CrossCovariance } from '../../activations/operators/cross.js';
import { architectureOf, followsDraws, kernelSizes } from '../../architecture/architecture.js';
import type { Compute } from '../../numerics/compute.js';
import { type Matrix, zeros } from '../../numerics/matrix.js';
import { rowsOf, together } from '../../posterior/newPoints.js';
import { nngpKernels } from '../../prior/nngpKernels.js';
import { priorCorrections } from '../../prior/priorMoments.js';
import { isLinear, type Network } from '../../problem/problem.js';
import { drawnCorrections } from './drawnFluctuations.js';

/**
 * Whether finite width leaves the mean of every kernel as it is: of one hidden layer, and of linear networks,
 * exactly.
 */
export const meanStays = (network: Network): boolean => network.hiddenLayers === 1 || isLinear(network);

/**
 * Δ⁽⁰⁾ … Δ⁽ᴸ⁾: what finite width adds to the mean of kernels before data, to order 1/N (theory §3).
 * @param known of the points the first so many, whose draws, where Δ is drawn, do not depend on the others
 */
export function meanCorrections(network: Network, x: Matrix, compute: Compute, known = x.rows): Matrix[] {
  const architecture = architectureOf(network);
  if (meanStays(network)) return kernelSizes(architecture, x.rows).map((rows) => zeros(rows));
  if (followsDraws(network))
    return drawnCorrections(network, nngpKernels(network, x, compute), known, compute);
  return priorCorrections(network, x, x.rows, compute);
}

/** Δ⁽⁰⁾ … Δ⁽ᴸ⁾ of new points beside the training points: entries depend on their own two points alone. */
export function meanCorrectionRows(
  network: Network,
  x: Matrix,
  xNew: Matrix,
  compute: Compute,
): CrossCovariance[] {
  const [known, added] = [x, xNew].map(({ rows }) => kernelSizes(architectureOf(network), rows));
  if (meanStays(network)) {
    return known.map((rows, l) => ({ cross: zeros(added[l], rows), own: new Float64Array(added[l]) }));
  }
  const all = together(x, xNew);
  const corrections = followsDraws(network)
    ? meanCorrections(network, all, compute, x.rows)
    : priorCorrections(network, all, x.rows, compute);
  return corrections.map((layer, l) => rowsOf(layer, known[l]));
}
