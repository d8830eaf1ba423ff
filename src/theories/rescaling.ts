import { denseLayer, denseLayers } from '../architecture/denseLayer.js';
import type { Compute } from '../numerics/compute.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import type { Convergence, PosteriorFields } from '../posterior/fields.js';
import { kernelRows } from '../posterior/kernelRows.js';
import { createPosterior, type KernelPosterior } from '../posterior/posterior.js';
import { predictTest, predictTraining, type TestPrediction } from '../posterior/predict.js';
import { type Extend, keepingLast, type PathOf, pathBy } from '../posterior/rowPath.js';
import { explainSingular } from '../posterior/singularKernel.js';
import { nextRows, nngpKernels } from '../prior/nngpKernels.js';
import type { Network, Problem } from '../problem/problem.js';
import { linearOthers } from '../solving/order/linearOthers.js';
import { MOST_LAYERS, nestedPosterior } from '../solving/order/nestedOrder.js';
import { averageOrder, type OrderAverage, orderVerdict } from '../solving/order/orderAverage.js';
import { fullChain, nestedChain, rescaled, rescaledRows } from '../solving/order/orderChain.js';
import {
  matrixSaddle,
  type OutputModes,
  outputModes,
  scalarSaddle,
} from '../solving/order/orderParameter.js';
import { linearKernels, orderPredictors, scalarMoments } from '../solving/order/orderPosterior.js';
import { choiceOption, type ValuesOf } from './option.js';
import { kernelTerms } from './sharedCosts.js';
import type { Theory } from './theory.js';

/** Where the order parameters stand: outside φ, inside it, or inside it to first order. */
const VARIANTS = ['vanilla', 'nested', 'full'] as const;
type Variant = (typeof VARIANTS)[number];

const options = {
  /**
   * where the order parameters stand: outside φ (vanilla, the default), inside it, or inside it to first
   * order (full)
   */
  variant: choiceOption(VARIANTS, {
    about: 'rescaling with its order parameters outside φ, inside, or inside to first order',
    otherwise: 'vanilla',
  }),
};
type Options = ValuesOf<typeof options>;

const product = (values: readonly number[]): number => values.reduce((total, value) => total * value, 1);

/** tr Q/n */
const meanDiagonal = (q: Matrix): number => {
  let sum = 0;
  for (let k = 0; k < q.rows; k++) sum += q.data[k * q.rows + k];
  return sum / q.rows;
};

const rowsOf = ({ rows, columns, data }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);

/**
 * Predictions of each eigenvector of Q, whose outputs are independent, put together again. Variances are
 * means over outputs.
 */
function predictors(fields: PosteriorFields, nngpRows: Extend, q: Matrix, compute: Compute) {
  const { problem, nngp } = fields;
  const { hiddenLayers } = problem.network;
  const { beta } = denseLayer(problem.network, hiddenLayers);
  const { values, vectors } = compute.algebra.eigenSymmetric(q);
  // The same for every direction, but for the factor of the last layer.
  const free = keepingLast(pathBy(problem, nngpRows, compute));
  const parts = Array.from(values, (value, k) => {
    const direction = { rows: 1, columns: q.rows, data: vectors.data.slice(k * q.rows, (k + 1) * q.rows) };
    const y = compute.algebra.gemm(problem.data.y, direction, { transposeB: true });
    const part = {
      ...fields,
      problem: { ...problem, data: { ...problem.data, y } },
      effective: rescaled(nngp[hiddenLayers], value, beta),
    };
    const pathOf: PathOf = (points) => {
      const path = free(points);
      return path.with(hiddenLayers, rescaledRows(path[hiddenLayers], value, beta));
    };
    return { part, pathOf, direction };
  });
  const combine = (means: readonly Matrix[]): Matrix => {
    const sum = zeros(means[0].rows, q.rows);
    means.forEach((mean, k) => {
      compute.algebra.gemm(mean, parts[k].direction, { beta: 1, into: sum });
    });
    return sum;
  };
  return {
    trainMean: () => combine(parts.map(({ part }) => predictTraining(part, compute))),
    predict(xTest: Matrix): TestPrediction {
      const predictions = parts.map(({ part, pathOf }) => predictTest(part, pathOf, xTest, compute));
      const variance = new Float64Array(xTest.rows);
      for (const prediction of predictions) {
        for (let t = 0; t < variance.length; t++) variance[t] += prediction.variance[t] / parts.length;
      }
      return { mean: combine(predictions.map(({ mean }) => mean)), variance };
    },
  };
}

/** E[Q_1 ⋯ Q_l | Y], l = 0 … L */
const meanProducts = ({ nodes }: OrderAverage): number[] =>
  Array.from(nodes[0].below, (_, l) => nodes.reduce((sum, { weight, below }) => sum + weight * below[l], 0));

/** Layers for which K⁽ᴸ⁾ − β_L is g_1 ⋯ g_L K⁽⁰⁾: then f | Q ~ N(0, QK') is the network itself. */
const isExact = ({ network }: Problem): boolean =>
  denseLayers(network).every(
    ({ activation, beta }, k, layers) =>
      activation.name === 'linear' && (k === layers.length - 1 || beta === 0),
  );

/** Kernels of fixed shape, each with the factor of its layer. */
const withFactors = (network: Network, kernels: readonly Matrix[], factors: readonly number[]): Matrix[] => [
  kernels[0],
  ...denseLayers(network).map(({ beta }, k) => rescaled(kernels[k + 1], factors[k + 1], beta)),
];

/** Covariances of new points with the training points and with each other, rescaled as the kernels are. */
function rescaledOthers(problem: Problem, nngpRows: Extend, factors: readonly number[], compute: Compute) {
  const { network } = problem;
  const scaled = (kernels: readonly Matrix[]) => withFactors(network, kernels, factors);
  return {
    testKernels: (xTest: Matrix) => ({
      kernels: scaled(kernelRows(problem, pathBy(problem, nngpRows, compute), xTest)),
    }),
    testCovariances: (xTest: Matrix) => scaled(nngpKernels(network, xTest, compute)),
  };
}

/** One output: everything averaged over p(Q|Y); the saddle is told beside it. */
function averaged(
  problem: Problem,
  nngp: readonly Matrix[],
  modes: OutputModes,
  nngpRows: Extend,
  compute: Compute,
): KernelPosterior {
  const { network } = problem;
  const widths = denseLayers(network).map(({ width }) => width);
  const saddle = scalarSaddle(modes, widths);
  const average = averageOrder(modes, widths);
  const moments = scalarMoments(
    average,
    problem,
    modes,
    isExact(problem) ? network.hiddenLayers : 0,
    compute,
  );
  const means = meanProducts(average);
  const kernels = isExact(problem)
    ? linearKernels(network, nngp[0], modes, moments, compute)
    : withFactors(network, nngp, means);
  const { logEvidence, mean, deviation, residual } = average;
  const convergence = {
    ...orderVerdict(residual),
    residual,
    iterations: average.nodes.length,
    widthScale: 1,
  };
  const details = {
    ...(saddle ? { orderParameters: saddle.layers } : {}),
    exact: { mean, deviation, logEvidence },
  };
  const neglected = isExact(problem) ? { evidenceError: 0 } : {};
  const fields = {
    theory: 'rescaling',
    problem,
    nngp,
    kernels,
    convergence,
    logEvidence,
    ...neglected,
    details,
  };
  const others = isExact(problem)
    ? linearOthers(problem, kernels, moments, compute)
    : rescaledOthers(problem, nngpRows, means, compute);
  return {
    ...createPosterior(fields, nngpRows, compute),
    ...orderPredictors(fields, nngpRows, modes, moments, compute),
    ...others,
  };
}

/** Several outputs: Q stands at its saddle. */
function atSaddle(
  problem: Problem,
  nngp: readonly Matrix[],
  modes: OutputModes,
  nngpRows: Extend,
  compute: Compute,
): KernelPosterior {
  const { network, data } = problem;
  const { hiddenLayers } = network;
  const widths = denseLayers(network).map(({ width }) => width);
  const { q, layers, action, residual } = matrixSaddle(modes, widths, compute);
  const sizes = layers.map(meanDiagonal);
  const factors = nngp.map((_, l) => (l === hiddenLayers ? meanDiagonal(q) : product(sizes.slice(0, l))));
  const kernels = withFactors(network, nngp, factors);
  const converged = residual < 1e-9;
  const convergence: Convergence = {
    converged,
    residual,
    iterations: 1,
    widthScale: 1,
    ...(converged ? {} : { message: 'the equation of the order parameter did not settle' }),
  };
  const logEvidence = -action - 0.5 * data.y.data.length * Math.log(2 * Math.PI);
  const details = { orderParameters: layers.map(rowsOf), product: rowsOf(q), at: 'saddle' };
  const fields = { theory: 'rescaling', problem, nngp, kernels, convergence, logEvidence, details };
  return {
    ...createPosterior(fields, nngpRows, compute),
    ...predictors(fields, nngpRows, q, compute),
    ...rescaledOthers(problem, nngpRows, factors, compute),
  };
}

/** Why a variant cannot treat a problem, if it cannot. */
function refusal({ network, data }: Problem, { variant = 'vanilla' }: Options = {}): string | undefined {
  if (variant === 'vanilla') return undefined;
  const who = `theory rescaling, variant ${variant}`;
  const { hiddenLayers } = network;
  if (data.y.columns > 1) return `${who}: ${data.y.columns} outputs; it knows one, take vanilla`;
  if (variant === 'full' && hiddenLayers > 2)
    return `${who}: network.hiddenLayers ${hiddenLayers}; it knows two, take nested`;
  if (hiddenLayers > MOST_LAYERS)
    return `${who}: network.hiddenLayers ${hiddenLayers}; at most ${MOST_LAYERS} can be averaged over, take vanilla`;
  return undefined;
}

/**
 * The variant asked for, unless the order parameter of the readout is the only one, or the model is the
 * network itself.
 */
function variantOf(problem: Problem, { variant = 'vanilla' }: Options): Variant {
  return problem.network.hiddenLayers === 1 || isExact(problem) ? 'vanilla' : variant;
}

/**
 * Kernels keep their shape and change their size (Li and Sompolinsky 2021; Pacelli et al. 2023): f | Q ~ N(0,
 * Q⊗K⁽ᴸ⁾), Q = ∏Q_l. One output: predictions, evidence and kernels, E[Q_1 ⋯ Q_l|Y] K⁽ˡ⁾, are averages over
 * p(Q|Y); for linear networks without hidden biases the model is the network itself and kernels are its
 * posterior means, which change their shape too. Several outputs: at the saddle of p(Q|Y).
 *
 * Variant `nested`: the order parameter inside φ, K⁽ˡ⁾ = Q_l g_l K(K⁽ˡ⁻¹⁾) + β_l; `full`, two layers: K⁽²⁾ =
 * Q_2[K⁽²⁾ + (Q_1 − 1) R K⁽¹⁾] + β_2, linear in Q_1. Both change the shape of kernels above the first; one
 * output.
 */
export const rescaling: Theory<'rescaling', typeof options> = {
  name: 'rescaling',
  summary: 'kernels of fixed shape, rescaled by one order parameter a layer',
  options,
  treats: ['activations'],
  refuses: refusal,
  matrices: (problem, options) =>
    variantOf(problem, options) === 'vanilla'
      ? (isExact(problem) ? 5 : 1) * problem.network.hiddenLayers + 12
      : 3 * problem.network.hiddenLayers + 20,
  cost: { terms: kernelTerms, seconds: [0.13, 4e-7, 1.6e-9] },
  *iterate(problem, compute, options) {
    const { network, data } = problem;
    const nngp = nngpKernels(network, data.x, compute);
    yield { iteration: 0, residual: 0, widthScale: 1, fraction: 0.1, stage: 'kernels' };
    try {
      const variant = variantOf(problem, options);
      if (variant !== 'vanilla') {
        const chain =
          variant === 'full' ? fullChain(problem, nngp, compute) : nestedChain(problem, nngp[0], compute);
        return yield* nestedPosterior(problem, nngp, chain, { variant }, compute);
      }
      const nngpRows: Extend = (l, below) => nextRows(network, l, nngp[l - 1], below, compute);
      const modes = outputModes(problem, nngp[network.hiddenLayers], compute);
      const solveFor = data.y.columns === 1 ? averaged : atSaddle;
      return solveFor(problem, nngp, modes, nngpRows, compute);
    } catch (error) {
      throw explainSingular(error, problem, nngp[network.hiddenLayers]);
    }
  },
};
