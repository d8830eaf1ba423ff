import type { Activation } from '../../activations/activation.js';
import { applyActivation } from '../../activations/operators/apply.js';
import { type CrossCovariance, crossPushforward } from '../../activations/operators/cross.js';
import { pullback, pushforward } from '../../activations/operators/response.js';
import { addBlockFields, addBlockGrams, pushBlocks, sandwichBlocks } from '../../architecture/blockRows.js';
import type { PointRows } from '../../architecture/layer.js';
import type { Compute } from '../../numerics/compute.js';
import { dropNoisePivots, factorSemidefinite } from '../../numerics/linearAlgebra.js';
import {
  addScaled,
  diagonal,
  type Matrix,
  mirrorLower,
  release,
  transpose,
  zeros,
} from '../../numerics/matrix.js';
import { rowDots } from '../../numerics/parallel/rows.js';
import { cleared, halved, newFields, weightedCross, weightedGram } from '../weightedSums.js';
import { GroupedNormals } from './groupedNormals.js';

interface Workspace {
  readonly h: Matrix;
  readonly phi: Matrix;
  readonly scratch: Matrix;
}

/**
 * V:C̃ = cov(φφᵀ, E), E = φᵀC̃φ, h ~ N(0, C) (theory §2), by samples with two control variates.
 *
 * The best quadratic form hᵀMh for E has M = RᵀC̃ (Stein), and its covariance with φφᵀ is known in closed
 * form: cov(φφᵀ, hᵀMh) = 2 R[C M C]. Only the rest w = E − hᵀMh, which has no part of second order in h, is
 * sampled. For the same reason cov(hhᵀ, w) = 0, so R[cov(hhᵀ, w)] may be subtracted: it cancels the noise
 * that φφᵀ shares with its own quadratic part. Numbers are common to all calls, so that V:C̃ is a smooth
 * function of C and C̃ and solvers converge.
 */
export class MonteCarloFourPoint {
  private readonly normals: GroupedNormals;
  private buffers: Workspace | undefined;

  /** @param normals those of others, in place of its own */
  constructor(
    private readonly activation: Activation,
    private readonly compute: Compute,
    samples: number,
    seed: number,
    normals?: GroupedNormals,
  ) {
    this.normals = normals ?? new GroupedNormals(compute.executor, samples, seed);
  }

  /** The same samples, one group of them. */
  only(group: number): MonteCarloFourPoint {
    const part = new MonteCarloFourPoint(this.activation, this.compute, 0, 0, this.normals.only(group));
    part.buffers = this.buffers;
    return part;
  }

  /**
   * Three arrays the size of one group, kept: fresh memory for every product would cost more than the
   * products.
   */
  private workspace(z: Matrix): Workspace {
    if (this.buffers?.h.columns !== z.columns) {
      const [h, phi, scratch] = Array.from({ length: 3 }, () => zeros(z.rows, z.columns));
      this.buffers = { h, phi, scratch };
    }
    return this.buffers;
  }

  contract(l: number, c: Matrix, conjugate: Matrix): Matrix {
    const { activation, compute } = this;
    const { algebra } = compute;
    const m = pullback(activation, c, conjugate, compute);
    const cm = algebra.gemm(c, m);
    const cmc = algebra.gemm(cm, c);
    const exact = pushforward(activation, c, cmc, compute, 2);
    release(cm, cmc);
    if (activation.linear) return exact;
    const factor = dropNoisePivots(factorSemidefinite(algebra, c), c);
    const ofValues = cleared(c.rows);
    const ofFields = cleared(c.rows);
    const forms = { conjugate: halved(conjugate), m: halved(m) };
    const groups = this.normals.groups(l, c.rows);
    for (const { z } of groups) {
      const { h, phi, scratch, w } = this.weigh(z, factor, forms, 1 / groups.length);
      weightedGram(phi, w, scratch, ofValues, compute);
      weightedGram(h, w, scratch, ofFields, compute);
    }
    const correction = pushforward(activation, c, ofFields, compute);
    addScaled(addScaled(exact, 1, mirrorLower(ofValues)), -1, correction);
    release(m, factor, ofValues, ofFields, forms.conjugate, forms.m, correction);
    return exact;
  }

  /**
   * cov(φ_tφ_α, E) for points t that are not among those of C: h_t = u_tᵀz + √(C_tt − |u_t|²) ξ with u_t =
   * L⁻¹C_·t, C = LLᵀ, and the same samples, weights and control variates.
   */
  contractRows(l: number, c: Matrix, conjugate: Matrix, rows: PointRows): PointRows {
    const { activation, compute } = this;
    const { algebra, executor } = compute;
    const known = diagonal(c);
    const m = pullback(activation, c, conjugate, compute);
    const mc = algebra.gemm(m, c);
    const moved = {
      cross: algebra.gemm(rows.cross, mc),
      own: rowDots(rows.cross, algebra.gemm(rows.cross, m), 1, executor),
    };
    const movedKnown = rowDots(c, algebra.gemm(c, m), 1, executor);
    const { blocks } = rows;
    const exact: PointRows = crossPushforward(
      activation,
      known,
      rows,
      doubled(moved),
      movedKnown.map((x) => 2 * x),
      compute,
    );
    const exactBlocks =
      blocks &&
      pushBlocks(activation, blocks, sandwichBlocks(rows.cross, m, blocks.columns, 2, compute), compute);
    if (activation.linear) return exactBlocks ? { ...exact, blocks: exactBlocks } : exact;
    const factor = factorSemidefinite(algebra, c);
    const coordinates = algebra.solveTriangular(factor, transpose(rows.cross));
    dropNoisePivots(factor, c);
    for (let j = 0; j < c.rows; j++) {
      if (factor.data[j * c.rows + j] !== 0) continue;
      coordinates.data.fill(0, j * coordinates.columns, (j + 1) * coordinates.columns);
    }
    const forms = { conjugate: halved(conjugate), m: halved(m) };
    const values = { cross: zeros(rows.own.length, c.rows), own: new Float64Array(rows.own.length) };
    const fields = { cross: zeros(rows.own.length, c.rows), own: new Float64Array(rows.own.length) };
    const fieldsKnown = new Float64Array(c.rows);
    const [blockValues, blockFields] = [0, 1].map(() => blocks && zeros(blocks.rows, blocks.columns));
    const groups = this.normals.groups(l, c.rows);
    for (const { z, extra } of groups) {
      const { h, phi, scratch, w } = this.weigh(z, factor, forms, 1 / groups.length);
      const spanned = algebra.gemm(z, coordinates);
      const fresh = blocks
        ? addBlockFields(
            spanned,
            coordinates,
            blocks,
            this.normals.ofBlocks(l, z.rows, blocks.columns),
            compute,
          )
        : newFields(spanned, coordinates, rows.own, extra);
      weightedCross(fresh, h, w, scratch, fields, compute);
      if (blockFields) addBlockGrams(fresh, w, blockFields);
      for (let p = 0; p < h.data.length; p++) fieldsKnown[p % h.columns] += h.data[p] * scratch.data[p];
      applyActivation(activation, fresh.data, fresh.data, compute);
      weightedCross(fresh, phi, w, scratch, values, compute);
      if (blockValues) addBlockGrams(fresh, w, blockValues);
    }
    const correction = crossPushforward(activation, known, rows, fields, fieldsKnown, compute);
    for (const [part, sign] of [
      [values, 1],
      [correction, -1],
    ] as const) {
      addScaled(exact.cross, sign, part.cross);
      part.own.forEach((value, t) => {
        exact.own[t] += sign * value;
      });
    }
    if (!blocks || !exactBlocks || !blockValues || !blockFields) return exact;
    addScaled(
      addScaled(exactBlocks, 1, blockValues),
      -1,
      pushBlocks(activation, blocks, blockFields, compute),
    );
    return { ...exact, blocks: exactBlocks };
  }

  /** h, φ(h), and the centred weights w/(S − 1) of one group. */
  private weigh(
    z: Matrix,
    factor: Matrix,
    forms: { conjugate: Matrix; m: Matrix },
    weight: number,
  ): Workspace & { w: Float64Array } {
    const { algebra, executor } = this.compute;
    const { h, phi, scratch } = this.workspace(z);
    algebra.multiplyTriangular(z, factor, { transpose: true, into: h });
    applyActivation(this.activation, h.data, phi.data, this.compute);
    const w = rowDots(phi, algebra.multiplyTriangular(phi, forms.conjugate, { into: scratch }), 2, executor);
    const q = rowDots(h, algebra.multiplyTriangular(h, forms.m, { into: scratch }), 2, executor);
    let mean = 0;
    for (let s = 0; s < w.length; s++) {
      w[s] -= q[s];
      mean += w[s] / w.length;
    }
    for (let s = 0; s < w.length; s++) w[s] = ((w[s] - mean) * weight) / (w.length - 1);
    return { h, phi, scratch, w };
  }
}

const doubled = ({ cross, own }: CrossCovariance): CrossCovariance => ({
  cross: { ...cross, data: cross.data.map((x) => 2 * x) },
  own: own.map((x) => 2 * x),
});
