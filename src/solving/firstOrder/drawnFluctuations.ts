import { applyActivation } from '../../activations/operators/apply.js';
import { type Architecture, layerOf } from '../../architecture/architecture.js';
import type { Layer, MomentMap } from '../../architecture/layer.js';
import { derivativesOf, momentsOf, variancesOf } from '../../architecture/positionBlocks.js';
import { parentOf } from '../../architecture/streams.js';
import { samePositionsOf } from '../../measures/alignment.js';
import type { Compute } from '../../numerics/compute.js';
import { addScaled, type Matrix, zeros } from '../../numerics/matrix.js';
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

  /** @param below kernel of the architecture that the layer is of, and `above` */
  constructor({ activation, map }: Layer, below: Matrix, above: Matrix, compute: Compute) {
    const { slope, left, right } = derivativesOf(activation, below, compute);
    [this.slope, this.left, this.right] = [slope, left, right];
    this.own = activation.prepare(variancesOf(below), compute.algebra).diagonalSlope;
    [this.moved, this.out] = [below, above].map(({ rows, columns }) => zeros(rows, columns));
    this.map = map;
  }

  /** The change above; overwritten by the next call. */
  pass({ rows, columns: n, data }: Matrix): Matrix {
    const { slope, left, right, moved } = this;
    for (let i = 0, p = 0; i < rows; i++) {
      const first = (i - (i % n)) * n;
      const own = i * n + (i % n);
      const variance = data[own];
      for (let j = 0; j < n; j++, p++) {
        moved.data[p] =
          slope.data[p] * data[p] +
          0.5 * (left.data[p] * variance + right.data[p] * data[first + j * (n + 1)]);
      }
      moved.data[own] = this.own[i] * variance;
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
 * @param nngp kernels of all pairs up to that above which nothing is asked for
 * @param points the first so many are known, whose draws do not depend on the others
 * @param architecture whose kernels' fluctuations are followed: those at the same position alone follow from
 *   each other, though not the draws
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
  { layers, samePositions }: Architecture,
  visit: (draw: Draw) => void,
): number {
  const { algebra } = compute;
  const kernels = nngp.map((kernel) => (samePositions ? samePositionsOf(kernel, points.all) : kernel));
  const stream = streamed.filter((l) => l <= nngp.length);
  const [k] = stream;
  const factors: Matrix[] = [];
  const births: (Birth | undefined)[] = nngp.map(() => undefined);
  for (const l of stream) {
    factors[l] = incrementFactor(network, l, nngp, compute).factor;
    if (l < nngp.length) births[l] = newBirth(layers[l - 1], kernels[l - 1], kernels[l], compute);
  }
  const passages = kernels.map((above, m) =>
    m > k ? new Passage(layers[m - 1], kernels[m - 1], above, compute) : undefined,
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
          const { skip } = layers[m - 1];
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

function newBirth({ activation, map }: Layer, below: Matrix, above: Matrix, compute: Compute): Birth {
  const mean = momentsOf(activation, below, compute);
  const [own, born] = [below, above].map(({ rows, columns }) => zeros(rows, columns));
  const { rows, columns: n } = mean;
  // φ is of (point, position) pairs; a block has all points at one position.
  const positions = rows / n;
  return (phi) => {
    for (let i = 0, p = 0; i < rows; i++) {
      const position = Math.floor(i / n);
      const value = phi[(i % n) * positions + position];
      for (let j = position; p < (i + 1) * n; j += positions, p++)
        own.data[p] = value * phi[j] - mean.data[p];
    }
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
