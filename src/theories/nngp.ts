import { smallestArchitecture } from '../architecture/samePositions.js';
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
 * exact). Of pairs at the same position alone where the network needs no others (`smallestArchitecture`).
 * Evidence is computed when it is read first, and where kernel and noise are singular says so then.
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
    const posterior = createPosterior(
      fields,
      nngpRows(network, kernels, compute, architecture),
      compute,
      architecture.input,
    );
    const testCovariances = (xTest: Inputs) => nngpKernels(network, xTest as Matrix, compute, architecture);
    return joined(posterior, { testCovariances });
  },
};
