import { crossDerivatives } from '../activations/operators/cross.js';
import { pushforward } from '../activations/operators/response.js';
import { requireDense } from '../architecture/architecture.js';
import { denseLayer } from '../architecture/denseLayer.js';
import type { Compute } from '../numerics/compute.js';
import { addScaled, copy, diagonal, type Matrix, zeros } from '../numerics/matrix.js';
import { activationOf, type Network } from '../problem/problem.js';
import { curvatureAt, type EntryCovariances } from './curvature.js';
import { nngpKernels } from './nngpKernels.js';
import { type PairMoments, pairMomentsOf } from './pairMoments.js';

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
  const none = () => zeros(x.rows);
  const layers: LayerMoments[] = [
    {
      nngp: kernels[0],
      correction: none(),
      mean: kernels[0],
      variance: none(),
      withOwn: none(),
      ofDiagonals: none(),
    },
  ];
  for (let l = 1; l <= network.hiddenLayers; l++) {
    layers.push(
      nextMoments(
        network,
        l,
        layers[l - 1],
        kernels[l],
        pairMomentsOf(activationOf(network, l), compute),
        compute,
      ),
    );
    yield l / network.hiddenLayers;
  }
  return layers;
}

function nextMoments(
  network: Network,
  l: number,
  below: LayerMoments,
  nngp: Matrix,
  momentsOfPair: PairMoments,
  compute: Compute,
): LayerMoments {
  const { activation, gain: g, beta, width } = denseLayer(network, l);
  const c = below.nngp;
  const p = c.rows;
  const noise = g ** 2 / width;
  const own = diagonal(c);
  const pairs = activation.prepare(own, compute.algebra);
  const { slope, left, right } = crossDerivatives(activation, own, { cross: c, own }, compute);
  const [variance, withOwn, ofDiagonals] = [zeros(p), zeros(p), zeros(p)];
  for (let i = 0; i < p; i++) {
    for (let j = 0; j <= i; j++) {
      const [ij, ji] = [i * p + j, j * p + i];
      const m = momentsOfPair(own[i], own[j], c.data[ij]);
      const mean = i === j ? m[2] : (nngp.data[ij] - beta) / g;
      const [di, dj] = [g * pairs.diagonalSlope[i], g * pairs.diagonalSlope[j]];
      // Fluctuations below, seen through R: of C_ii, C_ij and C_jj.
      const [vi, vij, vj] = [
        below.variance.data[i * p + i],
        below.variance.data[ij],
        below.variance.data[j * p + j],
      ];
      const [fi, fj, d] = [below.withOwn.data[ij], below.withOwn.data[ji], below.ofDiagonals.data[ij]];
      const squares = [pairs.diagonal[i], pairs.diagonal[j]];
      if (i === j) {
        const value = noise * (m[4] - squares[0] ** 2) + di * di * vi;
        variance.data[ij] = withOwn.data[ij] = ofDiagonals.data[ij] = value;
        continue;
      }
      const [a, s, b] = [0.5 * g * left.data[ij], g * slope.data[ij], 0.5 * g * right.data[ij]];
      variance.data[ij] = variance.data[ji] =
        noise * (m[2] - mean * mean) +
        a * a * vi +
        s * s * vij +
        b * b * vj +
        2 * (a * s * fi + s * b * fj + a * b * d);
      withOwn.data[ij] = noise * (m[3] - squares[0] * mean) + di * (a * vi + s * fi + b * d);
      withOwn.data[ji] = noise * (m[1] - squares[1] * mean) + dj * (b * vj + s * fj + a * d);
      ofDiagonals.data[ij] = ofDiagonals.data[ji] = noise * (m[2] - squares[0] * squares[1]) + di * dj * d;
    }
  }
  const correction = pushforward(activation, c, below.correction, compute, g);
  addScaled(correction, 0.5 * g, curvatureAt(activation, c, compute)(below));
  const mean = addScaled(copy(nngp), 1, correction);
  return { nngp, correction, mean, variance, withOwn, ofDiagonals };
}
