import type { Activation } from '../../activations/activation.js';
import { type Architecture, layerOf, mostRows } from '../../architecture/architecture.js';
import { blocksOf, stacked } from '../../architecture/positionBlocks.js';
import { parentOf, streamsOf } from '../../architecture/streams.js';
import { samePositionsOf } from '../../measures/alignment.js';
import type { Compute } from '../../numerics/compute.js';
import { addScaled, copy, type Matrix, zeros } from '../../numerics/matrix.js';
import { curvatureAt, type EntryCovariances } from '../../prior/curvature.js';
import { GROUPS } from '../../prior/fourPoint/groupedNormals.js';
import type { Network } from '../../problem/problem.js';
import { drawsFor, followDraws, Passage, sourcesOf } from './drawnFluctuations.js';
import { Encounters } from './encounters.js';
import { drawGroups } from './entrywiseBirth.js';

/** Var C_αβ, Cov(C_αα, C_αβ) and Cov(C_αα, C_ββ) of one layer, summed over draws. */
class EntryMoments implements EntryCovariances {
  readonly variance: Matrix;
  readonly withOwn: Matrix;
  readonly ofDiagonals: Matrix;

  constructor({ rows, columns }: Matrix) {
    this.variance = zeros(rows, columns);
    this.withOwn = zeros(rows, columns);
    this.ofDiagonals = zeros(rows, columns);
  }

  add({ rows, columns: n, data }: Matrix, weight: number): void {
    for (let i = 0, p = 0; i < rows; i++) {
      const first = (i - (i % n)) * n;
      const own = data[i * n + (i % n)];
      for (let j = 0; j < n; j++, p++) {
        const entry = weight * data[p];
        this.variance.data[p] += entry * data[p];
        this.withOwn.data[p] += entry * own;
        this.ofDiagonals.data[p] += weight * own * data[first + j * (n + 1)];
      }
    }
  }
}

/** What follows from covariances of entries: linear in them, so that those of groups of draws add up. */
function equationsOf({ layers }: Architecture, kernels: readonly Matrix[], compute: Compute) {
  const steps = kernels.slice(2).map((above, k) => {
    const [layer, below] = [layers[k + 1], kernels[k + 1]];
    const passage = new Passage(layer, below, above, compute);
    return { ...layer, passage, curvature: curvatureOf(layer.activation, below, compute) };
  });
  return (moments: readonly EntryCovariances[], met: readonly (Matrix | undefined)[]): Matrix[] => {
    const corrections = kernels.slice(0, 2).map(({ rows, columns }) => zeros(rows, columns));
    steps.forEach(({ map, skip, passage, curvature }, k) => {
      const m = k + 2;
      const moved = copy(passage.pass(corrections[m - 1]));
      const curved = curvature(moments[m - 1]);
      const again = met[m];
      if (again) addScaled(curved, 2, again);
      addScaled(moved, 0.5, map.lift(curved));
      corrections.push(skip ? addScaled(moved, 1, corrections[m - skip]) : moved);
    });
    return corrections;
  };
}

/** `curvatureAt` of a kernel that is square, or has blocks. */
function curvatureOf(activation: Activation, c: Matrix, compute: Compute) {
  const each = blocksOf(c).map((block) => curvatureAt(activation, block, compute));
  return (moments: EntryCovariances): Matrix => {
    const parts = { variance: blocksOf(moments.variance), withOwn: blocksOf(moments.withOwn) };
    const ofDiagonals = blocksOf(moments.ofDiagonals);
    return stacked(
      each.map((curvature, k) =>
        curvature({
          variance: parts.variance[k],
          withOwn: parts.withOwn[k],
          ofDiagonals: ofDiagonals[k],
        }),
      ),
    );
  };
}

/** As many draws in each of the groups, one more in the first ones. */
const sharesOf = (count: number): number[] =>
  Array.from({ length: GROUPS }, (_, g) => Math.floor(count / GROUPS) + (g < count % GROUPS ? 1 : 0));

/** Means over draws, from all of them or from each group alone, of the kernels of the architecture asked for. */
export interface DrawnCorrections {
  /** Δ⁽⁰⁾ … Δ⁽ᴸ⁾, (P·positions)² each */
  readonly all: Matrix[];
  /** the same from independent groups of draws, whose mean they are; none unless asked for */
  readonly groups: Matrix[][];
}

/**
 * Δ⁽⁰⁾ … Δ⁽ᴸ⁾, what finite width adds to the mean of kernels before data, to order 1/N (theory §3), with
 * covariances of entries as means over draws: Δ⁽ᵐ⁺¹⁾ = 𝒯[RΔ⁽ᵐ⁾ + ½ ∂²K:Cov⁽ᵐ⁾], and in residual blocks +
 * Δ⁽ᵐ⁺¹⁻ᵏ⁾ and what a neuron makes of the kernels that it meets again (`Encounters`).
 * @param architecture of the network: that of pairs at the same position alone where Δ⁽ᴸ⁾ is asked for
 * @param known of the points those whose Δ does not depend on the others
 * @param grouped whether groups of draws are told apart, for standard errors
 */
export function drawnCorrections(
  network: Network,
  architecture: Architecture,
  nngp: readonly Matrix[],
  known: number,
  compute: Compute,
  seed = 0,
  grouped = false,
): DrawnCorrections {
  const top = network.hiddenLayers;
  const points = { known, all: nngp[top].rows };
  const count = drawsFor(mostRows(network, known));
  const kernels = architecture.samePositions
    ? nngp.map((kernel) => samePositionsOf(kernel, points.all))
    : nngp;
  const correctionsFrom = equationsOf(architecture, kernels, compute);
  const streams = streamsOf(network).filter(([k]) => k < top);
  const sources = streams.map(([k]) => sourcesOf(drawGroups(seed, k, count, 1)[0].stream));
  const shares = sharesOf(count);
  /** The next draws of every stream, in groups of so many. */
  const correctionsOf = (parts: readonly number[]): Matrix[] => {
    const total = parts.reduce((sum, part) => sum + part, 0);
    const moments = kernels.map((kernel) => new EntryMoments(kernel));
    const encounters = nngp.map((_, l) =>
      l > 0 && parentOf(network, l) ? new Encounters(network, l, nngp) : undefined,
    );
    streams.forEach((stream, s) => {
      const [k] = stream;
      const weight = 1 / (layerOf(network, k).width * total);
      const draws = parts.map((part) => ({ count: part, ...sources[s] }));
      followDraws(network, stream, nngp.slice(0, top), draws, points, compute, architecture, (draw) => {
        for (let m = k; m < top; m++) moments[m].add(draw.changes[m], weight);
        for (const l of stream) encounters[l]?.add(draw, weight);
      });
    });
    return correctionsFrom(
      moments,
      encounters.map((met) => met?.sum),
    );
  };
  if (!grouped) return { all: correctionsOf(shares), groups: [] };
  const groups = shares.map((share) => correctionsOf([share]));
  const all = kernels.map(({ rows, columns }, l) =>
    groups.reduce((sum, group, g) => addScaled(sum, shares[g] / count, group[l]), zeros(rows, columns)),
  );
  return { all, groups };
}
