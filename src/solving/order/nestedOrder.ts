import { denseLayer, denseLayers } from '../../architecture/denseLayer.js';
import { gaussianOf } from '../../likelihood/gaussian.js';
import type { Compute } from '../../numerics/compute.js';
import { sumOf } from '../../numerics/entrywise.js';
import { NotPositiveDefiniteError } from '../../numerics/errors.js';
import { logGammaDensity } from '../../numerics/gammaProduct.js';
import { gaussHermite, productRule } from '../../numerics/gaussHermite.js';
import type { Objective } from '../../numerics/lbfgs.js';
import { addScaled, inner, type Matrix, zeros } from '../../numerics/matrix.js';
import { curvature, peak } from '../../numerics/peak.js';
import type { Convergence } from '../../posterior/fields.js';
import { kernelRows } from '../../posterior/kernelRows.js';
import { createPosterior, type KernelPosterior, type TestKernels } from '../../posterior/posterior.js';
import type { TestPrediction } from '../../posterior/predict.js';
import { pathBy } from '../../posterior/rowPath.js';
import type { Problem } from '../../problem/problem.js';
import type { Progress } from '../progress.js';
import { averageOrder, orderVerdict } from './orderAverage.js';
import { type OrderChain, rescaled } from './orderChain.js';
import { outputModes } from './orderParameter.js';
import { orderPredictors, scalarMoments } from './orderPosterior.js';

/** Hidden layers whose order parameters a product rule can average over. */
export const MOST_LAYERS = 6;
/**
 * Nodes of one coordinate, refined until ln p(Y|X) changes by less than this, or the product has too many.
 */
const ORDERS = [2, 3, 5, 8, 12, 18, 26];
const TOLERANCE = 1e-7;
const MOST_NODES = 600;
/** Share of a rule or of the posterior below which a node is left out. */
const NEGLIGIBLE = 1e-13;
/** Error of ln p(Y|X) up to which the average counts as taken. */
const CONVERGED = 1e-3;

/** Where the order parameters are most likely, in ln Q. */
export interface OrderSaddle {
  /** ln Q_1 … ln Q_L */
  readonly x: Float64Array;
  /** Cholesky factor of the curvature of the action there */
  readonly factor: Matrix;
  readonly orders: number[];
}

/**
 * Σ (N_l/2)(Q_l − 1 − ln Q_l) − ln N(Y|0, K⁽ᴸ⁾(Q) + κ) and its gradient in ln Q; infinite where the kernel is
 * no covariance.
 */
function actionOf(problem: Problem, chain: OrderChain, compute: Compute): Objective {
  const { hiddenLayers } = problem.network;
  const { beta } = denseLayer(problem.network, hiddenLayers);
  const widths = denseLayers(problem.network).map(({ width }) => width);
  return (x, gradient) => {
    const orders = Array.from(x, Math.exp);
    const last = orders[hiddenLayers - 1];
    const kernels = chain.kernels(orders.slice(0, -1));
    const top = rescaled(kernels[hiddenLayers], last, beta);
    try {
      const conjugate = gaussianOf(problem).conjugate(top, compute.algebra);
      const source = { ...conjugate, data: conjugate.data.map((value) => last * value) };
      const slopes = chain.slopes(orders.slice(0, -1), kernels, source);
      slopes.push(inner(conjugate, top) - beta * sumOf(conjugate));
      orders.forEach((q, l) => {
        gradient[l] = 0.5 * widths[l] * (q - 1) - slopes[l];
      });
      const rates = orders.reduce((sum, q, l) => sum + 0.5 * widths[l] * (q - 1 - x[l]), 0);
      return rates - gaussianOf(problem).logEvidence(top, compute.algebra);
    } catch (error) {
      if (!(error instanceof NotPositiveDefiniteError)) throw error;
      return Number.POSITIVE_INFINITY;
    }
  };
}

export function orderSaddle(problem: Problem, chain: OrderChain, compute: Compute): OrderSaddle {
  const action = actionOf(problem, chain, compute);
  const x = peak(action, new Float64Array(problem.network.hiddenLayers), 1e-9);
  return { x, factor: curvature(action, x, compute.algebra), orders: Array.from(x, Math.exp) };
}

/** A node of p(Q_1 … Q_{L−1}|Y). */
interface Node {
  readonly orders: number[];
  /** posterior probability */
  readonly weight: number;
}

interface HiddenAverage {
  readonly nodes: Node[];
  readonly logEvidence: number;
  /** change of ln p(Y|X) by the last refinement */
  readonly residual: number;
  readonly evaluations: number;
}

/** Everything about fixed Q_1 … Q_{L−1}: there the model is that of one order parameter. */
function atNode(problem: Problem, kernels: readonly Matrix[], compute: Compute) {
  const modes = outputModes(problem, kernels[kernels.length - 1], compute);
  const { width } = denseLayer(problem.network, problem.network.hiddenLayers);
  return { modes, average: averageOrder(modes, [width]) };
}

/** Whether a kernel is a covariance but for rounding. */
function isCovariance(kernel: Matrix, { algebra }: Compute): boolean {
  const { values } = algebra.eigenSymmetric(kernel);
  return values[0] >= -1e-9 * values[values.length - 1];
}

/** p(Q_1 … Q_{L−1}|Y) by Gauss–Hermite rules fitted to its peak, of more and more nodes. */
function* averageHidden(
  problem: Problem,
  chain: OrderChain,
  { x, factor }: OrderSaddle,
  compute: Compute,
): Generator<Progress, HiddenAverage, void> {
  const { algebra } = compute;
  const d = x.length - 1;
  const layers = denseLayers(problem.network);
  const spread = leadingSpread(factor, compute);
  const logVolume = 0.5 * d * Math.log(2 * Math.PI) + spread.logDeterminant;
  let previous = Number.NaN;
  for (let k = d > 3 ? 0 : 1, evaluations = 0; ; k++) {
    const last = d === 0 || k + 1 === ORDERS.length || ORDERS[k + 1] ** d > MOST_NODES;
    const rule = productRule(gaussHermite(d === 0 ? 1 : ORDERS[k], algebra), d, NEGLIGIBLE);
    const points: { orders: number[]; value: number }[] = [];
    for (const { z, weight } of rule) {
      const logs = spread.point(z, x);
      const orders = logs.map(Math.exp);
      const prior = logs.reduce((sum, log, l) => sum + logGammaDensity(log, 0.5 * layers[l].width), 0);
      const square = z.reduce((sum, value) => sum + value * value, 0);
      const evidence = evidenceAt(problem, chain, orders, compute);
      points.push({ orders, value: Math.log(weight) + 0.5 * square + logVolume + prior + evidence });
      evaluations++;
      const fraction = 0.1 + 0.6 * (points.length / rule.length);
      yield {
        iteration: evaluations,
        residual: previous,
        widthScale: 1,
        fraction,
        stage: 'order parameters',
      };
    }
    const top = points.reduce((most, { value }) => Math.max(most, value), Number.NEGATIVE_INFINITY);
    const mass = points.reduce((sum, { value }) => sum + Math.exp(value - top), 0);
    const logEvidence = top + Math.log(mass);
    const residual = d === 0 ? 0 : Math.abs(logEvidence - previous);
    if (last || residual < TOLERANCE) {
      const all = points.map(({ orders, value }) => ({ orders, weight: Math.exp(value - top) / mass }));
      return { nodes: all.filter(({ weight }) => weight > NEGLIGIBLE), logEvidence, residual, evaluations };
    }
    previous = logEvidence;
  }
}

/** ln p(Y|X, Q_1 … Q_{L−1}); −∞ where the kernel is no covariance, so that these have no weight. */
function evidenceAt(
  problem: Problem,
  chain: OrderChain,
  orders: readonly number[],
  compute: Compute,
): number {
  const kernels = chain.kernels(orders);
  if (chain.mayFail && !isCovariance(kernels[kernels.length - 1], compute)) return Number.NEGATIVE_INFINITY;
  return atNode(problem, kernels, compute).average.logEvidence;
}

/** Of a Gaussian with precision F Fᵀ in L coordinates, the first L − 1: x + T z with z standard normal. */
function leadingSpread(factor: Matrix, { algebra }: Compute) {
  const n = factor.rows;
  const d = n - 1;
  const covariance = algebra.choleskyInverse(factor);
  const leading = zeros(d);
  for (let i = 0; i < d; i++)
    for (let j = 0; j < d; j++) leading.data[i * d + j] = covariance.data[i * n + j];
  const root = d > 0 ? algebra.cholesky(leading) : leading;
  let logDeterminant = 0;
  for (let i = 0; i < d; i++) logDeterminant += Math.log(root.data[i * d + i]);
  const point = (z: readonly number[], x: Float64Array): number[] =>
    z.map(
      (_, i) => x[i] + z.slice(0, i + 1).reduce((sum, value, j) => sum + root.data[i * d + j] * value, 0),
    );
  return { logDeterminant, point };
}

/** One output: evidence, kernels and predictions are averages over all order parameters. */
export function* nestedPosterior(
  problem: Problem,
  nngp: readonly Matrix[],
  chain: OrderChain,
  details: Readonly<Record<string, unknown>>,
  compute: Compute,
): Generator<Progress, KernelPosterior, void> {
  const { network } = problem;
  const { hiddenLayers } = network;
  const { beta } = denseLayer(network, hiddenLayers);
  const saddle = orderSaddle(problem, chain, compute);
  const { nodes, logEvidence, residual, evaluations } = yield* averageHidden(problem, chain, saddle, compute);
  const kernels = nngp.map((kernel, l) => (l === 0 ? kernel : zeros(kernel.rows)));
  const trainMean = zeros(problem.data.y.rows, 1);
  const predictorsAt = (orders: readonly number[]) => {
    const here = chain.kernels(orders);
    const { modes, average } = atNode(problem, here, compute);
    const moments = scalarMoments(average, problem, modes, 0, compute);
    return {
      here,
      mean: average.mean,
      ...orderPredictors({ problem }, chain.rows(orders, here), modes, moments, compute),
    };
  };
  for (const [k, { orders, weight }] of nodes.entries()) {
    const { here, mean, ...predictors } = predictorsAt(orders);
    for (let l = 1; l < hiddenLayers; l++) addScaled(kernels[l], weight, here[l]);
    addScaled(kernels[hiddenLayers], weight, rescaled(here[hiddenLayers], mean, beta));
    addScaled(trainMean, weight, predictors.trainMean());
    const fraction = 0.7 + (0.3 * k) / nodes.length;
    yield { iteration: evaluations, residual, widthScale: 1, fraction, stage: 'averages' };
  }
  const convergence: Convergence = {
    ...orderVerdict(residual, CONVERGED),
    residual,
    iterations: evaluations,
    widthScale: 1,
  };
  const told = { ...details, orderParameters: saddle.orders };
  const fields = { theory: 'rescaling', problem, nngp, kernels, convergence, logEvidence, details: told };
  return {
    ...createPosterior(fields, chain.rows(saddle.orders.slice(0, -1), nngp), compute),
    trainMean: () => trainMean,
    testKernels(xTest: Matrix): TestKernels {
      let sum: Matrix[] | undefined;
      for (const { orders, weight } of nodes) {
        const { here, mean } = predictorsAt(orders);
        const rows = kernelRows(problem, pathBy(problem, chain.rows(orders, here), compute), xTest);
        rows[hiddenLayers] = rescaled(rows[hiddenLayers], mean, beta);
        sum = rows.map((layer, l) => addScaled(sum?.[l] ?? zeros(layer.rows, layer.columns), weight, layer));
      }
      return { kernels: sum as Matrix[] };
    },
    /** The law of total variance over the nodes. */
    predict(xTest: Matrix): TestPrediction {
      const mean = zeros(xTest.rows, 1);
      const square = new Float64Array(xTest.rows);
      for (const { orders, weight } of nodes) {
        const here = predictorsAt(orders).predict(xTest);
        addScaled(mean, weight, here.mean);
        for (let t = 0; t < square.length; t++)
          square[t] += weight * (here.variance[t] + here.mean.data[t] ** 2);
      }
      return { mean, variance: square.map((value, t) => Math.max(0, value - mean.data[t] ** 2)) };
    },
  };
}
