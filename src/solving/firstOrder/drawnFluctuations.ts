import { applyActivation } from '../../activations/operators/apply.js';
import { crossDerivatives } from '../../activations/operators/cross.js';
import { kernelOf } from '../../activations/operators/kernel.js';
import { layerOf } from '../../architecture/architecture.js';
import type { MomentMap } from '../../architecture/layer.js';
import { parentOf } from '../../architecture/streams.js';
import type { Compute } from '../../numerics/compute.js';
import { addScaled, diagonal, type Matrix, zeros } from '../../numerics/matrix.js';
import type { RandomStream } from '../../numerics/random.js';
import { samplesFor } from '../../prior/fourPoint/fourPoint.js';
import { incrementFactor } from '../../prior/fourPoint/streamFourPoint.js';
import type { Network } from '../../problem/problem.js';
import type { Draw } from './encounters.js';
import { DRAWS_AT_ONCE, type Draws } from './entrywiseBirth.js';

/**
 * Draws whose fluctuations are followed unless asked otherwise: each takes a few operations an entry of the
 * largest kernel and layer.
 */
export const drawsFor = (rows: number): number =>
  Math.round(Math.min(samplesFor(rows), Math.max(256, 1e9 / rows ** 2)));

/** Jumps from the stream of the known points to that of new ones: past those of all groups. */
const BEYOND = 64;

/** Where normals of the known points and of new ones are taken from, each from where it is. */
export interface Sources {
  readonly known: RandomStream;
  readonly beyond: RandomStream;
}

export function sourcesOf(stream: RandomStream): Sources {
  const [known, beyond] = [stream.clone(), stream.clone()];
  for (let jump = 0; jump < BEYOND; jump++) beyond.jump();
  return { known, beyond };
}

/** R and 𝒯 of one layer at the kernel below it: how a change of that kernel arrives above. */
export class Passage {
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
 * @param points the first so many are known, whose draws do not depend on the others
 * @param visit is called with every draw, which the next one overwrites
 * @returns the number of draws
 */
export function followDraws(
  network: Network,
  streamed: readonly number[],
  nngp: readonly Matrix[],
  draws: readonly (Draws | (Sources & Pick<Draws, 'count'>))[],
  points: { readonly known: number; readonly all: number },
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
  for (const group of draws) {
    const { count } = group;
    const { known, beyond } = 'stream' in group ? sourcesOf(group.stream) : group;
    for (let from = 0; from < count; from += DRAWS_AT_ONCE) {
      const rows = Math.min(DRAWS_AT_ONCE, count - from);
      const h: Matrix[] = [];
      const phi: Matrix[] = [];
      for (const l of stream) {
        const n = factors[l].rows;
        const z = normals(rows, n, (n / points.all) * points.known, known, beyond);
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
