import type { CrossCovariance } from '../../activations/operators/cross.js';
import { layerOf } from '../../architecture/architecture.js';
import { logisticProbabilities } from '../../likelihood/logistic.js';
import type { Compute } from '../../numerics/compute.js';
import { choleskySolve } from '../../numerics/linearAlgebra.js';
import { addScaled, copy, inner, type Matrix, transpose, zeros } from '../../numerics/matrix.js';
import { rowDots } from '../../numerics/parallel/rows.js';
import type { Uncertainty } from '../../posterior/fields.js';
import type { KernelPosterior } from '../../posterior/posterior.js';
import { predictInBlocks, type TestPrediction } from '../../posterior/predict.js';
import { pathBy, type RowPath } from '../../posterior/rowPath.js';
import { GROUPS } from '../../prior/fourPoint/groupedNormals.js';
import { nngpRows } from '../../prior/nngpKernels.js';
import type { Problem } from '../../problem/problem.js';
import { errorOfMean } from '../repetitions.js';
import type { Birth, Pair } from './birth.js';
import { type OutputAt, outputAt, totalRows, totalTrain } from './births.js';
import { lastCorrectionRows } from './meanCorrection.js';

/** Δ⁽ᴸ⁾ of the training points. */
export interface Correction {
  readonly all: Matrix;
  /** of its draws, where it is drawn: new points have the same */
  readonly seed: number;
}

/** What one group of draws gives. */
export interface Group {
  readonly births: readonly Birth[];
  /** Δ⁽ᴸ⁾ */
  readonly correction: Matrix;
}

/**
 * What fluctuations of kernels add to order 1/N beyond a shift of the mean kernel by the pull of the data.
 * With d_t = e_t − A⁻¹K_t, the change of the predictor at point t along δ is d_tᵀδa, its second order
 * −d_tᵀδA⁻¹δa, and that of the Gaussian process's variance −d_tᵀδA⁻¹δd_t. So everything is a contraction of
 * the mean correction Δ and of 𝒳[S] = ⟨δSδ⟩:
 *
 * ln p: tr C̃Δ + (n/4) tr A⁻¹𝒳[A⁻¹] − ½ tr A⁻¹𝒳[aaᵀ] mean: d_tᵀ(Δ − 𝒳[A⁻¹])a variance: d_tᵀ(Δ − 𝒳[A⁻¹] +
 * 𝒳[aaᵀ]/n)d_t, the last being the scatter of predictors over networks, mean over outputs
 */
export class Fluctuations {
  /** C̃⁽ᴸ⁾:Δ + ½H:Cov */
  readonly evidence: number;
  /** its Monte Carlo standard error, from births of independent groups of draws; 0 where births are exact */
  readonly evidenceStandardError: number;
  /** its size: where its terms cancel, those of the next order need not to the same digits */
  private readonly size: number;
  /** Δ − 𝒳[A⁻¹] and Δ − 𝒳[A⁻¹] + 𝒳[aaᵀ]/n */
  private readonly ofMean: Matrix;
  private readonly ofVariance: Matrix;
  /** τ: how large terms of the next order are beside these */
  readonly coupling: number;
  /** what is taken of every term */
  private readonly share: number;

  /**
   * @param correction Δ⁽ᴸ⁾ of the training points, and the seed of its draws
   * @param saturated take 1/(1 + τ) of every term, τ = |tr A⁻¹𝒳[A⁻¹]|/tr A⁻¹K: the same to first order, and
   *   bounded where samples are as many as neurons. One neuron's output fluctuations saturate in this way,
   *   and τ is about (g/N) tr A⁻¹⟨φφᵀ⟩
   * @param groups births and Δ⁽ᴸ⁾ from each of the independent groups of draws alone, whose mean is that
   *   of all
   */
  constructor(
    private readonly problem: Problem,
    private readonly nngp: readonly Matrix[],
    private readonly output: OutputAt,
    private readonly births: readonly Birth[],
    private readonly correction: Correction,
    private readonly compute: Compute,
    saturated = false,
    groups: readonly Group[] = [],
  ) {
    const n = problem.data.y.columns;
    const { inverse, dual } = output.sources;
    const parts = groups.map((group) => totalTrain(group.births));
    const crossed = parts.length === 0 ? totalTrain(births) : meanPair(parts);
    const pullOf = (delta: Matrix) => 0.5 * (inner(dual, delta) - n * inner(inverse, delta));
    const size = inner(inverse, crossed.inverse);
    const free = nngp[nngp.length - 1];
    this.coupling = Math.max(Math.abs(size) / inner(inverse, free), neuronsShare(problem, free, inverse));
    this.share = saturated ? 1 / (1 + Math.abs(size) / inner(inverse, free)) : 1;
    const termsOf = (of: Pair<Matrix>, delta: Matrix) =>
      [pullOf(delta), 0.25 * n * inner(inverse, of.inverse), -0.5 * inner(inverse, of.dual)].map(
        (term) => this.share * term,
      );
    const terms = termsOf(crossed, correction.all);
    const total = (values: readonly number[]) => values.reduce((sum, term) => sum + term, 0);
    this.evidence = total(terms);
    this.evidenceStandardError =
      parts.length < 2 ? 0 : errorOfMean(parts.map((part, g) => total(termsOf(part, groups[g].correction))));
    this.size = Math.sqrt(Math.abs(this.evidence) * terms.reduce((sum, term) => sum + Math.abs(term), 0));
    this.ofMean = addScaled(copy(correction.all), -1, crossed.inverse);
    this.ofVariance = addScaled(copy(this.ofMean), 1 / n, crossed.dual);
  }

  /**
   * σ = (1/nN) tr aᵀ(K − β)a with a = (C + κ)⁻¹Y: the pull of the data on a neuron of the last layer, as τ is
   * the share of the output fluctuations.
   * @param kernel C
   */
  pullAt(kernel: Matrix): number {
    const { problem, nngp, compute } = this;
    const { dual } = outputAt(problem, kernel, compute);
    return neuronsShare(problem, nngp[nngp.length - 1], compute.algebra.syrk(dual)) / problem.data.y.columns;
  }

  /**
   * The size of the next order of these terms: τ times them, which is what saturation makes of them; (τ + σ)
   * times them for a theory whose kernels the data have pulled away from those of infinite width, where these
   * terms are taken.
   * @param kernel the output kernel of such a theory
   */
  nextOrder(kernel?: Matrix): number {
    return (this.coupling + (kernel ? this.pullAt(kernel) : 0)) * this.size;
  }

  /** d_αᵀ(Δ − 𝒳)a at the training points, where d_α = κ_αA⁻¹e_α: P×n */
  trainMean(): Matrix {
    const { algebra } = this.compute;
    const { factor, dual, noise } = this.output;
    const moved = choleskySolve(algebra, factor, algebra.gemm(this.ofMean, dual));
    for (let i = 0; i < moved.data.length; i++)
      moved.data[i] *= this.share * noise[Math.floor(i / moved.columns)];
    return moved;
  }

  predict(xTest: Matrix): TestPrediction {
    return predictInBlocks(this.problem, xTest, (points) => this.predictBlock(points));
  }

  private predictBlock(xTest: Matrix): TestPrediction {
    const { problem, nngp, births, compute, output } = this;
    const { seed } = this.correction;
    const { algebra, executor } = compute;
    const { network, data } = problem;
    const path = this.pathOf(xTest);
    const correction = lastCorrectionRows(network, data.x, xTest, compute, seed);
    const rows = shiftRows(correction, totalRows(births, path, xTest), data.y.columns);
    const weights = transpose(choleskySolve(algebra, output.factor, transpose(path[nngp.length - 1].cross)));
    const left = algebra.gemm(weights, this.ofMean, { alpha: -1 });
    const mean = algebra.gemm(addScaled(left, 1, rows.mean.cross), output.dual, { alpha: this.share });
    const around = algebra.gemm(weights, this.ofVariance);
    addScaled(around, -2, rows.variance.cross);
    const variance = rowDots(around, weights, 1, executor).map(
      (value, t) => this.share * (value + rows.variance.own[t]),
    );
    return { mean, variance };
  }

  /** Covariances of new points with the training points, layer by layer, at infinite width. */
  private pathOf(xTest: Matrix): RowPath {
    const { network } = this.problem;
    return pathBy(this.problem, nngpRows(network, this.nngp, this.compute), this.compute)(xTest);
  }
}

/** Δ − 𝒳[A⁻¹] and Δ − 𝒳[A⁻¹] + 𝒳[aaᵀ]/n of new points. */
function shiftRows(correction: CrossCovariance, { inverse, dual }: Pair<CrossCovariance>, n: number) {
  const mean = {
    cross: addScaled(copy(correction.cross), -1, inverse.cross),
    own: correction.own.map((value, t) => value - inverse.own[t]),
  };
  const variance = {
    cross: addScaled(copy(mean.cross), 1 / n, dual.cross),
    own: mean.own.map((value, t) => value + dual.own[t] / n),
  };
  return { mean, variance };
}

/** (1/N) tr S(K − β) of the last layer; of S = A⁻¹ what one neuron's output fluctuations saturate with. */
function neuronsShare({ network }: Problem, kernel: Matrix, source: Matrix): number {
  const l = network.hiddenLayers;
  const { beta, width } = layerOf(network, l);
  const bias = beta * source.data.reduce((sum, value) => sum + value, 0);
  return (inner(source, kernel) - bias) / width;
}

/** v + c, never negative: a fall enters as v/(1 − c/v), the same to first order in c. */
export const changedVariance = (v: number, c: number): number =>
  c >= 0 ? v + c : v === 0 ? 0 : (v * v) / (v - c);

function meanPair(pairs: readonly Pair<Matrix>[]): Pair<Matrix> {
  const mean = (of: (pair: Pair<Matrix>) => Matrix) =>
    pairs.reduce((sum, pair) => addScaled(sum, 1 / pairs.length, of(pair)), zeros(of(pairs[0]).rows));
  return { inverse: mean(({ inverse }) => inverse), dual: mean(({ dual }) => dual) };
}

/**
 * Standard errors of a solution with that of the evidence of its fluctuations, which are sampled on their
 * own.
 */
export function withFluctuationError(
  known: Uncertainty | undefined,
  { evidenceStandardError: error }: Pick<Fluctuations, 'evidenceStandardError'>,
  kernels: readonly Matrix[],
): Uncertainty | undefined {
  if (error === 0) return known;
  const { evidence, ...rest } = known ?? {
    kernels: kernels.map(({ rows }) => zeros(rows)),
    cka: kernels.map(() => 0),
    evidence: 0,
    repetitions: GROUPS,
  };
  return { ...rest, evidence: Math.hypot(evidence, error) };
}

/** Predictions with fluctuations added. */
export function withFluctuations(
  posterior: KernelPosterior,
  fluctuations: Pick<Fluctuations, 'trainMean' | 'predict'>,
): KernelPosterior {
  return {
    ...posterior,
    trainMean: () => addScaled(posterior.trainMean(), 1, fluctuations.trainMean()),
    predict(xTest: Matrix) {
      const plain = posterior.predict(xTest);
      const added = fluctuations.predict(xTest);
      const mean = addScaled(plain.mean, 1, added.mean);
      const variance = plain.variance.map((v, t) => changedVariance(v, added.variance[t]));
      const probabilities = plain.probabilities && logisticProbabilities(mean, variance);
      return { ...plain, mean, variance, ...(probabilities ? { probabilities } : {}) };
    },
  };
}

/**
 * Evidence of a solution for most probable kernels, and what fluctuations add to it.
 * @param evidenceError what both leave out, see `nextOrder`
 */
export const evidenceWith = (
  saddle: number,
  { evidence }: Pick<Fluctuations, 'evidence'>,
  evidenceError: number,
) => ({
  logEvidence: saddle + evidence,
  fluctuationEvidence: evidence,
  evidenceError,
});
