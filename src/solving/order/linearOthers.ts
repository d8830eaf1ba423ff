import type { Compute } from '../../numerics/compute.js';
import type { Matrix } from '../../numerics/matrix.js';
import { linearKernelRows, linearTestCovariances } from '../../posterior/kernelRows.js';
import type { KernelPosterior } from '../../posterior/posterior.js';
import type { Problem } from '../../problem/problem.js';
import type { ModeMoments } from './modeMoments.js';
import { unseenFactors } from './orderPosterior.js';

/** Kernels of new points of deep linear networks, exactly: with the training points, and among each other. */
export const linearOthers = (
  problem: Problem,
  kernels: readonly Matrix[],
  moments: ModeMoments,
  compute: Compute,
): Pick<KernelPosterior, 'testKernels'> & Required<Pick<KernelPosterior, 'testCovariances'>> => ({
  testKernels: (xTest) => ({ kernels: linearKernelRows(problem, kernels, xTest as Matrix, compute) }),
  testCovariances: (xTest) => {
    const unseen = unseenFactors(problem.network, problem.data.y.columns, moments);
    return linearTestCovariances(problem, kernels, unseen, xTest as Matrix, compute);
  },
});
