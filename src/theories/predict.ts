import type { CrossCovariance } from '../activations/crossGaussian.js';
import type { Compute } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import { block, type Matrix, transpose, zeros } from '../numerics/matrix.js';
import { gain, type Network } from '../problem/problem.js';
import { explainSingular, solveOutput } from './output.js';
import type { PosteriorFields } from './posterior.js';

/** Layer l of new points from layer l − 1: they are rows with C̃ = 0, which the training points move (theory §6). */
export type Extend = (l: number, below: CrossCovariance) => CrossCovariance;

/** Predictions at T new points, n outputs each, in units of the targets of the problem. */
export interface TestPrediction {
  /** T×n */
  readonly mean: Matrix;
  /** T, of the noiseless output: add κ for observations */
  readonly variance: Float64Array;
  /** Monte Carlo standard error of the mean, T×n, where known */
  readonly meanError?: Matrix;
}

/** Test points treated at once, to bound memory. */
export const POINTS_AT_ONCE = 256;

const outputKernel = ({ effective, kernels }: PosteriorFields): Matrix => effective ?? kernels[kernels.length - 1];

/** C(C+κ)⁻¹Y */
export function predictTraining(posterior: PosteriorFields, compute: Compute): Matrix {
  const kernel = outputKernel(posterior);
  try {
    return compute.algebra.gemm(kernel, solveOutput(posterior.problem, kernel, compute).dual);
  } catch (error) {
    const prior = posterior.nngp.at(-1);
    throw explainSingular(error, posterior.problem, kernel === prior ? undefined : prior);
  }
}

/** g₀ X_*Xᵀ/D + β₀ and g₀ |x_*|²/D + β₀ */
export function inputRows(network: Network, x: Matrix, xTest: Matrix, { algebra }: Compute): CrossCovariance {
  const scale = gain(network, 0) / x.columns;
  const shift = network.biasVariance[0];
  const cross = algebra.gemm(xTest, x, { transposeB: true, alpha: scale });
  for (let i = 0; i < cross.data.length; i++) cross.data[i] += shift;
  const own = new Float64Array(xTest.rows);
  for (let t = 0; t < xTest.rows; t++) {
    for (let j = t * x.columns; j < (t + 1) * x.columns; j++) own[t] += scale * xTest.data[j] ** 2;
    own[t] += shift;
  }
  return { cross, own };
}

/** mean = C_*ᵗ(C+κ)⁻¹Y, variance = C_** − C_*(C+κ)⁻¹C_*ᵀ, in blocks of test points. */
export function predictTest(posterior: PosteriorFields, extend: Extend, xTest: Matrix, compute: Compute): TestPrediction {
  const { network, data } = posterior.problem;
  const p = data.x.rows;
  const n = data.y.columns;
  const output = solveOutput(posterior.problem, outputKernel(posterior), compute);
  const mean = zeros(xTest.rows, n);
  const variance = new Float64Array(xTest.rows);
  for (let from = 0; from < xTest.rows; from += POINTS_AT_ONCE) {
    const to = Math.min(xTest.rows, from + POINTS_AT_ONCE);
    let rows = inputRows(network, data.x, block(xTest, [from, to], [0, xTest.columns]), compute);
    for (let l = 1; l <= network.hiddenLayers; l++) rows = extend(l, rows);
    mean.data.set(compute.algebra.gemm(rows.cross, output.dual).data, from * n);
    // C_* A⁻¹ C_*ᵀ = ‖L⁻¹ C_*ᵀ‖² point by point.
    const whitened = compute.algebra.solveTriangular(output.factor, transpose(rows.cross));
    for (let t = 0; t < to - from; t++) {
      let explained = 0;
      for (let i = 0; i < p; i++) explained += whitened.data[i * whitened.columns + t] ** 2;
      variance[from + t] = Math.max(0, rows.own[t] - explained);
    }
  }
  requireFinite(mean, variance);
  return { mean, variance };
}

/** Kernels so large that rounding hides the noise have covariances that no Gaussian has. @throws InputError naming the point */
function requireFinite(mean: Matrix, variance: Float64Array): void {
  const entry = mean.data.findIndex((value) => !Number.isFinite(value));
  const t = entry >= 0 ? Math.floor(entry / mean.columns) : variance.findIndex((value) => !Number.isFinite(value));
  if (t < 0) return;
  const advice = 'kernels are too large beside the noise for double precision: lower weightVariance, or scale X';
  throw new InputError(`X_test: the prediction for row ${t} is no finite number; ${advice}`);
}
