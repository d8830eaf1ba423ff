import { predictedClasses } from '../measures/prediction.js';
import type { Compute } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';
import type { KernelPosterior, TestKernels } from '../posterior/posterior.js';
import type { TestPrediction } from '../posterior/predict.js';
import type { Data } from '../problem/problem.js';
import { inTargetUnits } from '../problem/standardize.js';
import { theoryByName } from '../theories/registry.js';
import { requireRoom } from '../theories/requirements.js';
import type { SolvedTheory } from './summary.js';

/** Arrays of kernels.npz (docs/problem-file.md, Results). */
export function kernelArrays({ posterior }: Pick<SolvedTheory, 'posterior'>): Record<string, Matrix> {
  const { kernels, nngp, conjugates, uncertainty, effective, problem } = posterior;
  const arrays: Record<string, Matrix> = {};
  kernels.forEach((kernel, l) => {
    arrays[`kernel_${l}`] = kernel;
  });
  nngp.forEach((kernel, l) => {
    if (l > 0) arrays[`nngp_${l}`] = kernel;
  });
  conjugates?.forEach((conjugate, l) => {
    if (conjugate) arrays[`conjugate_${l}`] = conjugate;
  });
  uncertainty?.kernels.forEach((error, l) => {
    arrays[`kernel_${l}_se`] = error;
  });
  if (effective) arrays.effective = effective;
  if (!problem.data.xTest) return arrays;
  const test = posterior.testKernels(problem.data.xTest);
  return test ? { ...arrays, ...testKernelArrays(test) } : arrays;
}

/** kernel_l_test and kernel_l_test_se: training points and new ones, P×T. */
export function testKernelArrays({ kernels, errors = [] }: TestKernels): Record<string, Matrix> {
  const named = (ending: string, matrices: readonly Matrix[]) =>
    matrices.map((matrix, l) => [`kernel_${l}_${ending}`, matrix]);
  return Object.fromEntries([...named('test', kernels), ...named('test_se', errors)]);
}

/**
 * kernel_l_test_test of kernels.npz: test points among each other, T×T.
 * @throws InputError for theories that know them one by one; MemoryError if all points together do not fit
 */
export function testCovarianceArrays(posterior: KernelPosterior, compute: Compute): Record<string, Matrix> {
  const { problem, theory } = posterior;
  const { x, xTest } = problem.data;
  if (!posterior.testCovariances || !xTest)
    throw new InputError(
      `theory ${theory}: --test-covariance: it knows test points one by one; leave it out, or take sampled`,
    );
  const all = { ...problem, data: { ...problem.data, x: { ...x, rows: x.rows + xTest.rows } } };
  requireRoom(theoryByName(theory), all, compute, {}, '--test-covariance');
  return Object.fromEntries(
    posterior.testCovariances(xTest).map((kernel, l) => [`kernel_${l}_test_test`, kernel]),
  );
}

/**
 * Arrays of predictions.npz, in the units of the targets as given: on training points, and mean and variance
 * at test points; Monte Carlo standard errors where known.
 */
export function predictionArrays({
  posterior,
  trainMean,
  test,
}: Pick<SolvedTheory, 'trainMean' | 'test'> & {
  readonly posterior: Pick<KernelPosterior, 'trainMeanError' | 'problem'>;
}): Record<string, Matrix> {
  const { trainMeanError, problem } = posterior;
  const { classes, targetScale: scale } = problem.data;
  const arrays: Record<string, Matrix> = { train_mean: inTargetUnits(trainMean, scale) };
  if (trainMeanError) arrays.train_mean_se = inTargetUnits(trainMeanError, scale, false);
  if (classes) arrays.train_class = predictedClasses(trainMean);
  return test ? { ...arrays, ...testArrays(problem.data, test) } : arrays;
}

/** The part of them that is about new points. */
export function testArrays(
  { classes, targetScale: scale }: Data,
  test: TestPrediction,
): Record<string, Matrix> {
  const square = (scale?.deviation ?? 1) ** 2;
  return {
    mean: inTargetUnits(test.mean, scale),
    variance: { rows: test.variance.length, columns: 1, data: test.variance.map((value) => square * value) },
    ...(test.probabilities ? { probabilities: test.probabilities } : {}),
    ...(test.probabilitiesError ? { probabilities_se: test.probabilitiesError } : {}),
    ...(test.meanError ? { mean_se: inTargetUnits(test.meanError, scale, false) } : {}),
    ...(classes ? { class: predictedClasses(test.mean) } : {}),
  };
}
