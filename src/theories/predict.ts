import type { Compute } from '../numerics/compute.js';
import { block, diagonal, type Matrix, stackRows, zeros } from '../numerics/matrix.js';
import { explainSingular, inputKernel, solveOutput } from './layers.js';
import type { PosteriorFields } from './posterior.js';

/** C⁽ˡ⁾ from C⁽ˡ⁻¹⁾ and C̃⁽ˡ⁾, on any set of points that begins with the training points; undefined for C̃ = 0. */
export type Forward = (l: number, below: Matrix, conjugate: Matrix | undefined) => Matrix;

export interface TestPrediction {
  /** T×n */
  readonly mean: Matrix;
  /** T, of the noiseless output: add κ for observations */
  readonly variance: Float64Array;
}

/** C(C+κ)⁻¹Y */
export function predictTraining(posterior: PosteriorFields, compute: Compute): Matrix {
  const kernel = outputKernel(posterior);
  try {
    return compute.algebra.gemm(kernel, solveOutput(posterior.problem, kernel, compute).dual);
  } catch (error) {
    throw explainSingular(error, posterior.problem);
  }
}

const outputKernel = ({ effective, kernels }: PosteriorFields): Matrix => effective ?? kernels[kernels.length - 1];

/** `matrix` in the upper left corner of a size×size matrix of zeros. */
function padded(matrix: Matrix, size: number): Matrix {
  const result = zeros(size);
  for (let i = 0; i < matrix.rows; i++) {
    result.data.set(matrix.data.subarray(i * matrix.columns, (i + 1) * matrix.columns), i * size);
  }
  return result;
}

/** Replaces the training block, which the solution knows better than one more application of its equations. */
function withTrainingBlock(extended: Matrix, kernel: Matrix): Matrix {
  for (let i = 0; i < kernel.rows; i++) {
    extended.data.set(kernel.data.subarray(i * kernel.rows, (i + 1) * kernel.rows), i * extended.columns);
  }
  return extended;
}

/** The output kernel on training and new points together: the new ones are rows with C̃ = 0 (theory §6). */
function extendOutput(posterior: PosteriorFields, forward: Forward, x: Matrix, compute: Compute): Matrix {
  const { problem, kernels, conjugates, effective } = posterior;
  const all = stackRows(problem.data.x, x);
  let extended = inputKernel(problem.network, all, compute);
  for (let l = 1; l < kernels.length; l++) {
    const conjugate = conjugates?.[l];
    const next = forward(l, extended, conjugate && padded(conjugate, all.rows));
    const last = l === kernels.length - 1;
    extended = withTrainingBlock(next, last ? (effective ?? kernels[l]) : kernels[l]);
  }
  return extended;
}

/** mean = C_*ᵗ(C+κ)⁻¹Y, variance = C_** − C_*(C+κ)⁻¹C_*ᵀ, in blocks of test points to bound memory. */
export function predictTest(posterior: PosteriorFields, forward: Forward, xTest: Matrix, compute: Compute): TestPrediction {
  const { problem } = posterior;
  const p = problem.data.x.rows;
  const n = problem.data.y.columns;
  const output = solveOutput(problem, outputKernel(posterior), compute);
  const mean = zeros(xTest.rows, n);
  const variance = new Float64Array(xTest.rows);
  const step = Math.max(64, p);
  for (let from = 0; from < xTest.rows; from += step) {
    const to = Math.min(xTest.rows, from + step);
    const extended = extendOutput(posterior, forward, block(xTest, [from, to], [0, xTest.columns]), compute);
    const cross = block(extended, [p, extended.rows], [0, p]);
    mean.data.set(compute.algebra.gemm(cross, output.dual).data, from * n);
    // C_* A⁻¹ C_*ᵀ = ‖L⁻¹ C_*ᵀ‖² column by column.
    const whitened = compute.algebra.solveTriangular(output.factor, block(extended, [0, p], [p, extended.rows]));
    const own = diagonal(extended);
    for (let t = 0; t < to - from; t++) {
      let explained = 0;
      for (let i = 0; i < p; i++) explained += whitened.data[i * whitened.columns + t] ** 2;
      variance[from + t] = Math.max(0, own[p + t] - explained);
    }
  }
  return { mean, variance };
}
