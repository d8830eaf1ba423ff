import type { CrossCovariance } from '../../activations/operators/cross.js';
import {
  type Architecture,
  architectureOf,
  followsDraws,
  isResidual,
  kernelSizes,
} from '../../architecture/architecture.js';
import { smallestArchitecture } from '../../architecture/samePositions.js';
import type { Compute } from '../../numerics/compute.js';
import { type Matrix, zeros } from '../../numerics/matrix.js';
import { rowsOf, together } from '../../posterior/newPoints.js';
import { nngpKernels } from '../../prior/nngpKernels.js';
import { priorCorrections } from '../../prior/priorMoments.js';
import { isLinear, type Network } from '../../problem/problem.js';
import { type DrawnCorrections, drawnCorrections } from './drawnCorrections.js';

/**
 * Whether finite width leaves the mean of every kernel as it is: of one hidden layer, and of linear networks,
 * exactly.
 */
export const meanStays = (network: Network): boolean => network.hiddenLayers === 1 || isLinear(network);

/** Which Δ are asked for: of the last layer alone, for which fewer pairs do where positions are flattened. */
type Asked = 'all layers' | 'the last layer';

/** Of neurons in several layers all pairs are followed. */
const architectureFor = (network: Network, asked: Asked): Architecture =>
  asked === 'the last layer' && !isResidual(network)
    ? smallestArchitecture(network)
    : architectureOf(network);

/**
 * Δ⁽⁰⁾ … Δ⁽ᴸ⁾: what finite width adds to the mean of kernels before data, to order 1/N (theory §3).
 * @param known of the points the first so many, whose draws, where Δ is drawn, do not depend on the others
 * @param seed of the draws
 * @param asked others may come as pairs at the same position alone where the last layer is asked for
 */
export function meanCorrections(
  network: Network,
  x: Matrix,
  compute: Compute,
  seed = 0,
  known = x.rows,
  asked: Asked = 'all layers',
): Matrix[] {
  if (isDrawn(network)) {
    const nngp = nngpKernels(network, x, compute);
    return drawnCorrections(network, architectureFor(network, asked), nngp, known, compute, seed).all;
  }
  if (meanStays(network)) return kernelSizes(architectureOf(network), x.rows).map((rows) => zeros(rows));
  return priorCorrections(network, x, x.rows, compute);
}

/** Whether Δ is a mean over draws, with an error. */
const isDrawn = (network: Network): boolean => !meanStays(network) && followsDraws(network);

/** Δ⁽⁰⁾ … Δ⁽ᴸ⁾ of the training points, and the same from groups of draws; none where Δ is no mean of draws. */
export const groupedCorrections = (
  network: Network,
  nngp: readonly Matrix[],
  x: Matrix,
  compute: Compute,
  seed: number,
  asked: Asked = 'all layers',
): DrawnCorrections =>
  isDrawn(network)
    ? drawnCorrections(network, architectureFor(network, asked), nngp, x.rows, compute, seed, true)
    : { all: meanCorrections(network, x, compute, seed), groups: [] };

/** Δ⁽⁰⁾ … Δ⁽ᴸ⁾ of new points beside the training points: entries depend on their own two points alone. */
export function meanCorrectionRows(
  network: Network,
  x: Matrix,
  xNew: Matrix,
  compute: Compute,
  seed: number,
): CrossCovariance[] {
  const [known, added] = [x, xNew].map(({ rows }) => kernelSizes(architectureOf(network), rows));
  if (meanStays(network)) {
    return known.map((rows, l) => ({ cross: zeros(added[l], rows), own: new Float64Array(added[l]) }));
  }
  const all = together(x, xNew);
  const corrections = isDrawn(network)
    ? meanCorrections(network, all, compute, seed, x.rows)
    : priorCorrections(network, all, x.rows, compute);
  return corrections.map((layer, l) => rowsOf(layer, known[l]));
}

/** Δ⁽ᴸ⁾ of new points beside the training points, as `meanCorrectionRows`. */
export function lastCorrectionRows(
  network: Network,
  x: Matrix,
  xNew: Matrix,
  compute: Compute,
  seed: number,
): CrossCovariance {
  const { hiddenLayers } = network;
  if (!isDrawn(network)) return meanCorrectionRows(network, x, xNew, compute, seed)[hiddenLayers];
  const all = together(x, xNew);
  const corrections = meanCorrections(network, all, compute, seed, x.rows, 'the last layer');
  return rowsOf(corrections[hiddenLayers], x.rows);
}
