import { crossDerivatives } from '../activations/operators/cross.js';
import { kernelOf } from '../activations/operators/kernel.js';
import { requireDense } from '../architecture/architecture.js';
import { denseLayer } from '../architecture/denseLayer.js';
import { checkKernels, checkObject, checkPoints, refuse } from '../numerics/arguments.js';
import { checkWhole, SEEDS } from '../numerics/bounds.js';
import { type Compute, checkCompute } from '../numerics/compute.js';
import { scale } from '../numerics/entrywise.js';
import { InputError } from '../numerics/errors.js';
import { factorSemidefinite } from '../numerics/linearAlgebra.js';
import { addScaled, diagonal, gather, type Matrix, zeros } from '../numerics/matrix.js';
import { RandomStream } from '../numerics/random.js';
import type { Network } from '../problem/problem.js';

/** Points whose pairs are treated together: (q(q+1)/2)² four-point functions. */
const MOST_POINTS = 16;
const GROUPS = 8;

/** How averages over samples are taken. */
export interface CovarianceOptions {
  /** samples behind four-point functions that are not exact; 131072 by default */
  readonly samples?: number;
  /** of these samples; 0 by default */
  readonly seed?: number;
}

/** Prior covariances of m entries of one layer's kernel, m×m each. */
export interface EntryCovariance {
  /** covariance of the entries asked for, in their order, m×m */
  readonly covariance: Matrix;
  /** Monte Carlo standard errors, m×m; absent where four-point functions are exact */
  readonly error?: Matrix;
}

/**
 * Prior covariance of single kernel entries C⁽ˡ⁾_αβ, C⁽ˡ⁾_γδ in every layer l = 1..L, to order 1/N (theory
 * §3). Only pairs of the points named take part: R couples (α, β) to (α, α), (α, β) and (β, β) alone.
 * Four-point functions are exact where the activation has them, else averages over samples.
 *
 * @param network dense layers of one activation
 * @param nngp K⁽⁰⁾ … K⁽ᴸ⁾, P×P each
 * @param entries m pairs of indices of points
 * @param compute what to compute on
 * @param options number and seed of the samples
 * @throws InputError for more than 16 different points, and for what does not fit together
 */
export function entryCovariance(
  network: Network,
  nngp: readonly Matrix[],
  entries: readonly (readonly [number, number])[],
  compute: Compute,
  options: CovarianceOptions = {},
): EntryCovariance[] {
  requireDense(network, 'the covariance of entries');
  checkKernels('nngp', nngp, network.hiddenLayers + 1);
  if (!Array.isArray(entries) || entries.length === 0)
    refuse('entries', entries, 'must be a list of pairs of points');
  for (let k = 0; k < entries.length; k++) checkPoints(`entries[${k}]`, entries[k], nngp[0].rows);
  checkCompute(compute);
  checkObject('options', options, 'must be an object { samples, seed }');
  const { samples = 1 << 17, seed = 0 } = options as CovarianceOptions;
  checkWhole('samples', samples, { least: 16, most: 1e8 });
  checkWhole('seed', seed, SEEDS);
  const points = [...new Set(entries.flat())].sort((a, b) => a - b);
  if (points.length > MOST_POINTS) {
    throw new InputError(
      `entries: ${points.length} different points; at most ${MOST_POINTS} are treated together`,
    );
  }
  const small = nngp.map((kernel) => gather(kernel, points, points));
  const exact = network.activation.linear || network.activation.fourPoint !== undefined;
  const runs = Array.from({ length: exact ? 1 : GROUPS }, (_, group) =>
    pairCovariances(
      network,
      small,
      compute,
      exact ? undefined : { samples: Math.ceil(samples / GROUPS), seed, group },
    ),
  );
  const index = entries.map(([a, b]) => pairIndex(points.indexOf(a), points.indexOf(b)));
  return Array.from({ length: network.hiddenLayers }, (_, k) => {
    const parts = runs.map((run) => gather(run[k], index, index));
    const covariance = zeros(index.length);
    for (const part of parts)
      part.data.forEach((value, i) => {
        covariance.data[i] += value / parts.length;
      });
    if (exact) return { covariance };
    const error = zeros(index.length);
    for (let i = 0; i < error.data.length; i++) {
      const squares = parts.reduce((sum, { data }) => sum + (data[i] - covariance.data[i]) ** 2, 0);
      error.data[i] = Math.sqrt(squares / (GROUPS * (GROUPS - 1)));
    }
    return { covariance, error };
  });
}

/** Position of the unordered pair (a, b). */
const pairIndex = (a: number, b: number): number => {
  const [low, high] = a < b ? [a, b] : [b, a];
  return (high * (high + 1)) / 2 + low;
};

interface Sampling {
  readonly samples: number;
  readonly seed: number;
  readonly group: number;
}

/** Covariance of all pairs in layers 1..L. */
function pairCovariances(
  network: Network,
  nngp: readonly Matrix[],
  compute: Compute,
  sampling: Sampling | undefined,
): Matrix[] {
  const layers: Matrix[] = [];
  for (let l = 1; l <= network.hiddenLayers; l++) {
    const { gain: g, width } = denseLayer(network, l);
    const weight = g ** 2 / width;
    const v = sampling
      ? monteCarloFourPoint(network, nngp[l - 1], compute, { ...sampling, seed: sampling.seed + l })
      : exactFourPoint(network, nngp[l - 1], compute);
    scale(v, weight);
    const below = layers[l - 2];
    if (below) {
      const r = responseMatrix(network, l, nngp[l - 1], compute);
      const passed = compute.algebra.gemm(compute.algebra.gemm(r, below), r, { transposeB: true });
      addScaled(v, 1, passed);
    }
    layers.push(v);
  }
  return layers;
}

/** R⁽ˡ⁾ as a matrix over pairs. */
function responseMatrix(network: Network, l: number, below: Matrix, compute: Compute): Matrix {
  const q = below.rows;
  const { activation } = network;
  const { gain: g } = denseLayer(network, l);
  const own = diagonal(below);
  const { slope, left, right } = crossDerivatives(activation, own, { cross: below, own }, compute);
  const { diagonalSlope } = activation.prepare(own, compute.algebra);
  const r = zeros((q * (q + 1)) / 2);
  const set = (row: number, column: number, value: number) => {
    r.data[row * r.columns + column] = value;
  };
  for (let a = 0; a < q; a++) {
    const aa = pairIndex(a, a);
    set(aa, aa, g * diagonalSlope[a]);
    for (let b = 0; b < a; b++) {
      const row = pairIndex(a, b);
      set(row, row, g * slope.data[a * q + b]);
      set(row, aa, 0.5 * g * left.data[a * q + b]);
      set(row, pairIndex(b, b), 0.5 * g * right.data[a * q + b]);
    }
  }
  return r;
}

/** All unordered pairs in the order of `pairIndex`. */
function allPairs(q: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (let high = 0; high < q; high++) for (let low = 0; low <= high; low++) pairs.push([low, high]);
  return pairs;
}

const wick = (c: Float64Array): number => c[1] * c[11] + c[2] * c[7] + c[3] * c[6];

function exactFourPoint({ activation }: Network, c: Matrix, compute: Compute): Matrix {
  const q = c.rows;
  const moment = activation.linear ? wick : (activation.fourPoint as (c: Float64Array) => number);
  const means = kernelOf(activation, c, compute);
  const pairs = allPairs(q);
  const v = zeros(pairs.length);
  const covariance = new Float64Array(16);
  pairs.forEach(([a, b], i) => {
    pairs.forEach(([d, e], j) => {
      const points = [a, b, d, e];
      for (let x = 0; x < 4; x++)
        for (let y = 0; y < 4; y++) covariance[4 * x + y] = c.data[points[x] * q + points[y]];
      v.data[i * pairs.length + j] = moment(covariance) - means.data[a * q + b] * means.data[d * q + e];
    });
  });
  return v;
}

function monteCarloFourPoint(
  { activation }: Network,
  c: Matrix,
  compute: Compute,
  { samples, seed, group }: Sampling,
): Matrix {
  const { algebra } = compute;
  const normals = zeros(samples, c.rows);
  RandomStream.fromSeed(seed).split(group).normals(normals.data);
  const phi = algebra.multiplyTriangular(normals, factorSemidefinite(algebra, c), { transpose: true });
  activation.value(phi.data, phi.data);
  const means = kernelOf(activation, c, compute);
  const pairs = allPairs(c.rows);
  const products = zeros(samples, pairs.length);
  for (let s = 0; s < samples; s++) {
    pairs.forEach(([a, b], i) => {
      products.data[s * pairs.length + i] =
        phi.data[s * c.rows + a] * phi.data[s * c.rows + b] - means.data[a * c.rows + b];
    });
  }
  return algebra.syrk(products, { transpose: true, alpha: 1 / samples });
}
