import { denseLayers } from '../architecture/denseLayer.js';
import type { Compute } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import { drawAround } from '../numerics/importanceSampling.js';
import type { Matrix } from '../numerics/matrix.js';
import { createPosterior, type KernelPosterior } from '../posterior/posterior.js';
import type { Extend } from '../posterior/rowPath.js';
import { explainSingular } from '../posterior/singularKernel.js';
import { nextRows, nngpKernels } from '../prior/nngpKernels.js';
import type { Network, Problem } from '../problem/problem.js';
import { linearOthers } from '../solving/order/linearOthers.js';
import { combinedMoments, type ModeMoments, MomentSum } from '../solving/order/modeMoments.js';
import { averageOrder, orderVerdict } from '../solving/order/orderAverage.js';
import { outputModes } from '../solving/order/orderParameter.js';
import {
  biasInModes,
  linearConjugates,
  linearKernels,
  orderPredictors,
  scalarMoments,
} from '../solving/order/orderPosterior.js';
import { WishartPosterior } from '../solving/order/wishartPosterior.js';
import type { Progress } from '../solving/progress.js';
import { Repetitions } from '../solving/repetitions.js';
import { rowsOf } from './sharedCosts.js';
import { seed } from './sharedOptions.js';
import type { Theory } from './theory.js';

/** Entries of all Wishart matrices together that importance sampling may be tried on. */
const MOST_COORDINATES = 200;
/** Draws of them, in groups whose scatter gives standard errors. */
const DRAWS = 16_384;
const GROUPS = 16;
/** Draws that these must be worth. */
const LEAST_EFFECTIVE = 1000;

/** N_1 … N_L */
const widthsOf = (network: Network): number[] => denseLayers(network).map(({ width }) => width);

/** Why a problem has no exact average here, if it has none. */
function refusal({ network, data }: Problem): string | undefined {
  const layers = denseLayers(network);
  const depth = layers.length;
  const other = layers.find(({ activation }) => activation.name !== 'linear');
  if (other) return `theory exactLinear: network.activation ${other.activation.name}; it must be linear`;
  const biased = layers.findIndex(({ beta }, k) => k < depth - 1 && beta > 0);
  if (biased >= 0) {
    return `theory exactLinear: network.biasVariance[${biased + 1}] ${layers[biased].beta}: only input (0) and readout (${depth}) may have biases`;
  }
  const n = data.y.columns;
  const narrow = layers.find(({ width }) => width < n);
  if (n > 1 && narrow)
    return `theory exactLinear: network.width ${narrow.width}; of ${n} outputs every layer must have as many neurons, or take sampled`;
  const coordinates = (depth * n * (n + 1)) / 2;
  if (n > 1 && coordinates > MOST_COORDINATES)
    return `theory exactLinear: ${n} outputs and ${depth} layers are an average over ${coordinates} numbers; at most ${MOST_COORDINATES}, or take sampled`;
  return undefined;
}

/**
 * Deep linear networks, exactly, at any width and any number of points. Given the weights above the input
 * layer the output is Gaussian, f | Q ~ N(0, Q K⁽ᴸ⁾) with Q = ∏Q_l, independent Q_l ~ Gamma(N_l/2, rate
 * N_l/2) before the data (Li and Sompolinsky 2021; Hanin and Zlokapa 2023), so that every posterior mean is a
 * one-dimensional integral over Q.
 */
export const exactLinear: Theory<'exactLinear', typeof seed> = {
  name: 'exactLinear',
  summary: 'deep linear networks at any width: the exact average over all networks',
  options: seed,
  exact: 'closed',
  refuses: refusal,
  matrices: ({ network }) => 5 * network.hiddenLayers + 12,
  cost: {
    terms(problem) {
      const p = rowsOf(problem);
      return [1, problem.network.hiddenLayers * p ** 2, problem.network.hiddenLayers * p ** 3];
    },
    seconds: [0.058, 5.3e-7, 2.7e-9],
  },
  *iterate(problem, compute, options) {
    try {
      return yield* problem.data.y.columns === 1
        ? solveScalar(problem, compute)
        : solveOutputs(problem, compute, options.seed ?? 0);
    } catch (error) {
      throw explainSingular(error, problem);
    }
  },
};

const progress = (fraction: number, stage: string): Progress => ({
  iteration: 1,
  residual: 0,
  widthScale: 1,
  fraction,
  stage,
});

function* solveScalar(problem: Problem, compute: Compute): Generator<Progress, KernelPosterior, void> {
  const { network, data } = problem;
  yield progress(0, 'kernels');
  const nngp = nngpKernels(network, data.x, compute);
  const modes = outputModes(problem, nngp[network.hiddenLayers], compute);
  yield progress(0.1, 'order parameter');
  const average = averageOrder(modes, widthsOf(network));
  yield progress(0.3, 'averages');
  const moments = scalarMoments(average, problem, modes, network.hiddenLayers, compute);
  yield progress(0.6, 'kernels of the posterior');
  const kernels = linearKernels(network, nngp[0], modes, moments, compute);
  const conjugates = linearConjugates(network, modes, moments, compute);
  const { logEvidence, residual } = average;
  const convergence = {
    ...orderVerdict(residual),
    residual,
    iterations: average.nodes.length,
    widthScale: 1,
  };
  const details = { order: { mean: average.mean, deviation: average.deviation } };
  const fields = {
    theory: 'exactLinear',
    problem,
    nngp,
    kernels,
    conjugates,
    convergence,
    logEvidence,
    evidenceError: 0,
    details,
  };
  const nngpRows: Extend = (l, below) => nextRows(network, l, nngp[l - 1], below, compute);
  return {
    ...createPosterior(fields, nngpRows, compute),
    ...orderPredictors(fields, nngpRows, modes, moments, compute),
    ...linearOthers(problem, kernels, moments, compute),
  };
}

/**
 * Several outputs: f | Q ~ N(0, Q⊗K⁽ᴸ⁾), Q a product of Wishart matrices, by importance sampling with
 * standard errors.
 */
function* solveOutputs(
  problem: Problem,
  compute: Compute,
  seed: number,
): Generator<Progress, KernelPosterior, void> {
  const { network, data } = problem;
  yield progress(0, 'kernels');
  const nngp = nngpKernels(network, data.x, compute);
  const modes = outputModes(problem, nngp[network.hiddenLayers], compute);
  const posterior = new WishartPosterior(modes, widthsOf(network), compute.algebra);
  yield progress(0.1, 'Wishart matrices');
  const { points, logWeights } = drawAround(
    posterior.objective,
    posterior.start(),
    DRAWS,
    seed,
    compute.algebra,
  );
  const { logMean, effective } = normalised(logWeights);
  if (!(effective >= LEAST_EFFECTIVE)) {
    const worth = `${DRAWS} draws of the Wishart matrices are worth ${Math.floor(effective)}`;
    throw new InputError(
      `theory exactLinear: ${data.y.columns} outputs: ${worth}; at least ${LEAST_EFFECTIVE}, or take sampled`,
    );
  }
  const bias = biasInModes(network, modes, compute);
  const nngpRows: Extend = (l, below) => nextRows(network, l, nngp[l - 1], below, compute);
  const predictorsOf = (moments: ModeMoments) =>
    orderPredictors({ problem }, nngpRows, modes, moments, compute);
  const size = DRAWS / GROUPS;
  const groups: ModeMoments[] = [];
  const masses: number[] = [];
  let repetitions: Repetitions | undefined;
  for (let from = 0; from < DRAWS; from += size) {
    yield progress(0.3 + (0.6 * from) / DRAWS, 'averages');
    const own = normalised(logWeights.subarray(from, from + size));
    const sum = new MomentSum(modes, bias, network.hiddenLayers, compute);
    own.weights.forEach((weight, s) => {
      sum.add(posterior.sample(points[from + s], weight));
    });
    groups.push(sum.finish());
    masses.push(Math.exp(own.logMean - logMean) / GROUPS);
    const kernels = linearKernels(network, nngp[0], modes, groups[groups.length - 1], compute);
    repetitions ??= new Repetitions(kernels, data.y);
    repetitions.add({ kernels, evidence: own.logMean });
  }
  const moments = combinedMoments(groups, masses, bias);
  const kernels = linearKernels(network, nngp[0], modes, moments, compute);
  const conjugates = linearConjugates(network, modes, moments, compute);
  const convergence = {
    converged: true,
    residual: 0,
    iterations: DRAWS,
    widthScale: 1,
    judgedBy: `${Math.round(effective)} effective draws`,
  };
  const details = { order: { mean: moments.order }, effectiveDraws: effective };
  const uncertainty = repetitions?.uncertainty();
  const fields = {
    theory: 'exactLinear',
    problem,
    nngp,
    kernels,
    conjugates,
    convergence,
    logEvidence: logMean,
    evidenceError: 0,
    details,
  };
  const whole = predictorsOf(moments);
  const parts = groups.map(predictorsOf);
  return {
    ...createPosterior({ ...fields, ...(uncertainty ? { uncertainty } : {}) }, nngpRows, compute),
    ...whole,
    ...linearOthers(problem, kernels, moments, compute),
    trainMeanError: scatterOf(parts.map(({ trainMean }) => trainMean())),
    predict: (xTest: Matrix) => ({
      ...whole.predict(xTest),
      meanError: scatterOf(parts.map(({ predict }) => predict(xTest).mean)),
    }),
  };
}

/** Weights that add up to one, ln of their mean, and how many draws of equal weight they are worth (Kish). */
function normalised(logWeights: Float64Array) {
  const top = logWeights.reduce((largest, value) => Math.max(largest, value), Number.NEGATIVE_INFINITY);
  const weights = logWeights.map((value) => Math.exp(value - top));
  const mass = weights.reduce((sum, weight) => sum + weight, 0);
  const effective = mass ** 2 / weights.reduce((sum, weight) => sum + weight ** 2, 0);
  return {
    weights: weights.map((weight) => weight / mass),
    logMean: top + Math.log(mass / weights.length),
    effective,
  };
}

/** Standard error of the mean of independent matrices, entry by entry. */
function scatterOf(matrices: readonly Matrix[]): Matrix {
  const n = matrices.length;
  return {
    ...matrices[0],
    data: matrices[0].data.map((_, i) => {
      const mean = matrices.reduce((sum, { data }) => sum + data[i] / n, 0);
      return Math.sqrt(matrices.reduce((sum, { data }) => sum + (data[i] - mean) ** 2, 0) / (n * (n - 1)));
    }),
  };
}
