import { denseLayer } from '../../architecture/denseLayer.js';
import type { Compute } from '../../numerics/compute.js';
import { scale } from '../../numerics/entrywise.js';
import { NotPositiveDefiniteError } from '../../numerics/errors.js';
import { choleskySolve, logDeterminant } from '../../numerics/linearAlgebra.js';
import {
  addScaled,
  addToDiagonal,
  block,
  diagonal,
  fromRows,
  inner,
  type Matrix,
  release,
  transpose,
  zeros,
} from '../../numerics/matrix.js';
import { addTo, dot } from '../../numerics/vectors.js';
import type { Problem } from '../../problem/problem.js';

/**
 * Eigenvalues of the input kernel below this share of the largest are rounding: no neuron reaches these
 * directions.
 */
const NO_VARIANCE = 1e-14;
/** Length of what is left of (1 … 1), relative, that is rounding. */
const NO_ROOM = 1e-10;

/**
 * What a linear network sees of the data: all in coordinates of the space that its inputs, and biases if any,
 * span.
 */
export interface Seen {
  /** orthonormal columns that span it, P×q */
  readonly basis: Matrix;
  /** F, q×r, with C⁽⁰⁾ = (basis F)(basis F)ᵀ; r the rank of C⁽⁰⁾ */
  readonly root: Matrix;
  /** the coordinates of (1 … 1), q×1 */
  readonly ones: Matrix;
  /** the coordinates of the targets, q×n; the rest of them no kernel can explain */
  readonly y: Matrix;
}

/**
 * The eigenvectors of C⁽⁰⁾ with variance, and beside them what they leave of (1 … 1) where there are biases.
 */
export function seen({ network, data }: Problem, input: Matrix, { algebra }: Compute): Seen {
  const p = input.rows;
  const { values, vectors } = algebra.eigenSymmetric(input);
  const kept = [...values.keys()].filter((k) => values[k] > NO_VARIANCE * values[p - 1]);
  const columns = kept.map((k) => vectors.data.subarray(k * p, (k + 1) * p));
  const left = new Float64Array(p).fill(1);
  for (const column of columns) addTo(left, -dot(left, column), column);
  const norm = Math.sqrt(dot(left, left) / p);
  const biased = network.biasVariance.some((variance, l) => l > 0 && variance > 0);
  if (biased && norm > NO_ROOM) columns.push(left.map((value) => value / (norm * Math.sqrt(p))));
  const basis = transpose(fromRows(columns));
  const root = zeros(columns.length, kept.length);
  kept.forEach((k, j) => {
    root.data[j * root.columns + j] = Math.sqrt(values[k]);
  });
  const ones = fromRows(Array.from({ length: p }, () => [1]));
  const coordinates = (a: Matrix) => algebra.gemm(basis, a, { transposeA: true });
  return { basis, root, ones: coordinates(ones), y: coordinates(data.y) };
}

/** [√g F, √β 1], without the last column where β = 0 */
function withBias(f: Matrix, g: number, beta: number, ones: Matrix): Matrix {
  const result = zeros(f.rows, f.columns + (beta > 0 ? 1 : 0));
  for (let i = 0; i < f.rows; i++) {
    for (let j = 0; j < f.columns; j++)
      result.data[i * result.columns + j] = Math.sqrt(g) * f.data[i * f.columns + j];
    if (beta > 0) result.data[(i + 1) * result.columns - 1] = Math.sqrt(beta) * ones.data[i];
  }
  return result;
}

/** The adjoint of `withBias`. */
function withoutBias(f: Matrix, g: number, columns: number): Matrix {
  const result = block(f, [0, f.rows], [0, columns]);
  scale(result, Math.sqrt(g));
  return result;
}

/**
 * The joint log posterior of the kernels of a linear network. Each kernel is C⁽ˡ⁾ = F_l F_lᵀ with F_l = [√g_l
 * F_{l−1} Z_l, √β_l 1] and Z_l lower triangular, and each costs the rate of a Wishart matrix, so that up to a
 * constant
 *
 *     J(Z_1 … Z_L) = ln N(Y|0, F_L F_Lᵀ + κ) − Σ_l (N_l/2) [‖Z_l‖² − 2 ln det Z_l]
 *
 * is defined, smooth and bounded above for all Z_l with positive diagonals: no annealing, nothing to leave.
 * Its maximum solves the forward-backward equations (theory §4).
 */
export class JointPosterior {
  /** sizes of Z_1 … Z_L */
  private readonly sizes: number[];

  constructor(
    private readonly problem: Problem,
    private readonly data: Seen,
    private readonly compute: Compute,
  ) {
    const { hiddenLayers, biasVariance } = problem.network;
    this.sizes = [data.root.columns];
    for (let l = 1; l < hiddenLayers; l++) this.sizes.push(this.sizes[l - 1] + (biasVariance[l] > 0 ? 1 : 0));
  }

  /** Z_l = 1: infinite width */
  start(): Float64Array {
    const x = new Float64Array(this.sizes.reduce((sum, n) => sum + (n * (n + 1)) / 2, 0));
    let p = -1;
    for (const n of this.sizes) for (let i = 0; i < n; i++) x[(p += i + 1)] = 1;
    return x;
  }

  /** F_0 … F_L */
  factors(z: readonly Matrix[]): Matrix[] {
    const { network } = this.problem;
    const factors = [this.data.root];
    z.forEach((matrix, k) => {
      const moved = this.compute.algebra.multiplyTriangular(factors[k], matrix);
      const { gain, beta } = denseLayer(network, k + 1);
      factors.push(withBias(moved, gain, beta, this.data.ones));
    });
    return factors;
  }

  unpack(x: Float64Array): Matrix[] {
    let p = 0;
    return this.sizes.map((n) => {
      const z = zeros(n);
      for (let i = 0; i < n; i++, p += i) z.data.set(x.subarray(p, p + i + 1), i * n);
      return z;
    });
  }

  private pack(z: readonly Matrix[], into: Float64Array): void {
    let p = 0;
    for (const { rows: n, data } of z) {
      for (let i = 0; i < n; i++, p += i) into.set(data.subarray(i * n, i * n + i + 1), p);
    }
  }

  /**
   * −J per neuron, up to a constant, and its gradient; infinite where a Z_l has no positive diagonal or A no
   * Cholesky factor
   */
  cost(x: Float64Array, gradient: Float64Array): number {
    const z = this.unpack(x);
    if (!z.every((matrix) => diagonal(matrix).every((pivot) => pivot > 0))) return Number.POSITIVE_INFINITY;
    try {
      return this.costAt(z, gradient);
    } catch (error) {
      if (!(error instanceof NotPositiveDefiniteError)) throw error;
      return Number.POSITIVE_INFINITY;
    }
  }

  private costAt(z: Matrix[], gradient: Float64Array): number {
    const { network, noiseVariance } = this.problem;
    const { y } = this.data;
    const { algebra } = this.compute;
    const factors = this.factors(z);
    const top = factors[network.hiddenLayers];
    const factor = algebra.cholesky(addToDiagonal(algebra.syrk(top), noiseVariance));
    const dual = choleskySolve(algebra, factor, y);
    const n = y.columns;
    let cost = 0.5 * (inner(dual, y) + n * logDeterminant(factor));
    // ∂ ln N/∂F = 2 C̃F, C̃ = ½ A⁻¹YYᵀA⁻¹ − (n/2) A⁻¹
    let pull = algebra.gemm(dual, algebra.gemm(dual, top, { transposeA: true }));
    addScaled(pull, -n, choleskySolve(algebra, factor, top));
    release(factor);
    for (let l = network.hiddenLayers; l >= 1; l--) {
      const [below, matrix, width] = [factors[l - 1], z[l - 1], denseLayer(network, l).width];
      pull = withoutBias(pull, denseLayer(network, l).gain, matrix.rows);
      const slope = algebra.gemm(below, pull, { transposeA: true, alpha: -1 });
      pull = algebra.multiplyTriangular(pull, matrix, { transpose: true });
      cost += 0.5 * width * inner(matrix, matrix);
      addScaled(slope, width, matrix);
      for (let i = 0; i < matrix.rows; i++) {
        const pivot = matrix.data[i * matrix.rows + i];
        cost -= width * Math.log(pivot);
        slope.data[i * matrix.rows + i] -= width / pivot;
      }
      z[l - 1] = slope;
    }
    this.pack(z, gradient);
    const neurons = Math.max(...network.widths);
    for (let i = 0; i < gradient.length; i++) gradient[i] /= neurons;
    return cost / neurons;
  }
}
