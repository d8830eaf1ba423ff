import { smallestArchitecture } from '../architecture/samePositions.js';
import { likelihoodOf, outputMatrices } from '../likelihood/likelihoodOf.js';
import type { Compute } from '../numerics/compute.js';
import type { Matrix } from '../numerics/matrix.js';
import { createPosterior } from '../posterior/posterior.js';
import { explainSingular } from '../posterior/singularKernel.js';
import { nngpKernels, nngpRows } from '../prior/nngpKernels.js';
import type { Problem } from '../problem/problem.js';
import type { NoOptions } from './option.js';
import { kernelTerms } from './sharedCosts.js';
import type { Theory } from './theory.js';

function evidenceOf(problem: Problem, kernels: readonly Matrix[], compute: Compute): number {
  try {
    return likelihoodOf(problem).logEvidence(kernels[kernels.length - 1], compute.algebra);
  } catch (error) {
    throw explainSingular(error, problem);
  }
}

/**
 * The limit N → ∞: kernels fixed by the prior, K⁽ˡ⁾ = g_l K(K⁽ˡ⁻¹⁾) + β_l, no feature learning (theory §3,
 * exact). Of pairs at the same position alone where the network needs no others (`smallestArchitecture`).
 */
export const nngp: Theory<'nngp', NoOptions> = {
  name: 'nngp',
  summary: 'infinite width: a Gaussian process with fixed kernels',
  treats: ['activations', 'convolution', 'average', 'residual', 'own'],
  likelihoods: ['logistic', 'softmax'],
  samePositions: true,
  matrices: (problem) => problem.network.hiddenLayers + 3 + outputMatrices(problem),
  cost: { terms: kernelTerms, seconds: [0.00029, 2.9e-8, 6.5e-11] },
  *iterate(problem, compute) {
    const { network, data } = problem;
    const architecture = smallestArchitecture(network);
    const kernels = nngpKernels(network, data.x, compute, architecture);
    yield { iteration: 1, residual: 0, widthScale: 1, fraction: 1, stage: 'kernels' };
    const convergence = { converged: true, residual: 0, iterations: 1, widthScale: 1 };
    const fields = {
      theory: 'nngp',
      problem,
      kernels,
      nngp: kernels,
      convergence,
      logEvidence: evidenceOf(problem, kernels, compute),
    };
    const extend = nngpRows(network, kernels, compute, architecture);
    return {
      ...createPosterior(fields, extend, compute, architecture.input),
      testCovariances: (xTest: Matrix) => nngpKernels(network, xTest, compute, architecture),
    };
  },
};
