import { crossDerivatives } from '../activations/operators/cross.js';
import { pushforward } from '../activations/operators/response.js';
import { requireDense } from '../architecture/architecture.js';
import { denseLayer } from '../architecture/denseLayer.js';
import type { Compute } from '../numerics/compute.js';
import { addScaled, copy, diagonal, type Matrix, zeros } from '../numerics/matrix.js';
import type { Network } from '../problem/problem.js';
import { curvatureAt, type EntryCovariances } from './curvature.js';
import { nngpKernels } from './nngpKernels.js';
import { pairMomentsOf } from './pairMoments.js';

/** The prior of one layer's kernel to order 1/N (theory §3); P×P each. */
export interface LayerMoments extends EntryCovariances {
  /** K⁽ˡ⁾, the mean at infinite width */
  readonly nngp: Matrix;
  /** what finite width adds to the mean, to order 1/N */
  readonly correction: Matrix;
  /** the sum of the two */
  readonly mean: Matrix;
  /** Var C_αβ */
  readonly variance: Matrix;
  /** Cov(C_αα, C_αβ) at (α, β); not symmetric */
  readonly withOwn: Matrix;
  /** Cov(C_αα, C_ββ) */
  readonly ofDiagonals: Matrix;
}

/** Matrices of P×P doubles alive at once in `priorMoments`. */
export const momentMatrices = ({ hiddenLayers }: Network): number => 6 * hiddenLayers + 24;

/**
 * Mean and variance of every entry of every layer's kernel over networks drawn from the prior, to order 1/N.
 * An entry (α, β) of R Cov Rᵀ needs the covariances of (αα, αβ, ββ) alone, so that P² numbers go from layer
 * to layer, never P⁴ (theory §3). Yields the share that is done; `drive` gives the moments of layers 0..L.
 * @param network dense layers
 * @param x X, P×D
 * @param compute what to compute on
 * @throws InputError for networks that it does not treat, and as `nngpKernels`
 */
export function* priorMoments(
  network: Network,
  x: Matrix,
  compute: Compute,
): Generator<number, LayerMoments[], void> {
  requireDense(network, 'the prior of kernels to order 1/N', ['activations']);
  const kernels = nngpKernels(network, x, compute);
  const layers: LayerMoments[] = [ofInput(kernels[0])];
  for (let l = 1; l <= network.hiddenLayers; l++) {
    const below = layers[l - 1];
    const correction = correctionOf(network, l, below, compute);
    const mean = addScaled(copy(kernels[l]), 1, correction);
    layers.push({
      nngp: kernels[l],
      correction,
      mean,
      ...scatterOf(network, l, below, kernels[l], x.rows, compute),
    });
    yield l / network.hiddenLayers;
  }
  return layers;
}

/**
 * The corrections of the mean alone, of layers 0..L: they need the scatter of the layers below, not that of
 * the last.
 * @param known points whose entries with all points are asked for, the first ones; of the others only those
 *   with themselves are right besides
 */
export function priorCorrections(network: Network, x: Matrix, known: number, compute: Compute): Matrix[] {
  const kernels = nngpKernels(network, x, compute);
  let below: Below = ofInput(kernels[0]);
  const corrections = [below.correction];
  for (let l = 1; l <= network.hiddenLayers; l++) {
    const correction = correctionOf(network, l, below, compute);
    corrections.push(correction);
    if (l === network.hiddenLayers) break;
    const scatter = scatterOf(network, l, below, kernels[l], known, compute);
    below = { nngp: kernels[l], correction, ...scatter };
  }
  return corrections;
}

type Below = EntryCovariances & Pick<LayerMoments, 'nngp' | 'correction'>;

/** The input kernel, which is the same in all networks. */
function ofInput(kernel: Matrix): LayerMoments {
  const none = () => zeros(kernel.rows);
  return {
    nngp: kernel,
    correction: none(),
    mean: kernel,
    variance: none(),
    withOwn: none(),
    ofDiagonals: none(),
  };
}

/** R Δ of the layer below + ½ ∂²⟨φφᵀ⟩:Cov */
function correctionOf(network: Network, l: number, below: Below, compute: Compute): Matrix {
  const { activation, gain: g } = denseLayer(network, l);
  const correction = pushforward(activation, below.nngp, below.correction, compute, g);
  return addScaled(correction, 0.5 * g, curvatureAt(activation, below.nngp, compute)(below));
}

/**
 * Covariances of the entries of C⁽ˡ⁾: those of its own neurons, and those of the layer below seen through the
 * response.
 * @param known points whose entries with all points are computed, the first ones
 */
function scatterOf(
  network: Network,
  l: number,
  below: Below,
  nngp: Matrix,
  known: number,
  compute: Compute,
): EntryCovariances {
  const { activation, gain: g, beta, width } = denseLayer(network, l);
  const momentsOfPair = pairMomentsOf(activation, compute);
  const c = below.nngp;
  const p = c.rows;
  const noise = g ** 2 / width;
  const own = diagonal(c);
  const pairs = activation.prepare(own, compute.algebra);
  const { slope, left, right } = crossDerivatives(activation, own, { cross: c, own }, compute);
  const [variance, withOwn, ofDiagonals] = [zeros(p), zeros(p), zeros(p)];
  for (let i = 0; i < p; i++) {
    const [squareI, di] = [pairs.diagonal[i], g * pairs.diagonalSlope[i]];
    const vi = below.variance.data[i * p + i];
    const fourth = momentsOfPair(own[i], own[i], own[i])[4];
    const ii = i * p + i;
    variance.data[ii] =
      withOwn.data[ii] =
      ofDiagonals.data[ii] =
        noise * (fourth - squareI ** 2) + di * di * vi;
    for (let j = 0; j < Math.min(i, known); j++) {
      const [ij, ji] = [i * p + j, j * p + i];
      const m = momentsOfPair(own[i], own[j], c.data[ij]);
      const mean = (nngp.data[ij] - beta) / g;
      const [squareJ, dj] = [pairs.diagonal[j], g * pairs.diagonalSlope[j]];
      // Fluctuations below, seen through R: of C_ii, C_ij and C_jj.
      const [vij, vj] = [below.variance.data[ij], below.variance.data[j * p + j]];
      const [fi, fj, d] = [below.withOwn.data[ij], below.withOwn.data[ji], below.ofDiagonals.data[ij]];
      const [a, s, b] = [0.5 * g * left.data[ij], g * slope.data[ij], 0.5 * g * right.data[ij]];
      variance.data[ij] = variance.data[ji] =
        noise * (m[2] - mean * mean) +
        a * a * vi +
        s * s * vij +
        b * b * vj +
        2 * (a * s * fi + s * b * fj + a * b * d);
      withOwn.data[ij] = noise * (m[3] - squareI * mean) + di * (a * vi + s * fi + b * d);
      withOwn.data[ji] = noise * (m[1] - squareJ * mean) + dj * (b * vj + s * fj + a * d);
      ofDiagonals.data[ij] = ofDiagonals.data[ji] = noise * (m[2] - squareI * squareJ) + di * dj * d;
    }
  }
  return { variance, withOwn, ofDiagonals };
}
