import { architectureOf, mostPositions } from '../architecture/architecture.js';
import { likelihoodOf } from '../likelihood/likelihoodOf.js';
import type { Compute } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import { block, type Matrix, zeros } from '../numerics/matrix.js';
import type { Network, Problem } from '../problem/problem.js';
import type { PosteriorFields } from './fields.js';
import type { PathOf } from './rowPath.js';
import { explainSingular } from './singularKernel.js';

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
const pointsAtOnce = (network: Network, samples: number): number =>
  mostPositions(architectureOf(network)) > 1 ? Math.min(POINTS_AT_ONCE, samples) : POINTS_AT_ONCE;

const outputKernel = ({ effective, kernels }: PosteriorFields): Matrix =>
  effective ?? kernels[kernels.length - 1];

/** What the likelihood says of outputs at the kernel of the predictor. */
export const outputOf = (posterior: PosteriorFields, { algebra }: Compute) =>
  likelihoodOf(posterior.problem).given(outputKernel(posterior), algebra);

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
 * What is made of many new points, a block of them after the other, to bound memory. @param make of some
 * points, the first of which is number `from`
 */
export function inBlocks<Part>(
  { network, data }: Problem,
  xTest: Matrix,
  make: (points: Matrix, from: number) => Part,
): Part[] {
  const atOnce = pointsAtOnce(network, data.x.rows);
  return Array.from({ length: Math.ceil(xTest.rows / atOnce) }, (_, k) => {
    const from = k * atOnce;
    return make(block(xTest, [from, Math.min(xTest.rows, from + atOnce)], [0, xTest.columns]), from);
  });
}

/** Predictions of many new points. */
export function predictInBlocks(
  problem: Problem,
  xTest: Matrix,
  predict: (points: Matrix) => TestPrediction,
): TestPrediction {
  const parts = inBlocks(problem, xTest, predict);
  const [{ probabilities }] = parts;
  return {
    mean: stacked(parts.map(({ mean }) => mean)),
    variance: Float64Array.from(parts.flatMap(({ variance }) => [...variance])),
    ...(probabilities ? { probabilities: stacked(parts.map((part) => part.probabilities as Matrix)) } : {}),
  };
}

/** Matrices of one width, one below the other. */
function stacked(parts: readonly Matrix[]): Matrix {
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const all = zeros(rows, parts[0].columns);
  let at = 0;
  for (const { data } of parts) {
    all.data.set(data, at);
    at += data.length;
  }
  return all;
}

/** mean = C_*ᵗ(C+κ)⁻¹Y, variance = C_** − C_*(C+κ)⁻¹C_*ᵀ, in blocks of test points. */
export function predictTest(
  posterior: PosteriorFields,
  pathOf: PathOf,
  xTest: Matrix,
  compute: Compute,
): TestPrediction {
  const { problem } = posterior;
  const output = outputOf(posterior, compute);
  const top = problem.network.hiddenLayers;
  return requireFinite(predictInBlocks(problem, xTest, (points) => output.predict(pathOf(points)[top])));
}

/**
 * Kernels so large that rounding hides the noise have covariances that no Gaussian has. @throws InputError
 * naming the point
 */
export function requireFinite(predicted: TestPrediction): TestPrediction {
  const { mean, variance } = predicted;
  const entry = mean.data.findIndex((value) => !Number.isFinite(value));
  const t =
    entry >= 0 ? Math.floor(entry / mean.columns) : variance.findIndex((value) => !Number.isFinite(value));
  if (t < 0) return predicted;
  const advice =
    'kernels are too large beside the noise for double precision: lower weightVariance, or scale X';
  throw new InputError(`X_test: the prediction for row ${t} is no finite number; ${advice}`);
}
