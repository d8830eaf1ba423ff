import type { Matrix } from '../numerics/matrix.js';
import type { Solved } from './summary.js';

/** Arrays of kernels.npz (docs/problem-file.md, Results). */
export function kernelArrays({ posterior }: Solved): Record<string, Matrix> {
  const { kernels, nngp, conjugates, uncertainty, effective } = posterior;
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
  return arrays;
}

/** Arrays of predictions.npz: on training points, and mean and variance at test points; Monte Carlo standard errors where known. */
export function predictionArrays({ posterior, trainMean, test }: Solved): Record<string, Matrix> {
  const { trainMeanError } = posterior;
  const arrays: Record<string, Matrix> = { train_mean: trainMean };
  if (trainMeanError) arrays.train_mean_se = trainMeanError;
  if (!test) return arrays;
  arrays.mean = test.mean;
  arrays.variance = { rows: test.variance.length, columns: 1, data: test.variance };
  if (test.meanError) arrays.mean_se = test.meanError;
  return arrays;
}
