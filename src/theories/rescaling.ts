import type { CrossCovariance } from '../activations/crossGaussian.js';
import type { Compute } from '../numerics/compute.js';
import { NotPositiveDefiniteError } from '../numerics/errors.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import { nextRows, nngpKernels } from '../prior/nngpKernels.js';
import type { Problem } from '../problem/problem.js';
import { matrixSaddle, outputModes, scalarPosterior, scalarSaddle } from './orderParameter.js';
import { explainSingular } from './output.js';
import { type Convergence, createPosterior, type PosteriorFields } from './posterior.js';
import { type Extend, predictTest, predictTraining, type TestPrediction } from './predict.js';
import type { Theory } from './theory.js';

/** q (K − β) + β: the bias of the readout is not rescaled. */
function rescaled(kernel: Matrix, q: number, beta: number): Matrix {
  return { ...kernel, data: kernel.data.map((value) => q * (value - beta) + beta) };
}

function rescaledRows({ cross, own }: CrossCovariance, q: number, beta: number): CrossCovariance {
  return { cross: rescaled(cross, q, beta), own: own.map((value) => q * (value - beta) + beta) };
}

const product = (values: readonly number[]): number => values.reduce((total, value) => total * value, 1);

/** tr Q/n */
const meanDiagonal = (q: Matrix): number => {
  let sum = 0;
  for (let k = 0; k < q.rows; k++) sum += q.data[k * q.rows + k];
  return sum / q.rows;
};

interface Saddle {
  /** mean over outputs of the order parameter of each layer */
  readonly layers: number[];
  /** Q, n×n */
  readonly q: Matrix;
  readonly logEvidence: number;
  readonly residual: number;
  readonly details: Record<string, unknown>;
}

function solveSaddle(problem: Problem, kernel: Matrix, compute: Compute): Saddle {
  const { network, data } = problem;
  const { widths } = network;
  const constant = 0.5 * data.y.data.length * Math.log(2 * Math.PI);
  const modes = outputModes(problem, kernel, compute);
  if (data.y.columns === 1) {
    const { layers, action } = scalarSaddle(modes, widths);
    const exact = widths.length === 1 ? scalarPosterior(modes, widths[0]) : undefined;
    const q = zeros(1);
    q.data[0] = product(layers);
    return {
      layers,
      q,
      residual: 0,
      logEvidence: exact?.logEvidence ?? -action - constant,
      details: { orderParameters: layers, ...(exact ? { exact } : {}) },
    };
  }
  const { q, layers, action, residual } = matrixSaddle(modes, widths, compute);
  return {
    layers: layers.map(meanDiagonal),
    q,
    residual,
    logEvidence: -action - constant,
    details: {
      orderParameters: layers.map((layer) => rowsOf(layer)),
      product: rowsOf(q),
    },
  };
}

const rowsOf = ({ rows, columns, data }: Matrix): number[][] =>
  Array.from({ length: rows }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)]);

/** Predictions of each eigenvector of Q, whose outputs are independent, put together again. Variances are means over outputs. */
function predictors(fields: PosteriorFields, nngpRows: Extend, q: Matrix, compute: Compute) {
  const { problem, nngp } = fields;
  const { hiddenLayers, biasVariance } = problem.network;
  const beta = biasVariance[hiddenLayers];
  const { values, vectors } = compute.algebra.eigenSymmetric(q);
  const parts = Array.from(values, (value, k) => {
    const direction = { rows: 1, columns: q.rows, data: vectors.data.slice(k * q.rows, (k + 1) * q.rows) };
    const y = compute.algebra.gemm(problem.data.y, direction, { transposeB: true });
    const part = {
      ...fields,
      problem: { ...problem, data: { ...problem.data, y } },
      effective: rescaled(nngp[hiddenLayers], value, beta),
    };
    const extend: Extend = (l, below) => {
      const rows = nngpRows(l, below);
      return l === hiddenLayers ? rescaledRows(rows, value, beta) : rows;
    };
    return { part, extend, direction };
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
      const predictions = parts.map(({ part, extend }) => predictTest(part, extend, xTest, compute));
      const variance = new Float64Array(xTest.rows);
      for (const prediction of predictions) {
        for (let t = 0; t < variance.length; t++) variance[t] += prediction.variance[t] / parts.length;
      }
      return { mean: combine(predictions.map(({ mean }) => mean)), variance };
    },
  };
}

/**
 * Kernels keep their shape and change their size (Li and Sompolinsky 2021; Pacelli et al. 2023): f | Q ~ N(0, Q⊗K⁽ᴸ⁾), Q = ∏Q_l, at its
 * saddle; exact for deep linear networks with P/N fixed. For one hidden layer and one output the posterior of Q itself is integrated.
 */
export const rescaling: Theory = {
  name: 'rescaling',
  summary: 'kernels of fixed shape, rescaled by one order parameter a layer',
  matrices: ({ network }) => network.hiddenLayers + 10,
  *iterate(problem, compute) {
    const { network, data } = problem;
    const nngp = nngpKernels(network, data.x, compute);
    yield { iteration: 0, residual: 0, widthScale: 1, fraction: 0.3, stage: 'kernels' };
    try {
      const saddle = solveSaddle(problem, nngp[network.hiddenLayers], compute);
      const kernels = nngp.map((kernel, l) =>
        l === 0 ? kernel : rescaled(kernel, product(saddle.layers.slice(0, l)), network.biasVariance[l]),
      );
      kernels[network.hiddenLayers] = rescaled(
        nngp[network.hiddenLayers],
        meanDiagonal(saddle.q),
        network.biasVariance[network.hiddenLayers],
      );
      const converged = saddle.residual < 1e-9;
      const convergence: Convergence = {
        converged,
        residual: saddle.residual,
        iterations: 1,
        widths: network.widths,
        ...(converged ? {} : { message: 'the equation of the order parameter did not settle' }),
      };
      const { logEvidence, details } = saddle;
      const fields = { theory: 'rescaling', problem, nngp, kernels, convergence, logEvidence, details };
      const nngpRows: Extend = (l, below) => nextRows(network, l, nngp[l - 1], below, compute);
      return { ...createPosterior(fields, nngpRows, compute), ...predictors(fields, nngpRows, saddle.q, compute) };
    } catch (error) {
      throw error instanceof NotPositiveDefiniteError ? explainSingular(error, problem) : error;
    }
  },
};
