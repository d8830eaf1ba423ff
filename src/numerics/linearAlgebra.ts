import { NotPositiveDefiniteError } from './errors.js';
import { addToDiagonal, copy, diagonal, type Matrix, zeros } from './matrix.js';

/** How `gemm` multiplies: C = alpha op(a) op(b) + beta C. */
export interface ProductOptions {
  /** op(a) = aᵀ instead of a */
  readonly transposeA?: boolean;
  /** op(b) = bᵀ instead of b */
  readonly transposeB?: boolean;
  /** factor of the product, 1 by default */
  readonly alpha?: number;
  /** factor of the old C; 0 by default, and then it is never read */
  readonly beta?: number;
  /** C, rows of op(a) × columns of op(b); a new matrix by default */
  readonly into?: Matrix;
}

/** How `syrk` multiplies: C = alpha a aᵀ + beta C, or aᵀa. */
export interface SymmetricProductOptions {
  /** aᵀa instead of a aᵀ */
  readonly transpose?: boolean;
  /** false leaves the upper triangle undefined, for sums of many products */
  readonly mirror?: boolean;
  /** factor of the product, 1 by default */
  readonly alpha?: number;
  /** factor of the old C; 0 by default, and then it is never read */
  readonly beta?: number;
  /** C, m×m of a m×n (n×n of aᵀa); a new matrix by default */
  readonly into?: Matrix;
}

/** What `eigenSymmetric` finds. */
export interface Eigensystem {
  /** ascending */
  readonly values: Float64Array;
  /** n×n: row k is the unit eigenvector of values[k] */
  readonly vectors: Matrix;
}

/**
 * Dense linear algebra in float64 over row-major matrices. Symmetric results have both triangles filled;
 * symmetric arguments are read from their lower triangle. Two backends implement it: WebAssembly, and a
 * native BLAS/LAPACK. Shapes that do not fit are faults of the program: a RangeError.
 */
export interface LinearAlgebra {
  /** `wasm` or `native` */
  readonly name: string;
  /** what computes: the library's file, or the WebAssembly kernels */
  readonly description: string;
  /** threads of a product */
  readonly threads: number;
  /**
   * C = alpha op(a) op(b) + beta C, k×n of op(a) k×m and op(b) m×n.
   * @param options transposition, factors, and C itself
   */
  gemm(a: Matrix, b: Matrix, options?: ProductOptions): Matrix;
  /**
   * C = alpha a aᵀ + beta C, m×m of a m×n (or aᵀa, n×n), at half the cost of `gemm`.
   * @param options transposition, factors, and C itself
   */
  syrk(a: Matrix, options?: SymmetricProductOptions): Matrix;
  /**
   * b L (or b Lᵀ) for b m×n and lower triangular L, n×n, at half the cost of `gemm`.
   * @param lower L
   * @param options `transpose` for Lᵀ; `into` takes the product, m×n, and must not be b
   */
  multiplyTriangular(b: Matrix, lower: Matrix, options?: { transpose?: boolean; into?: Matrix }): Matrix;
  /**
   * Cholesky factorisation a = L Lᵀ in place of a, n×n: L in the lower triangle, zeros above.
   * @throws NotPositiveDefiniteError
   */
  cholesky(a: Matrix): Matrix;
  /**
   * Solves L X = b (or Lᵀ X = b) in place of b, n×m.
   * @param lower L, n×n
   * @param options `transpose` for Lᵀ
   */
  solveTriangular(lower: Matrix, b: Matrix, options?: { transpose?: boolean }): Matrix;
  /**
   * A⁻¹ = L⁻ᵀ L⁻¹, n×n and symmetric, as a new matrix.
   * @param lower the Cholesky factor L of A, n×n
   */
  choleskyInverse(lower: Matrix): Matrix;
  /**
   * Eigenvalues, least first, and eigenvectors in rows, of a symmetric matrix a, n×n, which stays as it is.
   */
  eigenSymmetric(a: Matrix): Eigensystem;
  /**
   * Runs work whose own threads call this library: meanwhile every call stays on the thread that makes it.
   */
  singleThreaded<Result>(work: () => Result): Result;
}

/**
 * A⁻¹ b for A = L Lᵀ, n×m, as a new matrix.
 * @param algebra the backend, `compute.algebra`
 * @param lower the Cholesky factor L, n×n
 * @param b n×m
 */
export function choleskySolve(algebra: LinearAlgebra, lower: Matrix, b: Matrix): Matrix {
  const x = algebra.solveTriangular(lower, copy(b));
  return algebra.solveTriangular(lower, x, { transpose: true });
}

/** ln det A for A = L Lᵀ. @param lower the Cholesky factor L, n×n */
export function logDeterminant(lower: Matrix): number {
  let sum = 0;
  for (let i = 0; i < lower.rows; i++) sum += Math.log(lower.data[i * lower.columns + i]);
  return 2 * sum;
}

/**
 * The symmetric S with S S = A for positive semi-definite A; eigenvalues below zero by rounding count as
 * zero.
 */
export function squareRootSymmetric(algebra: LinearAlgebra, a: Matrix): Matrix {
  const { values, vectors } = algebra.eigenSymmetric(a);
  const n = a.rows;
  const scaled = copy(vectors);
  for (let k = 0; k < n; k++) {
    const factor = Math.max(0, values[k]) ** 0.25;
    for (let j = 0; j < n; j++) scaled.data[k * n + j] *= factor;
  }
  return algebra.syrk(scaled, { transpose: true });
}

/** Relative jitters tried by `factorSemidefinite`, in units of the mean diagonal entry. */
const JITTERS = [0, 1e-15, 1e-14, 1e-13, 1e-12, 1e-11];

/**
 * A lower triangular L, n×n, with L Lᵀ = A up to rounding, for positive semi-definite A (repeated inputs,
 * fewer features than points): Cholesky with the smallest jitter that succeeds, up to 1e-11 of the mean
 * diagonal entry.
 * @param algebra the backend, `compute.algebra`
 * @param a A, n×n, which stays as it is
 * @throws NotPositiveDefiniteError if A has an eigenvalue below −1e-11 of its mean diagonal
 */
export function factorSemidefinite(algebra: LinearAlgebra, a: Matrix): Matrix {
  const scale = diagonal(a).reduce((sum, value) => sum + value, 0) / Math.max(1, a.rows);
  if (scale === 0) return zeros(a.rows);
  for (const jitter of JITTERS) {
    try {
      return algebra.cholesky(addToDiagonal(copy(a), jitter * scale));
    } catch (error) {
      if (!(error instanceof NotPositiveDefiniteError)) throw error;
    }
  }
  throw new NotPositiveDefiniteError('the matrix has a negative eigenvalue beyond rounding');
}

/** Squares of pivots below this, times the size, relative to the diagonal entry, are rounding. */
const PIVOT_NOISE = 1e-15;

/**
 * In place: columns of a Cholesky factor of A whose pivot is rounding, as that of a repeated point, become
 * zero. LLᵀ does not change beyond rounding, and what is drawn with L is the same for equal points and does
 * not jump with the last bits of A. L has no inverse then.
 */
export function dropNoisePivots(factor: Matrix, a: Matrix): Matrix {
  const n = a.rows;
  for (let j = 0; j < n; j++) {
    if (factor.data[j * n + j] ** 2 > PIVOT_NOISE * n * a.data[j * n + j]) continue;
    for (let i = j; i < n; i++) factor.data[i * n + j] = 0;
  }
  return factor;
}

export function checkShapes(condition: boolean, operation: string, ...matrices: Matrix[]): void {
  if (!condition) {
    const shapes = matrices.map((m) => `${m.rows}×${m.columns}`).join(' and ');
    throw new RangeError(`${operation}: shapes ${shapes} do not fit`);
  }
}

/** Zeroes the strict upper triangle. */
export function clearUpper(a: Matrix): Matrix {
  for (let i = 0; i < a.rows; i++) a.data.fill(0, i * a.columns + i + 1, (i + 1) * a.columns);
  return a;
}
