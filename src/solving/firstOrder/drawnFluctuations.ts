import { applyActivation } from '../../activations/operators/apply.js';
import { crossDerivatives } from '../../activations/operators/cross.js';
import { kernelOf } from '../../activations/operators/kernel.js';
import { layerOf, mostRows } from '../../architecture/architecture.js';
import type { MomentMap } from '../../architecture/layer.js';
import type { Compute } from '../../numerics/compute.js';
import { dropNoisePivots, factorSemidefinite } from '../../numerics/linearAlgebra.js';
import { addScaled, diagonal, type Matrix, zeros } from '../../numerics/matrix.js';
import type { RandomStream } from '../../numerics/random.js';
import { curvatureTerm } from '../../prior/priorMoments.js';
import type { Network } from '../../problem/problem.js';
import { DRAWS_AT_ONCE, type Draws, drawGroups } from './entrywiseBirth.js';

/** Draws whose fluctuations are followed unless asked otherwise: each takes a few operations an entry of the largest kernel and layer. */
export const drawsFor = (rows: number): number => Math.round(Math.min(8192, Math.max(256, 1e9 / rows ** 2)));

/** Jumps from the stream of the known points to that of new ones: past those of all groups. */
const BEYOND = 64;

/** R and 𝒯 of one layer at the kernel below it: how a change of that kernel arrives above. */
class Passage {
  private readonly slope: Matrix;
  private readonly left: Matrix;
  private readonly right: Matrix;
  private readonly own: Float64Array;
  private readonly moved: Matrix;
  private readonly out: Matrix;
  private readonly map: MomentMap;

  constructor(network: Network, m: number, below: Matrix, above: Matrix, compute: Compute) {
    const { activation, map } = layerOf(network, m);
    const variances = diagonal(below);
    const { slope, left, right } = crossDerivatives(activation, variances, { cross: below, own: variances }, compute);
    [this.slope, this.left, this.right] = [slope, left, right];
    this.own = activation.prepare(variances, compute.algebra).diagonalSlope;
    [this.moved, this.out] = [zeros(below.rows), zeros(above.rows)];
    this.map = map;
  }

  /** The change above; overwritten by the next call. */
  pass({ rows: n, data }: Matrix): Matrix {
    const { slope, left, right, moved } = this;
    for (let i = 0, p = 0; i < n; i++) {
      const variance = data[i * (n + 1)];
      for (let j = 0; j < n; j++, p++) {
        moved.data[p] = slope.data[p] * data[p] + 0.5 * (left.data[p] * variance + right.data[p] * data[j * (n + 1)]);
      }
      moved.data[i * (n + 1)] = this.own[i] * variance;
    }
    return this.map.lift(moved, this.out);
  }
}

/**
 * Fluctuations of one neuron of layer k, draw by draw, in every layer that they reach: δ⁽ᵏ⁾ = 𝒯_k[φφᵀ − ⟨φφᵀ⟩] and δ⁽ᵐ⁾ = 𝒯_m R⁽ᵐ⁾[δ⁽ᵐ⁻¹⁾]. For any layers;
 * where responses act entry by entry up to the output, `EntrywiseBirth` never forms δ.
 *
 * @param samples of the points the first so many, whose draws do not depend on the others
 * @param visit is called with m = k … L and δ⁽ᵐ⁾, which the next draw overwrites
 * @returns the number of draws
 */
export function followDraws(
  network: Network,
  k: number,
  nngp: readonly Matrix[],
  draws: readonly Draws[],
  samples: { readonly known: number; readonly all: number },
  compute: Compute,
  visit: (m: number, change: Matrix) => void,
): number {
  const { algebra } = compute;
  const { activation, map } = layerOf(network, k);
  const below = nngp[k - 1];
  const n = below.rows;
  const factor = dropNoisePivots(factorSemidefinite(algebra, below), below);
  const mean = kernelOf(activation, below, compute);
  const passages = nngp.map((above, m) => (m > k ? new Passage(network, m, nngp[m - 1], above, compute) : undefined));
  const [own, born] = [zeros(n), zeros(nngp[k].rows)];
  let total = 0;
  for (const { count, stream: source } of draws) {
    const [stream, beyond] = [source.clone(), source.clone()];
    for (let jump = 0; jump < BEYOND; jump++) beyond.jump();
    for (let from = 0; from < count; from += DRAWS_AT_ONCE) {
      const z = normals(Math.min(DRAWS_AT_ONCE, count - from), n, (n / samples.all) * samples.known, stream, beyond);
      const phi = algebra.multiplyTriangular(z, factor, { transpose: true });
      applyActivation(activation, phi.data, phi.data, compute);
      for (let s = 0; s < phi.rows; s++, total++) {
        const row = phi.data.subarray(s * n, (s + 1) * n);
        for (let i = 0, p = 0; i < n; i++) for (let j = 0; j < n; j++, p++) own.data[p] = row[i] * row[j] - mean.data[p];
        let change = map.lift(own, born);
        visit(k, change);
        for (let m = k + 1; m < nngp.length; m++) {
          change = (passages[m] as Passage).pass(change);
          visit(m, change);
        }
      }
    }
  }
  return total;
}

/** Normals whose first columns are the same whatever follows them. */
function normals(rows: number, columns: number, known: number, stream: RandomStream, beyond: RandomStream): Matrix {
  const first = zeros(rows, known);
  stream.normals(first.data);
  if (known === columns) return first;
  const rest = zeros(rows, columns - known);
  beyond.normals(rest.data);
  const all = zeros(rows, columns);
  for (let s = 0; s < rows; s++) {
    all.data.set(first.data.subarray(s * known, (s + 1) * known), s * columns);
    all.data.set(rest.data.subarray(s * rest.columns, (s + 1) * rest.columns), s * columns + known);
  }
  return all;
}

/** Var C_αβ, Cov(C_αα, C_αβ) and Cov(C_αα, C_ββ) of one layer, summed over draws. */
class EntryMoments {
  readonly variance: Matrix;
  readonly withOwn: Matrix;
  readonly ofDiagonals: Matrix;

  constructor(rows: number) {
    [this.variance, this.withOwn, this.ofDiagonals] = [zeros(rows), zeros(rows), zeros(rows)];
  }

  add({ rows: n, data }: Matrix, weight: number): void {
    for (let i = 0, p = 0; i < n; i++) {
      const own = data[i * (n + 1)];
      for (let j = 0; j < n; j++, p++) {
        const entry = weight * data[p];
        this.variance.data[p] += entry * data[p];
        this.withOwn.data[p] += entry * own;
        this.ofDiagonals.data[p] += weight * own * data[j * (n + 1)];
      }
    }
  }
}

/**
 * Δ⁽⁰⁾ … Δ⁽ᴸ⁾, what finite width adds to the mean of kernels before data, to order 1/N (theory §3), with covariances of entries as means over draws:
 * Δ⁽ᵐ⁺¹⁾ = 𝒯[RΔ⁽ᵐ⁾ + ½ ∂²K:Cov⁽ᵐ⁾].
 * @param known of the samples those whose Δ does not depend on the others
 */
export function drawnCorrections(network: Network, nngp: readonly Matrix[], known: number, compute: Compute): Matrix[] {
  const top = network.hiddenLayers;
  const samples = { known, all: nngp[top].rows };
  const count = drawsFor(mostRows(network, known));
  const moments = nngp.map(({ rows }) => new EntryMoments(rows));
  for (let k = 1; k < top; k++) {
    const draws = drawGroups(0, k, count, 1);
    const weight = 1 / (layerOf(network, k).width * draws[0].count);
    followDraws(network, k, nngp.slice(0, top), draws, samples, compute, (m, change) => moments[m].add(change, weight));
  }
  const corrections = nngp.slice(0, 2).map(({ rows }) => zeros(rows));
  for (let m = 2; m <= top; m++) {
    const layer = layerOf(network, m);
    const moved = new Passage(network, m, nngp[m - 1], nngp[m], compute).pass(corrections[m - 1]);
    const curvature = curvatureTerm(layer.activation, nngp[m - 1], moments[m - 1], compute);
    corrections.push(addScaled(moved, 0.5, layer.map.lift(curvature)));
  }
  return corrections;
}
