import type { Activation } from '../../activations/activation.js';
import { applyActivation, multiplySlopes } from '../../activations/operators/apply.js';
import { crossKernel } from '../../activations/operators/cross.js';
import { kernelOf } from '../../activations/operators/kernel.js';
import { pullback } from '../../activations/operators/response.js';
import { addBlockFields, addBlockGrams, addBlocks, blockMoments, sandwichBlocks } from '../../architecture/blockRows.js';
import type { PointRows } from '../../architecture/layer.js';
import type { Compute } from '../../numerics/compute.js';
import { scale } from '../../numerics/entrywise.js';
import { choleskySolve } from '../../numerics/linearAlgebra.js';
import {
  addScaled,
  addToDiagonal,
  allocate,
  copy,
  diagonal,
  inner,
  type Matrix,
  mirrorLower,
  release,
  share,
  transpose,
  zeros,
} from '../../numerics/matrix.js';
import { rowDots, scaleRows } from '../../numerics/parallel/rows.js';
import { cleared, halved, newFields, weightedCross, weightedGram } from '../../prior/weightedSums.js';
import { carry, type Field } from './flow.js';
import { modeShares } from './modes.js';
import type { Proposal } from './proposal.js';
import { type Form, meanForm, type Tilt } from './tilt.js';
import { truncated } from './truncation.js';

/** Samples of one layer's neurons under the proposal: S×P each. */
export interface Samples {
  /** standard normals ε; h = Gᵀε */
  readonly epsilon: Matrix;
  /** a normal for each position of points that are not among the P, S rows of them */
  readonly extra: Matrix;
  readonly h: Matrix;
  readonly phi: Matrix;
  /** φQ of the form that is given by its matrix */
  readonly applied: Matrix;
  readonly scratch: Matrix;
  /** power of S beyond which weights are truncated, times their mean */
  readonly truncation: number;
  /** the same normals, and momenta, from which ε is carried to the measure; without them ε stays where it is */
  readonly carried?: { readonly start: Matrix; readonly momentum: Matrix } | undefined;
}

/**
 * Averages over P(h) ∝ e^F N(h|0, C) by importance sampling from a Gaussian q near it. What q gives in closed form is added exactly:
 * ⟨X⟩_P ≈ ⟨X⟩_q + Σ_s (w_s − 1/S) X_s, so that only the difference of the two measures is left to samples, and a Gaussian P has no error at all.
 * For measures that no Gaussian is near, samples are carried from q to P (`flow.ts`): ⟨X⟩_P ≈ ⟨X⟩_q + Σ_s (w_s X_s − X_s⁰/S), X⁰ where they started.
 */
export class TiltedMeasure {
  /** normalised weights w_s */
  readonly weights: Float64Array;
  /** effective share of the samples, 1/(S Σ w²) */
  readonly effectiveShare: number;
  /** ⟨∂F/∂s_k⟩ */
  readonly meanPartials: readonly number[];
  /** s_k of every sample */
  readonly values: readonly Float64Array[];
  private readonly partials: readonly Float64Array[];
  /** c hᵀMh of every sample */
  private readonly gaussian: Float64Array;
  private readonly logMeanWeight: number;
  /** where samples started: ⟨φφᵀ⟩_q less what they make of it; undefined if they are where they started */
  private readonly startMiss: Matrix | undefined;

  constructor(
    private readonly activation: Activation,
    private readonly factor: Matrix,
    private readonly coupling: number,
    private readonly tilt: Tilt,
    private readonly proposal: Proposal,
    private readonly samples: Samples,
    private readonly compute: Compute,
  ) {
    const { epsilon, carried } = samples;
    const size = epsilon.rows;
    const log = allocate(size);
    this.partials = tilt.forms.map(() => allocate(size));
    this.startMiss = carried && this.missAt(carried.start);
    const work = carried && carry(epsilon, carried.momentum, this.field(), log, zeros(size, epsilon.columns));
    const found = this.excessAt(epsilon, log);
    this.values = found.values;
    this.gaussian = found.gaussian;
    let largest = Number.NEGATIVE_INFINITY;
    for (let s = 0; s < size; s++) {
      if (work) log[s] += work[s];
      largest = Math.max(largest, log[s]);
    }
    let sum = 0;
    for (let s = 0; s < size; s++) sum += log[s] = Math.exp(log[s] - largest);
    this.logMeanWeight = largest + Math.log(sum / size);
    this.weights = truncated(log, (sum / size) * size ** samples.truncation);
    this.effectiveShare = 1 / (size * this.weights.reduce((squares, w) => squares + w * w, 0));
    this.meanPartials = this.partials.map((partial) => this.mean(partial));
  }

  /** h and φ of these ε. */
  private place(epsilon: Matrix): void {
    const { phi, h } = this.samples;
    this.compute.algebra.gemm(epsilon, this.proposal.map, { into: h });
    applyActivation(this.activation, h.data, phi.data, this.compute);
  }

  /** F − c hᵀMh of samples, into `log`, by how much their ln P exceeds ln q; leaves h, φ, φQ and ∂F behind. */
  private excessAt(epsilon: Matrix, log: Float64Array) {
    this.place(epsilon);
    const values = this.tilt.forms.map((form) => this.formValues(form));
    this.tilt.evaluate(values, log, this.partials);
    const gaussian = this.gaussianForms();
    for (let s = 0; s < log.length; s++) log[s] -= gaussian[s];
    return { values, gaussian };
  }

  /** The same with its gradient in ε: G(2c Σ_k ∂_kF φ'∘Q_kφ − 2c Mh). */
  private field(): Field {
    const { algebra } = this.compute;
    const { h } = this.samples;
    return (epsilon, log, into) => {
      this.excessAt(epsilon, log);
      const gradient = this.pulled(this.partials.map((partial) => partial.map((value) => 2 * this.coupling * value)));
      algebra.gemm(h, this.proposal.m, { alpha: -2 * this.coupling, beta: 1, into: gradient });
      algebra.gemm(gradient, this.proposal.map, { transposeB: true, into });
    };
  }

  /**
   * ln⟨e^F⟩ over N(0, C) = ln⟨e^{F − c hᵀMh}⟩_q − ½ ln det Λ. To first order the exponent averages to c tr(Q̄K_q) − c tr(MC_q), Q̄ the stand-in of the
   * tilt, known exactly: what the samples make of it instead is taken off.
   */
  logNormaliser(): number {
    const { covariance, m, logDeterminant } = this.proposal;
    if (this.startMiss) return this.logMeanWeight - 0.5 * logDeterminant;
    const standIn = meanForm(this.tilt, this.meanPartials, this.compute);
    const kernel = kernelOf(this.activation, covariance, this.compute);
    const exact = this.coupling * (inner(standIn, kernel) - inner(m, covariance));
    release(standIn, kernel);
    let estimated = 0;
    this.gaussian.forEach((form, s) => {
      let exponent = -form;
      this.values.forEach((value, k) => {
        exponent += this.meanPartials[k] * value[s];
      });
      estimated += exponent / this.gaussian.length;
    });
    return this.logMeanWeight - (estimated - exact) - 0.5 * logDeterminant;
  }

  /** Shares of the modes along the direction in which q stretches N(0, C) most: there P is multimodal, if anywhere. */
  modes(): number[] {
    const { algebra } = this.compute;
    const { root } = this.proposal;
    const { vectors } = algebra.eigenSymmetric(algebra.syrk(root));
    const stretched: Matrix = { rows: root.rows, columns: 1, data: share(vectors.data.subarray(0, root.rows)) };
    // z = R⁻ᵀε along the eigenvector of Λ's smallest eigenvalue.
    return modeShares(algebra.gemm(this.samples.epsilon, algebra.solveTriangular(root, stretched)).data, this.weights);
  }

  /** ⟨x⟩_P of a quantity given for every sample. */
  mean(x: Float64Array): number {
    let sum = 0;
    for (let s = 0; s < x.length; s++) sum += this.weights[s] * x[s];
    return sum;
  }

  /** ⟨x φφᵀ⟩_P; x = 1 if not given. */
  secondMoment(x?: Float64Array): Matrix {
    const { phi, scratch: rows } = this.samples;
    const mean = x ? this.mean(x) : 1;
    const rest = cleared(phi.columns);
    const { startMiss: miss } = this;
    weightedGram(phi, this.excess(x, miss ? 0 : mean), rows, rest, this.compute);
    const moment = miss
      ? addScaled(zeros(miss.rows), mean, miss)
      : kernelOf(this.activation, this.proposal.covariance, this.compute, mean);
    addScaled(moment, 1, mirrorLower(rest));
    release(rest);
    return moment;
  }

  /** ⟨φφᵀ⟩_q less its mean over these samples. */
  private missAt(epsilon: Matrix): Matrix {
    const { phi, scratch: rows } = this.samples;
    this.place(epsilon);
    const estimated = cleared(phi.columns);
    weightedGram(phi, new Float64Array(phi.rows).fill(1 / phi.rows), rows, estimated, this.compute);
    const miss = kernelOf(this.activation, this.proposal.covariance, this.compute);
    addScaled(miss, -1, mirrorLower(estimated));
    release(estimated);
    return miss;
  }

  /**
   * ⟨x φ_tφ_α⟩_P and ⟨x φ_t²⟩_P for points t that are not among those of C, whose h is Gaussian given h at those (theory §6).
   * @param known ⟨x φφᵀ⟩_P from many more samples: what these samples miss of it, carried over to the new points by the regression of φ_t on φ
   * under q, is taken off
   */
  secondMomentRows(rows: PointRows, x: Float64Array | undefined, known: Matrix): PointRows {
    const { algebra } = this.compute;
    const { phi, epsilon, extra, scratch: weighted } = this.samples;
    const { root, map, covariance } = this.proposal;
    // h_t = u_tᵀz + rest: z = R⁻ᵀε has covariance Λ⁻¹.
    const u = algebra.solveTriangular(this.factor, transpose(rows.cross));
    const v = algebra.solveTriangular(root, copy(u));
    const spanned = algebra.gemm(epsilon, v);
    const fresh = rows.blocks
      ? addBlockFields(spanned, u, copy(rows.blocks), extra, this.compute)
      : newFields(spanned, u, rows.own, extra.data);
    applyActivation(this.activation, fresh.data, fresh.data, this.compute);
    const size = rows.blocks?.columns ?? 1;
    const underProposal: PointRows = {
      cross: algebra.gemm(v, map, { transposeA: true }),
      own: rows.own.map((value, t) => {
        let sum = value;
        for (let i = t; i < u.data.length; i += u.columns) sum += v.data[i] ** 2 - u.data[i] ** 2;
        return sum;
      }),
      ...(rows.blocks ? { blocks: addBlocks(addBlocks(copy(rows.blocks), u, size, -1), v, size, 1) } : {}),
    };
    // Where samples started is not remembered for new points: these averages are as they are.
    const mean = this.startMiss ? 0 : x ? this.mean(x) : 1;
    const plain = crossKernel(this.activation, diagonal(covariance), underProposal, this.compute, mean, 0);
    const excess = this.excess(x, mean);
    weightedCross(fresh, phi, excess, weighted, plain, this.compute);
    let moment: PointRows = plain;
    if (underProposal.blocks) {
      const blocks = scale(blockMoments(this.activation, underProposal.blocks, this.compute), mean);
      addBlockGrams(fresh, excess, blocks);
      moment = { ...plain, blocks };
    }
    this.takeOff(moment, addScaled(this.secondMoment(x), -1, known), underProposal);
    return moment;
  }

  /** rows ← rows − WE and own − diag WEWᵀ: the noise E of the training points, W = ⟨φ_tφᵀ⟩_q ⟨φφᵀ⟩_q⁻¹. */
  private takeOff(rows: PointRows, noise: Matrix, underProposal: PointRows): void {
    const { algebra } = this.compute;
    const { covariance } = this.proposal;
    const kernel = kernelOf(this.activation, covariance, this.compute);
    const ridge = (RIDGE * diagonal(kernel).reduce((sum, value) => sum + value, 0)) / kernel.rows;
    const factor = algebra.cholesky(addToDiagonal(kernel, ridge));
    const cross = crossKernel(this.activation, diagonal(covariance), underProposal, this.compute, 1, 0).cross;
    const regression = transpose(choleskySolve(algebra, factor, transpose(cross)));
    const carried = algebra.gemm(regression, noise);
    addScaled(rows.cross, -1, carried);
    rowDots(carried, regression, 1, this.compute.executor).forEach((value, t) => {
      rows.own[t] -= value;
    });
    if (rows.blocks) {
      const { columns } = rows.blocks;
      addScaled(rows.blocks, -1, sandwichBlocks(regression, noise, columns, 1, this.compute));
    }
    release(kernel, noise);
  }

  /**
   * C̃ = sym((N/2) ⟨∇F hᵀ⟩_P C⁻¹), what the tilt asks of the kernel C (theory §4). Under q the tilt is replaced by the quadratic form with
   * its mean partial derivatives, for which ⟨∇F hᵀ⟩_q = 2c M_q C_q exactly, M_q the pullback at C_q, and C_q C⁻¹ = 1 + 2c C_q M.
   */
  conjugate(width: number): Matrix {
    const { algebra } = this.compute;
    const { covariance, m } = this.proposal;
    const g = this.coupling * width;
    const standIn = meanForm(this.tilt, this.meanPartials, this.compute);
    const exact = pullback(this.activation, covariance, standIn, this.compute, g);
    const relative = algebra.gemm(covariance, m, { alpha: 2 * this.coupling });
    const conjugate = algebra.gemm(exact, addToIdentity(relative));
    const estimated = this.activation.discontinuous ? this.monteCarloShift(width) : this.monteCarloGradient(g);
    addScaled(conjugate, 1, estimated);
    if (this.samples.carried) addScaled(conjugate, -1, this.startGradient(this.samples.carried.start, standIn, g));
    release(standIn, exact, relative, estimated);
    return symmetrise(conjugate);
  }

  /** g Σ_s Σ_k (w_s ∂_kF − ⟨∂_kF⟩/S) φ'_s∘Q_kφ_s h_sᵀ C⁻¹ */
  private monteCarloGradient(g: number): Matrix {
    const { epsilon } = this.samples;
    const coefficients = this.partials.map((partial, k) =>
      partial.map((value, s) => g * (this.weights[s] * value - (this.startMiss ? 0 : this.meanPartials[k] / epsilon.rows))),
    );
    return this.againstKernel(epsilon, this.pulled(coefficients));
  }

  /** Σ_k x_sk φ'_s∘Q_kφ_s of every sample, in the room that φQ leaves. */
  private pulled(coefficients: readonly Float64Array[]): Matrix {
    const { algebra, executor } = this.compute;
    const { h, phi, applied, scratch: gradient } = this.samples;
    this.tilt.forms.forEach((form, k) => {
      if ('matrix' in form) scaleRows(applied, coefficients[k], gradient, executor);
      else {
        const projected = algebra.gemm(phi, form.factor);
        scaleRows(projected, coefficients[k], projected, executor);
        algebra.gemm(projected, form.factor, { transposeB: true, beta: 1, into: gradient });
      }
    });
    multiplySlopes(this.activation, h.data, gradient.data, this.compute);
    return gradient;
  }

  /** The same of the stand-in at the places where samples started: (g/S) Σ_s φ'_s∘Q̄φ_s h_sᵀ C⁻¹; h, φ and φQ of the ends are lost. */
  private startGradient(start: Matrix, standIn: Matrix, g: number): Matrix {
    const { h, phi, scratch: gradient } = this.samples;
    this.place(start);
    this.compute.algebra.gemm(phi, standIn, { alpha: g / phi.rows, into: gradient });
    multiplySlopes(this.activation, h.data, gradient.data, this.compute);
    return this.againstKernel(start, gradient);
  }

  /** Σ_s D_s h_sᵀ C⁻¹ = (Dᵀε) R⁻¹ L⁻¹, solved from the right by transposition. */
  private againstKernel(epsilon: Matrix, gradient: Matrix): Matrix {
    const { algebra } = this.compute;
    const byNormals = algebra.gemm(epsilon, gradient, { transposeA: true });
    algebra.solveTriangular(this.proposal.root, byNormals, { transpose: true });
    return transpose(algebra.solveTriangular(this.factor, byNormals, { transpose: true }));
  }

  /** (N/2) C⁻¹ Σ_s (w_s − 1/S) h_sh_sᵀ C⁻¹: the same without φ', for activations that jump. */
  private monteCarloShift(width: number): Matrix {
    const { algebra } = this.compute;
    const { epsilon, scratch: rows } = this.samples;
    const shift = cleared(epsilon.columns);
    weightedGram(epsilon, this.excess(undefined, 1), rows, shift, this.compute);
    const half = (a: Matrix) => {
      algebra.solveTriangular(this.proposal.root, a, { transpose: true });
      return transpose(algebra.solveTriangular(this.factor, a, { transpose: true }));
    };
    const result = half(half(mirrorLower(shift)));
    scale(result, 0.5 * width);
    return result;
  }

  /** w_s x_s − ⟨x⟩/S */
  private excess(x: Float64Array | undefined, mean: number): Float64Array {
    const size = this.weights.length;
    return this.weights.map((w, s) => (x ? w * x[s] : w) - mean / size);
  }

  /** c φ_sᵀQφ_s of every sample; leaves φQ of a matrix behind, which the gradient needs again. */
  private formValues(form: Form): Float64Array {
    const { algebra, executor } = this.compute;
    const { phi, applied } = this.samples;
    if ('matrix' in form) return rowDots(phi, algebra.gemm(phi, form.matrix, { into: applied }), this.coupling, executor);
    const projected = algebra.gemm(phi, form.factor);
    return rowDots(projected, projected, this.coupling, executor);
  }

  /** c h_sᵀMh_s of every sample. */
  private gaussianForms(): Float64Array {
    const { algebra, executor } = this.compute;
    const { h, scratch: product } = this.samples;
    const half = halved(this.proposal.m);
    const values = rowDots(h, algebra.multiplyTriangular(h, half, { into: product }), 2 * this.coupling, executor);
    release(half);
    return values;
  }
}

/** Added to the kernel of a regression, relative to its mean diagonal. */
const RIDGE = 1e-6;
function addToIdentity(a: Matrix): Matrix {
  for (let i = 0; i < a.rows; i++) a.data[i * a.columns + i] += 1;
  return a;
}

function symmetrise(a: Matrix): Matrix {
  const n = a.rows;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const mean = 0.5 * (a.data[i * n + j] + a.data[j * n + i]);
      a.data[i * n + j] = mean;
      a.data[j * n + i] = mean;
    }
  }
  return a;
}
