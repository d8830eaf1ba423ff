import type { Activation } from '../../activations/activation.js';
import { applyActivation, multiplySlopes } from '../../activations/operators/apply.js';
import { kernelOf } from '../../activations/operators/kernel.js';
import type { Compute } from '../../numerics/compute.js';
import {
  addScaled,
  allocate,
  inner,
  type Matrix,
  mirrorLower,
  release,
  share,
  zeros,
} from '../../numerics/matrix.js';
import { blockDots, scaleBlocks } from '../../numerics/parallel/blocks.js';
import { rowDots } from '../../numerics/parallel/rows.js';
import { cleared, halved, weightedGram } from '../../prior/weightedSums.js';
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
 * Averages over P(h) ∝ e^F N(h|0, C) by importance sampling from a Gaussian q near it. What q gives in closed
 * form is added exactly: ⟨X⟩_P ≈ ⟨X⟩_q + Σ_s (w_s − 1/S) X_s, so that only the difference of the two measures
 * is left to samples, and a Gaussian P has no error at all. For measures that no Gaussian is near, samples
 * are carried from q to P (`flow.ts`): ⟨X⟩_P ≈ ⟨X⟩_q + Σ_s (w_s X_s − X_s⁰/S), X⁰ where they started.
 */
export class TiltedMeasure {
  /** normalised weights w_s */
  readonly weights: Float64Array;
  /** effective share of the samples, 1/(S Σ w²) */
  readonly effectiveShare: number;
  /** ⟨∂F/∂s_k⟩, all forms one after the other */
  readonly meanPartials: readonly number[];
  /** S that are read by weights of their own */
  readonly positions: number;
  /** ∂F/∂s_k of every sample, S×S each */
  readonly partials: readonly Float64Array[];
  /** s_k of every sample, S×S each */
  private readonly values: readonly Float64Array[];
  /** c hᵀMh of every sample */
  private readonly gaussian: Float64Array;
  private readonly logMeanWeight: number;
  /** where samples started: ⟨φφᵀ⟩_q less what they make of it; undefined if they are where they started */
  readonly startMiss: Matrix | undefined;

  constructor(
    readonly activation: Activation,
    /** L with C = LLᵀ */
    readonly factor: Matrix,
    readonly coupling: number,
    readonly tilt: Tilt,
    /** q */
    readonly proposal: Proposal,
    readonly samples: Samples,
    readonly compute: Compute,
  ) {
    const { epsilon, carried } = samples;
    const size = epsilon.rows;
    const log = allocate(size);
    this.positions = tilt.positions ?? 1;
    this.partials = tilt.forms.map(() => allocate(size * this.positions ** 2));
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
    this.meanPartials = this.partials.flatMap((partial) => [...this.means(partial)]);
  }

  /** h and φ of these ε. */
  place(epsilon: Matrix): void {
    const { phi, h } = this.samples;
    this.compute.algebra.gemm(epsilon, this.proposal.map, { into: h });
    applyActivation(this.activation, h.data, phi.data, this.compute);
  }

  /**
   * F − c hᵀMh of samples, into `log`, by how much their ln P exceeds ln q; leaves h, φ, φQ and ∂F behind.
   */
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
      const gradient = this.pulled(
        this.partials.map((partial) => share(partial.map((value) => 2 * this.coupling * value))),
      );
      algebra.gemm(h, this.proposal.m, { alpha: -2 * this.coupling, beta: 1, into: gradient });
      algebra.gemm(gradient, this.proposal.map, { transposeB: true, into });
    };
  }

  /**
   * ln⟨e^F⟩ over N(0, C) = ln⟨e^{F − c hᵀMh}⟩_q − ½ ln det Λ. To first order the exponent averages to c
   * tr(Q̄K_q) − c tr(MC_q), Q̄ the stand-in of the tilt, known exactly: what the samples make of it instead
   * is taken off.
   */
  logNormaliser(): number {
    const { covariance, m, logDeterminant } = this.proposal;
    if (this.startMiss) return this.logMeanWeight - 0.5 * logDeterminant;
    const standIn = meanForm(this.tilt, this.meanPartials, this.compute);
    const kernel = kernelOf(this.activation, covariance, this.compute);
    const exact = this.coupling * (inner(standIn, kernel) - inner(m, covariance));
    release(standIn, kernel);
    const size = this.gaussian.length;
    let estimated = 0;
    for (const form of this.gaussian) estimated -= form / size;
    this.values.forEach((value, k) => {
      const partials = this.partialsOf(k);
      value.forEach((s, i) => {
        estimated += (partials[i % partials.length] * s) / size;
      });
    });
    return this.logMeanWeight - (estimated - exact) - 0.5 * logDeterminant;
  }

  /**
   * Shares of the modes along the direction in which q stretches N(0, C) most: there P is multimodal, if
   * anywhere.
   */
  modes(): number[] {
    const { algebra } = this.compute;
    const { root } = this.proposal;
    const { vectors } = algebra.eigenSymmetric(algebra.syrk(root));
    const stretched: Matrix = {
      rows: root.rows,
      columns: 1,
      data: share(vectors.data.subarray(0, root.rows)),
    };
    // z = R⁻ᵀε along the eigenvector of Λ's smallest eigenvalue.
    return modeShares(
      algebra.gemm(this.samples.epsilon, algebra.solveTriangular(root, stretched)).data,
      this.weights,
    );
  }

  /** ⟨x⟩_P of a quantity given for every sample. */
  mean(x: Float64Array): number {
    return this.means(x)[0];
  }

  /** The same of S×S numbers (or other `count`) for every sample. */
  means(x: Float64Array, count = x.length / this.weights.length): Float64Array {
    const sums = new Float64Array(count);
    for (let i = 0; i < x.length; i++) sums[i % count] += this.weights[Math.floor(i / count)] * x[i];
    return sums;
  }

  /** ⟨∂F/∂s_k⟩ of form k, S×S */
  partialsOf(k: number): readonly number[] {
    const count = this.positions ** 2;
    return this.meanPartials.slice(k * count, (k + 1) * count);
  }

  /** ⟨x φφᵀ⟩_P; x = 1 if not given. */
  secondMoment(x?: Float64Array): Matrix {
    const { phi, scratch: rows } = this.samples;
    const mean = x ? this.mean(x) : 1;
    const rest = cleared(phi.columns);
    const { startMiss: miss } = this;
    weightedGram(phi, this.excess(x, [miss ? 0 : mean]), rows, rest, this.compute);
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

  /** Σ_k x_sk φ'_s∘Q_kφ_s of every sample, x S×S among its positions, in the room that φQ leaves. */
  pulled(coefficients: readonly Float64Array[]): Matrix {
    const { algebra, executor } = this.compute;
    const { h, phi, applied, scratch: gradient } = this.samples;
    this.tilt.forms.forEach((form, k) => {
      if ('matrix' in form) scaleBlocks(applied, coefficients[k], this.positions, gradient, executor);
      else {
        const projected = algebra.gemm(phi, form.factor);
        scaleBlocks(projected, coefficients[k], this.positions, projected, executor);
        algebra.gemm(projected, form.factor, { transposeB: true, beta: 1, into: gradient });
      }
    });
    multiplySlopes(this.activation, h.data, gradient.data, this.compute);
    return gradient;
  }

  /** w_s x_s − ⟨x⟩/S, of as many numbers a sample as there are means; x = 1 if not given. */
  excess(x: Float64Array | undefined, means: ArrayLike<number>): Float64Array {
    const count = means.length;
    const size = this.weights.length;
    const out = allocate(size * count);
    for (let i = 0; i < out.length; i++) {
      const w = this.weights[Math.floor(i / count)];
      out[i] = (x ? w * x[i] : w) - means[i % count] / size;
    }
    return out;
  }

  /** c φ_sᵀQφ_s of every sample, S×S among its positions; leaves φQ of a matrix behind, which the gradient needs again. */
  private formValues(form: Form): Float64Array {
    const { algebra, executor } = this.compute;
    const { phi, applied } = this.samples;
    if ('matrix' in form) {
      algebra.gemm(phi, form.matrix, { into: applied });
      return blockDots(phi, applied, this.positions, this.coupling, executor);
    }
    const projected = algebra.gemm(phi, form.factor);
    return blockDots(projected, projected, this.positions, this.coupling, executor);
  }

  /** c h_sᵀMh_s of every sample. */
  private gaussianForms(): Float64Array {
    const { algebra, executor } = this.compute;
    const { h, scratch: product } = this.samples;
    const half = halved(this.proposal.m);
    const values = rowDots(
      h,
      algebra.multiplyTriangular(h, half, { into: product }),
      2 * this.coupling,
      executor,
    );
    release(half);
    return values;
  }
}
