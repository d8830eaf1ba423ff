import type { Compute } from '../numerics/compute.js';
import { nextRows, nngpKernels } from '../prior/nngpKernels.js';
import type { Problem } from '../problem/problem.js';
import { averageOrder } from './orderAverage.js';
import { outputModes } from './orderParameter.js';
import { linearConjugates, linearKernels, orderPredictors, scalarMoments } from './orderPosterior.js';
import { explainSingular } from './output.js';
import { createPosterior, type KernelPosterior } from './posterior.js';
import type { Extend } from './predict.js';
import type { Progress, Theory } from './theory.js';

/** Why a problem has no exact average here, if it has none. */
function refusal({ network, data }: Problem): string | undefined {
  const { activation, biasVariance, hiddenLayers } = network;
  if (activation.name !== 'linear') return `theory exactLinear: network.activation ${activation.name}; it must be linear`;
  const hidden = biasVariance.findIndex((beta, l) => l > 0 && l < hiddenLayers && beta > 0);
  if (hidden > 0) {
    return `theory exactLinear: network.biasVariance[${hidden}] ${biasVariance[hidden]}: only input (0) and readout (${hiddenLayers}) may have biases`;
  }
  if (data.y.columns > 1) return `theory exactLinear: ${data.y.columns} outputs; it treats one, take map or sampled`;
  return undefined;
}

/**
 * Deep linear networks, exactly, at any width and any number of samples. Given the weights above the input layer the output is Gaussian,
 * f | Q ~ N(0, Q K⁽ᴸ⁾) with Q = ∏Q_l, independent Q_l ~ Gamma(N_l/2, rate N_l/2) before the data (Li and Sompolinsky 2021; Hanin and Zlokapa 2023), so that every
 * posterior mean is a one-dimensional integral over Q.
 */
export const exactLinear: Theory = {
  name: 'exactLinear',
  summary: 'deep linear networks at any width: the exact average over all networks',
  refuses: refusal,
  matrices: ({ network }) => 5 * network.hiddenLayers + 12,
  *iterate(problem, compute) {
    try {
      return yield* solveScalar(problem, compute);
    } catch (error) {
      throw explainSingular(error, problem);
    }
  },
};

const progress = (fraction: number, stage: string): Progress => ({ iteration: 1, residual: 0, widthScale: 1, fraction, stage });

function* solveScalar(problem: Problem, compute: Compute): Generator<Progress, KernelPosterior, void> {
  const { network, data } = problem;
  yield progress(0, 'kernels');
  const nngp = nngpKernels(network, data.x, compute);
  const modes = outputModes(problem, nngp[network.hiddenLayers], compute);
  yield progress(0.1, 'order parameter');
  const average = averageOrder(modes, network.widths);
  yield progress(0.3, 'averages');
  const moments = scalarMoments(average, network, modes, compute);
  yield progress(0.6, 'kernels of the posterior');
  const kernels = linearKernels(network, nngp[0], modes, moments, compute);
  const conjugates = linearConjugates(network, modes, moments, compute);
  const { logEvidence, residual } = average;
  const convergence = { converged: residual < 1e-6, residual, iterations: average.nodes.length, widths: network.widths };
  const details = { order: { mean: average.mean, deviation: average.deviation } };
  const fields = { theory: 'exactLinear', problem, nngp, kernels, conjugates, convergence, logEvidence, details };
  const nngpRows: Extend = (l, below) => nextRows(network, l, nngp[l - 1], below, compute);
  return { ...createPosterior(fields, nngpRows, compute), ...orderPredictors(fields, nngpRows, modes, moments, compute) };
}
