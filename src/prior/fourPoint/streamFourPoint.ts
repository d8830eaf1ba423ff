import type { Activation } from '../../activations/activation.js';
import { applyActivation } from '../../activations/operators/apply.js';
import { crossPushforward } from '../../activations/operators/cross.js';
import { pullback, pushforward } from '../../activations/operators/response.js';
import { addBlockFields, addBlockGrams, pushBlocks, sandwichBlocks } from '../../architecture/blockRows.js';
import { addRows, type PointRows } from '../../architecture/layer.js';
import { parentOf, sharedLayer } from '../../architecture/streams.js';
import type { Compute } from '../../numerics/compute.js';
import { dropNoisePivots, factorSemidefinite } from '../../numerics/linearAlgebra.js';
import {
  addScaled,
  copy,
  diagonal,
  type Matrix,
  mirrorLower,
  transpose,
  zeros,
} from '../../numerics/matrix.js';
import { rowDots } from '../../numerics/parallel/rows.js';
import { activationOf, type Network } from '../../problem/problem.js';
import { cleared, halved, newFields, weightedCross, weightedGram } from '../weightedSums.js';
import { GroupedNormals } from './groupedNormals.js';

/** Draws of one group of neurons, in every layer of their stream. */
interface Fields {
  readonly h: Matrix[];
  readonly phi: Matrix[];
  /** w/(S − 1), centred */
  readonly w: Float64Array;
}

/**
 * What neurons that are in several layers (residual blocks, theory §1) make of V:C̃: for every layer l of a
 * stream cov(φ_lφ_lᵀ, E) with the sum E = Σ_m φ_mᵀC̃_mφ_m over its layers, as h_l and h_m share the
 * increments of the layers that both contain. The control variates are those of `MonteCarloFourPoint`, one a
 * layer: quadratic forms h_mᵀM_mh_m with M_m = R_mᵀC̃_m, whose covariance with φ_lφ_lᵀ is 2R_l[C_lmM_mC_ml],
 * C_lm the kernel of the highest layer in both.
 */
export class StreamFourPoint {
  private readonly normals: GroupedNormals;

  constructor(
    private readonly network: Network,
    private readonly compute: Compute,
    samples: number,
    seed: number,
    normals?: GroupedNormals,
  ) {
    this.normals = normals ?? new GroupedNormals(compute.executor, samples, seed);
  }

  /** The same samples, one group of them. */
  only(group: number): StreamFourPoint {
    return new StreamFourPoint(this.network, this.compute, 0, 0, this.normals.only(group));
  }

  /**
   * @param stream hidden layers of the same neurons, ascending
   * @param nngp kernels of all layers
   * @param forms C̃_m of φ_mφ_mᵀ, one for each layer of the stream
   * @returns cov(φ_lφ_lᵀ, E), one for each of them
   */
  contract(stream: readonly number[], nngp: readonly Matrix[], forms: readonly Matrix[]): Matrix[] {
    const { compute } = this;
    const quadratic = this.quadraticForms(stream, nngp, forms);
    const asked = this.fieldMoments(stream, stream, nngp, quadratic);
    const out = stream.map((l, i) => pushforward(this.activation(l), nngp[l - 1], asked[i], compute));
    if (this.isLinear(stream)) return out;
    const [ofValues, ofFields] = [0, 1].map(() => stream.map((l) => cleared(nngp[l - 1].rows)));
    for (const { h, phi, w } of this.drawn(stream, nngp, forms, quadratic)) {
      stream.forEach((_, i) => {
        const sorted = zeros(h[i].rows, h[i].columns);
        weightedGram(phi[i], w, sorted, ofValues[i], compute);
        weightedGram(h[i], w, sorted, ofFields[i], compute);
      });
    }
    return out.map((exact, i) => {
      const l = stream[i];
      const correction = pushforward(this.activation(l), nngp[l - 1], mirrorLower(ofFields[i]), compute);
      return addScaled(addScaled(exact, 1, mirrorLower(ofValues[i])), -1, correction);
    });
  }

  /**
   * cov(h_lh_lᵀ, E) of every layer of `of`, exactly: 2 Σ_m C_lmM_mC_ml, the part of E of second order in h
   * being all that counts.
   */
  contractFields(
    of: readonly number[],
    stream: readonly number[],
    nngp: readonly Matrix[],
    forms: readonly Matrix[],
  ): Matrix[] {
    return this.fieldMoments(of, stream, nngp, this.quadraticForms(stream, nngp, forms));
  }

  /** The same rows of new points; `path` has those of all layers at infinite width. */
  contractFieldRows(
    of: readonly number[],
    stream: readonly number[],
    nngp: readonly Matrix[],
    forms: readonly Matrix[],
    path: readonly PointRows[],
  ): PointRows[] {
    const quadratic = this.quadraticForms(stream, nngp, forms);
    return of.map((l) => this.fieldRows(l, stream, nngp, quadratic, path));
  }

  /** cov(φ_tφ_α, E) of new points t in every layer of the stream. */
  contractRows(
    stream: readonly number[],
    nngp: readonly Matrix[],
    forms: readonly Matrix[],
    path: readonly PointRows[],
  ): PointRows[] {
    const { compute } = this;
    const quadratic = this.quadraticForms(stream, nngp, forms);
    const asked = this.fieldMoments(stream, stream, nngp, quadratic);
    const out = stream.map((l, i) =>
      this.pushRows(l, nngp, path, this.fieldRows(l, stream, nngp, quadratic, path), diagonal(asked[i])),
    );
    if (this.isLinear(stream)) return out;
    const increments = stream.map((l) => newIncrement(this.network, l, nngp, path, compute));
    const values = stream.map((l) => noRows(path[l - 1]));
    const fields = stream.map((l) => noRows(path[l - 1]));
    const known = stream.map((l) => new Float64Array(nngp[l - 1].rows));
    let group = 0;
    for (const { h, phi, w } of this.drawn(stream, nngp, forms, quadratic)) {
      const added: Matrix[] = [];
      stream.forEach((l, i) => {
        const { z, extra } = this.normals.groups(l, h[i].columns)[group];
        const { coordinates, rows } = increments[i];
        const spanned = compute.algebra.gemm(z, coordinates);
        const own = rows.blocks
          ? addBlockFields(
              spanned,
              coordinates,
              rows.blocks,
              this.normals.ofBlocks(l, z.rows, rows.blocks.columns),
              compute,
            )
          : newFields(spanned, coordinates, rows.own, extra);
        const parent = parentOf(this.network, l);
        const fresh = parent === undefined ? own : addScaled(own, 1, added[stream.indexOf(parent)]);
        added.push(copy(fresh));
        const scratch = zeros(h[i].rows, h[i].columns);
        weightedCross(fresh, h[i], w, scratch, fields[i], compute);
        if (fields[i].blocks) addBlockGrams(fresh, w, fields[i].blocks as Matrix);
        for (let p = 0; p < scratch.data.length; p++)
          known[i][p % scratch.columns] += h[i].data[p] * scratch.data[p];
        applyActivation(this.activation(l), fresh.data, fresh.data, compute);
        weightedCross(fresh, phi[i], w, scratch, values[i], compute);
        if (values[i].blocks) addBlockGrams(fresh, w, values[i].blocks as Matrix);
      });
      group++;
    }
    return out.map((exact, i) => {
      const correction = this.pushRows(stream[i], nngp, path, fields[i], known[i]);
      return addRows(addRows(exact, values[i]), correction, -1);
    });
  }

  private activation(l: number): Activation {
    return activationOf(this.network, l);
  }

  private isLinear(stream: readonly number[]): boolean {
    return stream.every((l) => this.activation(l).linear === true);
  }

  /** M_m = R_mᵀC̃_m */
  private quadraticForms(
    stream: readonly number[],
    nngp: readonly Matrix[],
    forms: readonly Matrix[],
  ): Matrix[] {
    return stream.map((m, i) => pullback(this.activation(m), nngp[m - 1], forms[i], this.compute));
  }

  private fieldMoments(
    of: readonly number[],
    stream: readonly number[],
    nngp: readonly Matrix[],
    forms: readonly Matrix[],
  ): Matrix[] {
    const { algebra } = this.compute;
    return of.map((l) => {
      const sum = zeros(nngp[l - 1].rows);
      stream.forEach((m, i) => {
        const shared = sharedLayer(this.network, l, m);
        if (shared === undefined) return;
        const c = nngp[shared - 1];
        algebra.gemm(algebra.gemm(c, forms[i]), c, { alpha: 2, beta: 1, into: sum });
      });
      return sum;
    });
  }

  private fieldRows(
    l: number,
    stream: readonly number[],
    nngp: readonly Matrix[],
    forms: readonly Matrix[],
    path: readonly PointRows[],
  ): PointRows {
    const { algebra, executor } = this.compute;
    const sum = noRows(path[l - 1]);
    stream.forEach((m, i) => {
      const shared = sharedLayer(this.network, l, m);
      if (shared === undefined) return;
      const { cross, blocks } = path[shared - 1];
      const moved = algebra.gemm(cross, forms[i]);
      algebra.gemm(moved, nngp[shared - 1], { alpha: 2, beta: 1, into: sum.cross });
      rowDots(moved, cross, 2, executor).forEach((value, t) => {
        sum.own[t] += value;
      });
      if (blocks)
        addScaled(sum.blocks as Matrix, 1, sandwichBlocks(cross, forms[i], blocks.columns, 2, this.compute));
    });
    return sum;
  }

  /** R_l of new points; `known` is the change of the variances of the known ones. */
  private pushRows(
    l: number,
    nngp: readonly Matrix[],
    path: readonly PointRows[],
    change: PointRows,
    known: Float64Array,
  ): PointRows {
    const activation = this.activation(l);
    const rows = path[l - 1];
    const moved = crossPushforward(activation, diagonal(nngp[l - 1]), rows, change, known, this.compute);
    if (!rows.blocks || !change.blocks) return moved;
    return { ...moved, blocks: pushBlocks(activation, rows.blocks, change.blocks, this.compute) };
  }

  /** The draws of all groups, one after the other. */
  private *drawn(
    stream: readonly number[],
    nngp: readonly Matrix[],
    forms: readonly Matrix[],
    quadratic: readonly Matrix[],
  ): Generator<Fields, void, void> {
    const { network, compute } = this;
    const { algebra, executor } = compute;
    const factors = stream.map((l) => incrementFactor(network, l, nngp, compute).factor);
    const triangles = [forms, quadratic].map((of) => of.map(halved));
    const count = this.normals.groups(stream[0], factors[0].rows).length;
    for (let group = 0; group < count; group++) {
      const h: Matrix[] = [];
      stream.forEach((l, i) => {
        const { z } = this.normals.groups(l, factors[i].rows)[group];
        const parent = parentOf(network, l);
        const own = algebra.multiplyTriangular(z, factors[i], { transpose: true });
        h.push(parent === undefined ? own : addScaled(own, 1, h[stream.indexOf(parent)]));
      });
      const phi = h.map((fields, i) => {
        const values = copy(fields);
        applyActivation(this.activation(stream[i]), values.data, values.data, compute);
        return values;
      });
      const w = new Float64Array(h[0].rows);
      stream.forEach((_, i) => {
        const value = rowDots(phi[i], algebra.multiplyTriangular(phi[i], triangles[0][i]), 2, executor);
        const field = rowDots(h[i], algebra.multiplyTriangular(h[i], triangles[1][i]), 2, executor);
        for (let s = 0; s < w.length; s++) w[s] += value[s] - field[s];
      });
      const mean = w.reduce((sum, value) => sum + value / w.length, 0);
      yield { h, phi, w: w.map((value) => (value - mean) / (count * (w.length - 1))) };
    }
  }
}

const noRows = ({ cross, own, blocks }: PointRows): PointRows => ({
  cross: zeros(cross.rows, cross.columns),
  own: new Float64Array(own.length),
  ...(blocks ? { blocks: zeros(blocks.rows, blocks.columns) } : {}),
});

/**
 * What layer l adds to the pre-activations of the layer below that it contains: its covariance, and a factor
 * of that.
 */
export function incrementFactor(
  network: Network,
  l: number,
  nngp: readonly Matrix[],
  { algebra }: Compute,
): { readonly covariance: Matrix; readonly whole: Matrix; readonly factor: Matrix } {
  const parent = parentOf(network, l);
  const covariance = parent === undefined ? nngp[l - 1] : addScaled(copy(nngp[l - 1]), -1, nngp[parent - 1]);
  const whole = factorSemidefinite(algebra, covariance);
  return { covariance, whole, factor: dropNoisePivots(copy(whole), covariance) };
}

/** The same of new points: u = L⁻¹C_·t of what layer l adds. */
function newIncrement(
  network: Network,
  l: number,
  nngp: readonly Matrix[],
  path: readonly PointRows[],
  compute: Compute,
) {
  const { whole, factor } = incrementFactor(network, l, nngp, compute);
  const parent = parentOf(network, l);
  const rows = parent === undefined ? path[l - 1] : addRows(path[l - 1], path[parent - 1], -1);
  const coordinates = compute.algebra.solveTriangular(whole, transpose(rows.cross));
  const n = factor.rows;
  for (let j = 0; j < n; j++) {
    if (factor.data[j * n + j] === 0)
      coordinates.data.fill(0, j * coordinates.columns, (j + 1) * coordinates.columns);
  }
  return { coordinates, rows };
}
