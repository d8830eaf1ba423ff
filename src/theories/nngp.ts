import { likelihoodOf, outputMatrices } from '../likelihood/likelihoodOf.js';
import type { Compute } from '../numerics/compute.js';
import type { Matrix } from '../numerics/matrix.js';
import { joined, once } from '../posterior/later.js';
import { createPosterior } from '../posterior/posterior.js';
import { finiteEvidence } from '../posterior/requireFinite.js';
import { explainSingular } from '../posterior/singularKernel.js';
import { nngpKernels, nngpRows } from '../prior/nngpKernels.js';
import type { Problem } from '../problem/problem.js';
import type { Inputs } from '../problem/toMatrix.js';
import type { NoOptions } from './option.js';
import { kernelTerms } from './sharedCosts.js';
import type { Theory } from './theory.js';

function evidenceOf(problem: Problem, kernels: readonly Matrix[], compute: Compute): number {
  try {
    const logEvidence = likelihoodOf(problem).logEvidence(kernels[kernels.length - 1], compute.algebra);
    return finiteEvidence(logEvidence, 'nngp', problem);
  } catch (error) {
    throw explainSingular(error, problem);
  }
}

/**
 * The limit N → ∞: kernels fixed by the prior, K⁽ˡ⁾ = g_l K(K⁽ˡ⁻¹⁾) + β_l, no feature learning (theory §3,
 * exact). Evidence is computed when it is read first, and where kernel and noise are singular says so then.
 */
export const nngp: Theory<'nngp', NoOptions> = {
  name: 'nngp',
  summary: 'infinite width: a Gaussian process with fixed kernels',
  treats: ['activations', 'convolution', 'average', 'residual', 'own'],
  likelihoods: ['logistic', 'softmax'],
  matrices: (problem) => problem.network.hiddenLayers + 3 + outputMatrices(problem),
  cost: { terms: kernelTerms, seconds: [0.00029, 2.9e-8, 6.5e-11] },
  *iterate(problem, compute) {
    const { network, data } = problem;
    const kernels = nngpKernels(network, data.x, compute);
    yield { iteration: 1, residual: 0, widthScale: 1, fraction: 1, stage: 'kernels' };
    const convergence = { converged: true, residual: 0, iterations: 1, widths: network.widths };
    // A factorisation, which takes as long as all kernels.
    const evidence = once(() => evidenceOf(problem, kernels, compute));
    const fields = {
      theory: 'nngp',
      problem,
      kernels,
      nngp: kernels,
      convergence,
      get logEvidence() {
        return evidence();
      },
    };
    const posterior = createPosterior(fields, nngpRows(network, kernels, compute), compute);
    const testCovariances = (xTest: Inputs) => nngpKernels(network, xTest as Matrix, compute);
    return joined(posterior, { testCovariances });
  },
};
