import { architectureOf, mostPositions } from '../architecture/architecture.js';
import type { PointRows } from '../architecture/layer.js';
import { likelihoodOf } from '../likelihood/likelihoodOf.js';
import type { Compute } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import { block, type Matrix, zeros } from '../numerics/matrix.js';
import { classCount } from '../problem/likelihoodName.js';
import type { Network } from '../problem/problem.js';
import type { PosteriorFields } from './fields.js';
import { explainSingular } from './singularKernel.js';

/**
 * Layer l of new points, T×P and their variances, from layer l − 1: they are rows with C̃ = 0, which the
 * training points move (theory §6).
 */
export type Extend = (l: number, below: PointRows) => PointRows;

/** Predictions at T new points, n outputs each, in units of the targets of the problem. */
export interface TestPrediction {
  /** T×n */
  readonly mean: Matrix;
  /** T, of the noiseless output: add κ for observations */
  readonly variance: Float64Array;
  /** Monte Carlo standard error of the mean, T×n, where known */
  readonly meanError?: Matrix;
  /** p(class|x_*), T × classes in the order of the names, of logistic and softmax likelihoods */
  readonly probabilities?: Matrix;
  /** Monte Carlo standard error of the probabilities, T × classes, where known */
  readonly probabilitiesError?: Matrix;
}

const POINTS_AT_ONCE = 256;

/**
 * Test points treated at once, to bound memory: as many as training points where these have many positions,
 * so that rows take no more than a kernel.
 */
export const pointsAtOnce = (network: Network, samples: number): number =>
  mostPositions(architectureOf(network)) > 1 ? Math.min(POINTS_AT_ONCE, samples) : POINTS_AT_ONCE;

const outputKernel = ({ effective, kernels }: PosteriorFields): Matrix =>
  effective ?? kernels[kernels.length - 1];

/** C(C+κ)⁻¹Y */
export function predictTraining(posterior: PosteriorFields, compute: Compute): Matrix {
  const kernel = outputKernel(posterior);
  try {
    return likelihoodOf(posterior.problem).given(kernel, compute.algebra).trainMean();
  } catch (error) {
    const prior = posterior.nngp.at(-1);
    throw explainSingular(error, posterior.problem, kernel === prior ? undefined : prior);
  }
}

/**
 * Covariances of the first pre-activations of new points: g₀ X_*Xᵀ/D + β₀ and g₀ |x_*|²/D + β₀ of a dense
 * layer
 */
export const inputRows = (network: Network, x: Matrix, xTest: Matrix, compute: Compute): PointRows =>
  architectureOf(network).input.rows(x, xTest, compute);

/** mean = C_*ᵗ(C+κ)⁻¹Y, variance = C_** − C_*(C+κ)⁻¹C_*ᵀ, in blocks of test points. */
export function predictTest(
  posterior: PosteriorFields,
  extend: Extend,
  xTest: Matrix,
  compute: Compute,
): TestPrediction {
  const { network, data } = posterior.problem;
  const n = data.y.columns;
  const output = likelihoodOf(posterior.problem).given(outputKernel(posterior), compute.algebra);
  const atOnce = pointsAtOnce(network, data.x.rows);
  const mean = zeros(xTest.rows, n);
  const variance = new Float64Array(xTest.rows);
  const classes = classCount(posterior.problem);
  const probabilities = zeros(classes > 0 ? xTest.rows : 0, classes);
  for (let from = 0; from < xTest.rows; from += atOnce) {
    const to = Math.min(xTest.rows, from + atOnce);
    let rows = inputRows(network, data.x, block(xTest, [from, to], [0, xTest.columns]), compute);
    for (let l = 1; l <= network.hiddenLayers; l++) rows = extend(l, rows);
    const predicted = output.predict(rows);
    mean.data.set(predicted.mean.data, from * n);
    variance.set(predicted.variance, from);
    if (predicted.probabilities) probabilities.data.set(predicted.probabilities.data, from * classes);
  }
  requireFinite(mean, variance);
  return { mean, variance, ...(classes > 0 ? { probabilities } : {}) };
}

/**
 * Kernels so large that rounding hides the noise have covariances that no Gaussian has. @throws InputError
 * naming the point
 */
function requireFinite(mean: Matrix, variance: Float64Array): void {
  const entry = mean.data.findIndex((value) => !Number.isFinite(value));
  const t =
    entry >= 0 ? Math.floor(entry / mean.columns) : variance.findIndex((value) => !Number.isFinite(value));
  if (t < 0) return;
  const advice =
    'kernels are too large beside the noise for double precision: lower weightVariance, or scale X';
  throw new InputError(`X_test: the prediction for row ${t} is no finite number; ${advice}`);
}
