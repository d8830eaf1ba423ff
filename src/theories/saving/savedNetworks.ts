import { architectureOf, untreated } from '../../architecture/architecture.js';
import type { Compute } from '../../numerics/compute.js';
import { columnMatrix } from '../../numerics/entrywise.js';
import { InputError } from '../../numerics/errors.js';
import { type Matrix, sameEntries, transpose, zeros } from '../../numerics/matrix.js';
import type { PosteriorFields, SavedState } from '../../posterior/fields.js';
import { createPosterior, type KernelPosterior, type TestKernels } from '../../posterior/posterior.js';
import { inputRows } from '../../posterior/rowPath.js';
import type { Problem } from '../../problem/problem.js';
import { restoreNetworks } from '../../sampling/restoreNetworks.js';
import type { SamplingRun, TestOutputs } from '../../sampling/run.js';
import { StoredNetworks } from '../../sampling/storedNetworks.js';

/** Kernels of new points, means over the networks that were kept; the input kernel is known. */
function keptKernels(
  { network, data }: Problem,
  run: SamplingRun,
  xTest: Matrix,
  compute: Compute,
): TestKernels {
  const layers = new StoredNetworks(run.kept.arrays(), network, compute).kernelsBetween(data.x, xTest);
  const input = transpose(inputRows(network, data.x, xTest, compute).cross);
  const few = run.kept.parameters.length < 2;
  return {
    kernels: [input, ...layers.map(({ mean }) => mean)],
    ...(few ? {} : { errors: [zeros(input.rows, input.columns), ...layers.map(({ error }) => error)] }),
  };
}

/** Kernels of new points; only dense layers are passed through here. */
export function ofNewPoints(
  problem: Problem,
  run: SamplingRun,
  compute: Compute,
): Pick<KernelPosterior, 'testKernels' | 'testCovariances'> {
  if (untreated(problem.network, '', ['activations'])) return { testKernels: () => undefined };
  return {
    testKernels: (xTest: Matrix) => keptKernels(problem, run, xTest, compute),
    testCovariances: (xTest: Matrix) => keptCovariances(problem, run, xTest, compute),
  };
}

const keptCovariances = (
  { network }: Problem,
  run: SamplingRun,
  xTest: Matrix,
  compute: Compute,
): Matrix[] => [
  architectureOf(network).input.kernel(xTest, compute),
  ...new StoredNetworks(run.kept.arrays(), network, compute)
    .kernelsBetween(xTest, xTest)
    .map(({ mean }) => mean),
];

/** What of the problem's own test points a file keeps. */
export const testState = ({
  mean,
  meanError,
  variance,
  probabilities,
  probabilitiesError,
}: TestOutputs): SavedState => ({
  test_mean: mean,
  test_mean_se: meanError,
  test_variance: columnMatrix(variance),
  ...(probabilities && probabilitiesError
    ? { test_probabilities: probabilities, test_probabilities_se: probabilitiesError }
    : {}),
});

/**
 * The posterior of networks that a file kept: predictions by them, except at the problem's own points, where
 * those of all draws are known.
 */
export function restoredNetworks(
  fields: PosteriorFields,
  state: SavedState,
  run: SamplingRun,
  compute: Compute,
): KernelPosterior {
  const { problem } = fields;
  const { data } = problem;
  restoreNetworks(run, state);
  const {
    train_mean: mean,
    train_mean_se: error,
    test_mean: testMean,
    test_mean_se: testError,
    test_variance: variance,
  } = state;
  const right = [mean, error].every(
    (matrix) => matrix?.rows === data.y.rows && matrix.columns === data.y.columns,
  );
  if (!right) throw new InputError('damaged: the outputs on training points are missing or of another size');
  const { test_probabilities: probabilities, test_probabilities_se: probabilitiesError } = state;
  const chances = probabilities && probabilitiesError ? { probabilities, probabilitiesError } : {};
  const known = testMean && testError && variance;
  const test = known
    ? { mean: testMean, meanError: testError, variance: variance.data, ...chances }
    : undefined;
  return {
    ...createPosterior(fields, (_, below) => below, compute),
    trainMean: () => mean,
    trainMeanError: error,
    networks: () => run.kept.arrays(),
    state: () => state,
    ...ofNewPoints(problem, run, compute),
    predict: (xTest: Matrix) =>
      test && data.xTest && sameEntries(xTest, data.xTest) ? test : run.kept.predict(xTest),
  };
}
