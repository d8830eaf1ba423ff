import type { Activation } from '../activations/activation.js';
import { applyActivation } from '../activations/apply.js';
import { pullback, pushforward } from '../activations/gaussian.js';
import type { Compute } from '../numerics/compute.js';
import { factorSemidefinite } from '../numerics/linearAlgebra.js';
import { addScaled, type Matrix, mirrorLower, zeros } from '../numerics/matrix.js';
import { RandomStream } from '../numerics/random.js';

/** Independent groups of samples, whose scatter gives standard errors. */
export const GROUPS = 8;

/**
 * V:C̃ = cov(φφᵀ, E), E = φᵀC̃φ, h ~ N(0, C) (theory §2), by samples with two control variates.
 *
 * The best quadratic form hᵀMh for E has M = RᵀC̃ (Stein), and its covariance with φφᵀ is known in closed form:
 * cov(φφᵀ, hᵀMh) = 2 R[C M C]. Only the rest w = E − hᵀMh, which has no part of second order in h, is sampled. For the same
 * reason cov(hhᵀ, w) = 0, so R[cov(hhᵀ, w)] may be subtracted: it cancels the noise that φφᵀ shares with its own quadratic part.
 * Numbers are common to all calls, so that V:C̃ is a smooth function of C and C̃ and solvers converge.
 */
export class SampledFourPoint {
  private readonly normals = new Map<number, Matrix[]>();
  private readonly stream: RandomStream;
  private buffers: { h: Matrix; phi: Matrix; scratch: Matrix } | undefined;
  readonly samplesPerGroup: number;

  /** @param group use this group of samples alone; all of them if undefined */
  constructor(
    private readonly activation: Activation,
    private readonly compute: Compute,
    samples: number,
    seed: number,
    private readonly group?: number,
  ) {
    this.samplesPerGroup = Math.max(2, Math.ceil(samples / GROUPS));
    this.stream = RandomStream.fromSeed(seed);
  }

  /** The same samples, one group of them. */
  only(group: number): SampledFourPoint {
    const part = new SampledFourPoint(this.activation, this.compute, this.samplesPerGroup * GROUPS, 0, group);
    for (const [l, groups] of this.normals) part.normals.set(l, groups);
    part.stream.state.set(this.stream.state);
    part.buffers = this.buffers;
    return part;
  }

  /** S/GROUPS × P normals for each group. Layers have streams of their own; more points extend, not change, the first columns. */
  private draws(l: number, points: number): Matrix[] {
    const known = this.normals.get(l);
    if (known && known[0].columns === points) return known;
    const layer = this.stream.split(l);
    const groups = Array.from({ length: GROUPS }, () => {
      const byPoint = new Float64Array(this.samplesPerGroup * points);
      layer.jump().clone().normals(byPoint);
      // Drawn point by point and stored sample by sample.
      const z = zeros(this.samplesPerGroup, points);
      for (let i = 0; i < points; i++) {
        for (let s = 0; s < z.rows; s++) z.data[s * points + i] = byPoint[i * z.rows + s];
      }
      return z;
    });
    if (!known || known[0].columns < points) this.normals.set(l, groups);
    return groups;
  }

  /** Three arrays the size of one group, kept: fresh memory for every product would cost more than the products. */
  private workspace(z: Matrix): { h: Matrix; phi: Matrix; scratch: Matrix } {
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
    const exact = pushforward(activation, c, algebra.gemm(cm, c), compute, 2);
    if (activation.linear) return exact;
    const factor = factorSemidefinite(algebra, c);
    const ofValues = zeros(c.rows);
    const ofFields = zeros(c.rows);
    const forms = { conjugate: halved(conjugate), m: halved(m) };
    const all = this.draws(l, c.rows);
    const groups = this.group === undefined ? all : [all[this.group]];
    for (const z of groups) this.accumulate(z, factor, forms, ofValues, ofFields, 1 / groups.length);
    mirrorLower(ofValues);
    const correction = pushforward(activation, c, ofFields, compute);
    return addScaled(addScaled(exact, 1, ofValues), -1, correction);
  }

  /** Adds weight × cov(φφᵀ, w) and weight × cov(hhᵀ, w) of one group to the lower triangles. */
  private accumulate(
    z: Matrix,
    factor: Matrix,
    forms: { conjugate: Matrix; m: Matrix },
    ofValues: Matrix,
    ofFields: Matrix,
    weight: number,
  ): void {
    const { algebra } = this.compute;
    const { h, phi, scratch } = this.workspace(z);
    algebra.multiplyTriangular(z, factor, { transpose: true, into: h });
    applyActivation(this.activation, h.data, phi.data, this.compute);
    const w = quadraticForms(phi, algebra.multiplyTriangular(phi, forms.conjugate, { into: scratch }));
    const q = quadraticForms(h, algebra.multiplyTriangular(h, forms.m, { into: scratch }));
    let mean = 0;
    for (let s = 0; s < w.length; s++) {
      w[s] -= q[s];
      mean += w[s] / w.length;
    }
    for (let s = 0; s < w.length; s++) w[s] = ((w[s] - mean) * weight) / (w.length - 1);
    weightedGram(phi, w, scratch, ofValues, this.compute);
    weightedGram(h, w, scratch, ofFields, this.compute);
  }
}

/** The lower triangle with half the diagonal: xᵀSx = 2 xᵀTx, at half the cost of the full product. */
function halved(s: Matrix): Matrix {
  const n = s.rows;
  const t = zeros(n);
  for (let i = 0; i < n; i++) {
    t.data.set(s.data.subarray(i * n, i * n + i + 1), i * n);
    t.data[i * n + i] *= 0.5;
  }
  return t;
}

/** 2 Σ_i x_si (xT)_si for every row s. */
function quadraticForms(x: Matrix, xt: Matrix): Float64Array {
  const { rows, columns } = x;
  const result = new Float64Array(rows);
  for (let s = 0; s < rows; s++) {
    let sum = 0;
    for (let i = s * columns; i < (s + 1) * columns; i++) sum += x.data[i] * xt.data[i];
    result[s] = 2 * sum;
  }
  return result;
}

/**
 * Lower triangle of C += Σ_s w_s x_s x_sᵀ: rows scaled by √|w|, positive weights first
 * (in `sorted`), then one symmetric product for each sign.
 */
function weightedGram(x: Matrix, w: Float64Array, sorted: Matrix, into: Matrix, { algebra }: Compute): void {
  const { rows, columns } = x;
  let top = 0;
  let bottom = rows;
  for (let s = 0; s < rows; s++) {
    const target = (w[s] > 0 ? top++ : --bottom) * columns;
    const root = Math.sqrt(Math.abs(w[s]));
    for (let i = 0, p = s * columns; i < columns; i++) sorted.data[target + i] = root * x.data[p + i];
  }
  const part = (from: number, to: number, alpha: number) => {
    if (from === to) return;
    const data = sorted.data.subarray(from * columns, to * columns);
    algebra.syrk({ rows: to - from, columns, data }, { transpose: true, alpha, beta: 1, into, mirror: false });
  };
  part(0, top, 1);
  part(top, rows, -1);
}
