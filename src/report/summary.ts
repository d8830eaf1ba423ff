import { likelihoodOf } from '../likelihood/likelihoodOf.js';
import { layerAlignment } from '../measures/alignment.js';
import type { Compute } from '../numerics/compute.js';
import type { Matrix } from '../numerics/matrix.js';
import { solvedWidths } from '../posterior/fields.js';
import type { KernelPosterior } from '../posterior/posterior.js';
import type { TestPrediction } from '../posterior/predict.js';
import { observedBy } from '../problem/likelihoodName.js';
import type { Problem } from '../problem/problem.js';
import { version } from '../version.js';
import { networkJson } from './network.js';
import { testQuality, trainQuality } from './quality.js';

/** A solved theory with what was measured on the way. */
export interface SolvedTheory {
  readonly posterior: KernelPosterior;
  readonly seconds: number;
  readonly trainMean: Matrix;
  readonly test?: TestPrediction;
}

/** What a summary says of a posterior, whoever worked it out. */
export type Measured = Pick<
  KernelPosterior,
  | 'theory'
  | 'problem'
  | 'convergence'
  | 'uncertainty'
  | 'alignment'
  | 'uncentredAlignment'
  | 'change'
  | 'logEvidence'
  | 'evidenceError'
  | 'details'
> &
  (Pick<KernelPosterior, 'nngp'> | { nngpAlignment(): number[] });

/** A solved theory as far as a summary needs it. */
export type MeasuredTheory = Omit<SolvedTheory, 'posterior'> & { readonly posterior: Measured };

/** Centred alignment at infinite width, layer by layer. */
const nngpAlignment = (posterior: Measured): number[] =>
  'nngp' in posterior
    ? posterior.nngp.map((kernel) => layerAlignment(kernel, posterior.problem.data.y))
    : posterior.nngpAlignment();

/** A posterior with its predictions, which are made here. */
export function withPredictions(posterior: KernelPosterior, seconds: number): SolvedTheory {
  const { xTest } = posterior.problem.data;
  return {
    posterior,
    seconds,
    trainMean: posterior.trainMean(),
    ...(xTest ? { test: posterior.predict(xTest) } : {}),
  };
}

/**
 * JSON has no NaN: alignment that is undefined becomes null. What is infinite stays, and is not written
 * (`resultJson`).
 */
const orNull = (values: readonly number[]): (number | null)[] =>
  values.map((value) => (Number.isNaN(value) ? null : value));

/** What `result.json` says (docs/problem-file.md, Results), and each theory's part of `compare.json`. */
export function summarise({ posterior, seconds, trainMean, test }: MeasuredTheory) {
  const { problem, convergence, uncertainty } = posterior;
  const { data } = problem;
  const knowsEvidence = !Number.isNaN(posterior.logEvidence);
  const { approximation } = likelihoodOf(problem);
  const test_ = test && data.yTest && testQuality(problem, test, data.yTest);
  return {
    theory: posterior.theory,
    converged: convergence.converged,
    // Of equations that could not be iterated even once there is none.
    residual: convergence.residual < Number.POSITIVE_INFINITY ? convergence.residual : null,
    iterations: convergence.iterations,
    width: solvedWidths(problem.network, convergence),
    ...(convergence.judgedBy === undefined ? {} : { judgedBy: convergence.judgedBy }),
    ...(convergence.reason === undefined ? {} : { reason: convergence.reason }),
    ...(convergence.message === undefined ? {} : { message: convergence.message }),
    cka: orNull(posterior.alignment()),
    // Kernels may be without error where only the evidence is sampled.
    ...(uncertainty?.cka.some((error) => error !== 0) ? { ckaStandardError: orNull(uncertainty.cka) } : {}),
    ckaNngp: orNull(nngpAlignment(posterior)),
    uncentredAlignment: orNull(posterior.uncentredAlignment()),
    change: posterior.change(),
    logEvidence: knowsEvidence ? posterior.logEvidence : null,
    ...(knowsEvidence && approximation ? { logEvidenceApproximation: approximation } : {}),
    ...(uncertainty && knowsEvidence ? { logEvidenceStandardError: uncertainty.evidence } : {}),
    // Of equations that were not solved, nobody knows what they leave out.
    ...(convergence.converged &&
    posterior.evidenceError !== undefined &&
    Number.isFinite(posterior.evidenceError)
      ? { logEvidenceLeftOut: posterior.evidenceError }
      : {}),
    ...(posterior.details ? { details: posterior.details } : {}),
    train: trainQuality(problem, trainMean),
    ...(test_ ? { test: test_ } : {}),
    seconds,
  };
}

/** The part of a result that does not depend on the theory. */
export function describeProblem(problem: Problem, compute: Compute, warnings: readonly string[]) {
  const { data, network } = problem;
  return {
    program: `finite-width ${version}`,
    backend: compute.algebra.description,
    threads: compute.algebra.threads,
    data: {
      description: data.description,
      samples: data.x.rows,
      dimension: data.x.columns,
      outputs: data.y.columns,
      ...(data.classes ? { classes: data.classes } : {}),
      ...(data.targetScale ? { targetScale: data.targetScale } : {}),
    },
    network: networkJson(network),
    ...observedBy(problem),
    warnings,
    convention:
      'C(l) = (g_l/N_l) Σ φφᵀ + β_l, g_L divided by featureScale; CKA: centred alignment with YYᵀ; change: ‖C − K‖/‖K‖, Frobenius',
  };
}
