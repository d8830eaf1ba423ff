import { applyActivation } from '../../activations/operators/apply.js';
import { crossDerivatives } from '../../activations/operators/cross.js';
import { kernelOf } from '../../activations/operators/kernel.js';
import { layerOf, mostRows } from '../../architecture/architecture.js';
import type { MomentMap } from '../../architecture/layer.js';
import { parentOf, streamsOf } from '../../architecture/streams.js';
import type { Compute } from '../../numerics/compute.js';
import { addScaled, diagonal, type Matrix, zeros } from '../../numerics/matrix.js';
import type { RandomStream } from '../../numerics/random.js';
import { samplesFor } from '../../prior/fourPoint/fourPoint.js';
import { incrementFactor } from '../../prior/fourPoint/streamFourPoint.js';
import { curvatureTerm } from '../../prior/priorMoments.js';
import type { Network } from '../../problem/problem.js';
import { type Draw, Encounters } from './encounters.js';
import { DRAWS_AT_ONCE, type Draws, drawGroups } from './entrywiseBirth.js';

/**
 * Draws whose fluctuations are followed unless asked otherwise: each takes a few operations an entry of the
 * largest kernel and layer.
 */
export const drawsFor = (rows: number): number =>
  Math.round(Math.min(samplesFor(rows), Math.max(256, 1e9 / rows ** 2)));

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
    const { slope, left, right } = crossDerivatives(
      activation,
      variances,
      { cross: below, own: variances },
      compute,
    );
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
        moved.data[p] =
          slope.data[p] * data[p] + 0.5 * (left.data[p] * variance + right.data[p] * data[j * (n + 1)]);
      }
      moved.data[i * (n + 1)] = this.own[i] * variance;
    }
    return this.map.lift(moved, this.out);
  }
}

/**
 * Fluctuations of one neuron, draw by draw, in every layer that they reach: born above each layer l of its
 * stream, 𝒯_l[φφᵀ − ⟨φφᵀ⟩], they arrive above layer m as δ⁽ᵐ⁾ = 𝒯_m R⁽ᵐ⁾[δ⁽ᵐ⁻¹⁾], + δ⁽ᵐ⁻ᵏ⁾ in a residual
 * block. For any layers; where responses act entry by entry up to the output, `EntrywiseBirth` never forms δ.
 *
 * @param streamed hidden layers that the neuron is in, ascending: one unless residual blocks add its
 *   pre-activations to others
 * @param nngp kernels up to that above which nothing is asked for
 * @param samples of the points the first so many, whose draws do not depend on the others
 * @param visit is called with every draw, which the next one overwrites
 * @returns the number of draws
 */
export function followDraws(
  network: Network,
  streamed: readonly number[],
  nngp: readonly Matrix[],
  draws: readonly Draws[],
  samples: { readonly known: number; readonly all: number },
  compute: Compute,
  visit: (draw: Draw) => void,
): number {
  const { algebra } = compute;
  const stream = streamed.filter((l) => l <= nngp.length);
  const [k] = stream;
  const factors: Matrix[] = [];
  const births: (Birth | undefined)[] = nngp.map(() => undefined);
  for (const l of stream) {
    factors[l] = incrementFactor(network, l, nngp, compute).factor;
    if (l < nngp.length) births[l] = newBirth(network, l, nngp, compute);
  }
  const passages = nngp.map((above, m) =>
    m > k ? new Passage(network, m, nngp[m - 1], above, compute) : undefined,
  );
  const changes: Matrix[] = [];
  const draw = { changes, h: [] as Float64Array[], phi: [] as Float64Array[] };
  let total = 0;
  for (const { count, stream: source } of draws) {
    const [known, beyond] = [source.clone(), source.clone()];
    for (let jump = 0; jump < BEYOND; jump++) beyond.jump();
    for (let from = 0; from < count; from += DRAWS_AT_ONCE) {
      const rows = Math.min(DRAWS_AT_ONCE, count - from);
      const h: Matrix[] = [];
      const phi: Matrix[] = [];
      for (const l of stream) {
        const n = factors[l].rows;
        const z = normals(rows, n, (n / samples.all) * samples.known, known, beyond);
        h[l] = algebra.multiplyTriangular(z, factors[l], { transpose: true });
        const parent = parentOf(network, l);
        if (parent !== undefined) addScaled(h[l], 1, h[parent]);
        phi[l] = zeros(rows, n);
        applyActivation(layerOf(network, l).activation, h[l].data, phi[l].data, compute);
      }
      for (let s = 0; s < rows; s++, total++) {
        for (const l of stream) {
          const from = s * h[l].columns;
          [draw.h[l], draw.phi[l]] = [h, phi].map((of) => of[l].data.subarray(from, from + of[l].columns));
        }
        for (let m = k; m < nngp.length; m++) {
          const born = births[m]?.(draw.phi[m]);
          const moved = passages[m]?.pass(changes[m - 1]);
          changes[m] = (moved ?? born) as Matrix;
          if (moved && born) addScaled(moved, 1, born);
          const { skip } = layerOf(network, m);
          if (skip && m - skip >= k) addScaled(changes[m], 1, changes[m - skip]);
        }
        visit(draw);
      }
    }
  }
  return total;
}

/** 𝒯_l[φφᵀ − ⟨φφᵀ⟩] of one draw; overwritten by the next. */
type Birth = (phi: Float64Array) => Matrix;

function newBirth(network: Network, l: number, nngp: readonly Matrix[], compute: Compute): Birth {
  const { activation, map } = layerOf(network, l);
  const mean = kernelOf(activation, nngp[l - 1], compute);
  const n = mean.rows;
  const [own, born] = [zeros(n), zeros(nngp[l].rows)];
  return (phi) => {
    for (let i = 0, p = 0; i < n; i++)
      for (let j = 0; j < n; j++, p++) own.data[p] = phi[i] * phi[j] - mean.data[p];
    return map.lift(own, born);
  };
}

/** Normals whose first columns are the same whatever follows them. */
function normals(
  rows: number,
  columns: number,
  known: number,
  stream: RandomStream,
  beyond: RandomStream,
): Matrix {
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
 * Δ⁽⁰⁾ … Δ⁽ᴸ⁾, what finite width adds to the mean of kernels before data, to order 1/N (theory §3), with
 * covariances of entries as means over draws: Δ⁽ᵐ⁺¹⁾ = 𝒯[RΔ⁽ᵐ⁾ + ½ ∂²K:Cov⁽ᵐ⁾], and in residual blocks +
 * Δ⁽ᵐ⁺¹⁻ᵏ⁾ and what a neuron makes of the kernels that it meets again (`Encounters`).
 * @param known of the samples those whose Δ does not depend on the others
 */
export function drawnCorrections(
  network: Network,
  nngp: readonly Matrix[],
  known: number,
  compute: Compute,
): Matrix[] {
  const top = network.hiddenLayers;
  const samples = { known, all: nngp[top].rows };
  const count = drawsFor(mostRows(network, known));
  const moments = nngp.map(({ rows }) => new EntryMoments(rows));
  const encounters = nngp.map((_, l) =>
    l > 0 && parentOf(network, l) ? new Encounters(network, l, nngp) : undefined,
  );
  for (const stream of streamsOf(network)) {
    const [k] = stream;
    if (k === top) continue;
    const draws = drawGroups(0, k, count, 1);
    const weight = 1 / (layerOf(network, k).width * draws[0].count);
    followDraws(network, stream, nngp.slice(0, top), draws, samples, compute, (draw) => {
      for (let m = k; m < top; m++) moments[m].add(draw.changes[m], weight);
      for (const l of stream) encounters[l]?.add(draw, weight);
    });
  }
  const corrections = nngp.slice(0, 2).map(({ rows }) => zeros(rows));
  for (let m = 2; m <= top; m++) {
    const { activation, map, skip } = layerOf(network, m);
    const moved = new Passage(network, m, nngp[m - 1], nngp[m], compute).pass(corrections[m - 1]);
    const curvature = curvatureTerm(activation, nngp[m - 1], moments[m - 1], compute);
    const met = encounters[m]?.sum;
    if (met) addScaled(curvature, 2, met);
    addScaled(moved, 0.5, map.lift(curvature));
    corrections.push(skip ? addScaled(moved, 1, corrections[m - skip]) : moved);
  }
  return corrections;
}
