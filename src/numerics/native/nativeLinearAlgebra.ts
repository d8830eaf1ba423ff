import { NotPositiveDefiniteError } from '../errors.js';
import {
  checkShapes,
  clearUpper,
  type Eigensystem,
  type LinearAlgebra,
  type ProductOptions,
  type SymmetricProductOptions,
} from '../linearAlgebra.js';
import { allocate, copy, type Matrix, scratch } from '../matrix.js';
import { type Executor, serialExecutor } from '../parallel/executor.js';
import { mirrorInParallel } from '../parallel/mirror.js';
import type { BlasLibrary } from './blas.js';
import { integer, letter, real } from './koffi.js';

const LETTERS = Object.fromEntries([...'NTLURV'].map((value) => [value, letter(value)]));
const { N, T, L, U, R, V } = LETTERS;

/**
 * BLAS and LAPACK by their Fortran names, which every library exports. Row-major matrices are the transposes
 * of what Fortran sees: our lower triangle is its upper one, and C = A B is asked for as Cᵀ = Bᵀ Aᵀ.
 */
export class NativeLinearAlgebra implements LinearAlgebra {
  readonly name = 'native';

  constructor(
    private readonly library: BlasLibrary,
    readonly threads: number,
    private readonly executor: Executor = serialExecutor,
  ) {}

  get description(): string {
    const { file, core } = this.library;
    return core ? `${file}, ${core} kernels` : file;
  }

  gemm(a: Matrix, b: Matrix, options: ProductOptions = {}): Matrix {
    const { transposeA = false, transposeB = false, alpha = 1, beta = 0 } = options;
    const [rows, depth] = transposeA ? [a.columns, a.rows] : [a.rows, a.columns];
    const [inner, columns] = transposeB ? [b.columns, b.rows] : [b.rows, b.columns];
    checkShapes(depth === inner, 'gemm', a, b);
    const c = options.into ?? scratch(rows, columns);
    checkShapes(c.rows === rows && c.columns === columns, 'gemm', a, b, c);
    this.library.routine('dgemm_')(
      transposeB ? T : N,
      transposeA ? T : N,
      integer(columns),
      integer(rows),
      integer(depth),
      real(alpha),
      b.data,
      integer(b.columns),
      a.data,
      integer(a.columns),
      real(beta),
      c.data,
      integer(columns),
    );
    return c;
  }

  syrk(a: Matrix, options: SymmetricProductOptions = {}): Matrix {
    const { transpose = false, mirror = true, alpha = 1, beta = 0 } = options;
    const [rows, depth] = transpose ? [a.columns, a.rows] : [a.rows, a.columns];
    const c = options.into ?? scratch(rows);
    checkShapes(c.rows === rows && c.columns === rows, 'syrk', a, c);
    this.library.routine('dsyrk_')(
      U,
      transpose ? N : T,
      integer(rows),
      integer(depth),
      real(alpha),
      a.data,
      integer(a.columns),
      real(beta),
      c.data,
      integer(rows),
    );
    return mirror ? mirrorInParallel(c, this.executor) : c;
  }

  multiplyTriangular(
    b: Matrix,
    lower: Matrix,
    { transpose = false, into }: { transpose?: boolean; into?: Matrix } = {},
  ): Matrix {
    const n = lower.rows;
    checkShapes(b.columns === n && lower.columns === n, 'multiplyTriangular', b, lower);
    const c = into ?? scratch(b.rows, n);
    c.data.set(b.data);
    this.triangular('dtrmm_', L, transpose ? T : N, lower, c.data, n, b.rows);
    return c;
  }

  cholesky(a: Matrix): Matrix {
    const n = a.rows;
    checkShapes(n === a.columns, 'cholesky', a);
    const info = integer(0);
    this.library.routine('dpotrf_')(U, integer(n), a.data, integer(n), info);
    if (info[0] > 0)
      throw new NotPositiveDefiniteError(`the leading minor of order ${info[0]} is not positive`);
    // LAPACK compares pivots with zero, which lets NaN pass; one NaN reaches the last pivot.
    if (Number.isNaN(a.data[n * n - 1]))
      throw new NotPositiveDefiniteError('the matrix has entries that are no numbers');
    return clearUpper(a);
  }

  solveTriangular(lower: Matrix, b: Matrix, { transpose = false } = {}): Matrix {
    const n = lower.rows;
    checkShapes(n === lower.columns && n === b.rows, 'solveTriangular', lower, b);
    this.triangular('dtrsm_', R, transpose ? T : N, lower, b.data, b.columns, n);
    return b;
  }

  /** B ← op(B, L) where Fortran sees B as a rows×columns matrix and L as upper triangular. */
  private triangular(
    name: 'dtrmm_' | 'dtrsm_',
    side: Uint8Array,
    transpose: Uint8Array,
    lower: Matrix,
    b: Float64Array,
    rows: number,
    columns: number,
  ): void {
    this.library.routine(name)(
      side,
      U,
      transpose,
      N,
      integer(rows),
      integer(columns),
      real(1),
      lower.data,
      integer(lower.rows),
      b,
      integer(rows),
    );
  }

  choleskyInverse(lower: Matrix): Matrix {
    const n = lower.rows;
    const inverse = copy(lower);
    const info = integer(0);
    this.library.routine('dpotri_')(U, integer(n), inverse.data, integer(n), info);
    if (info[0] !== 0) throw new NotPositiveDefiniteError('the triangular factor is singular');
    return mirrorInParallel(inverse, this.executor);
  }

  singleThreaded<Result>(work: () => Result): Result {
    this.library.setThreads(1);
    try {
      return work();
    } finally {
      this.library.setThreads(this.threads);
    }
  }

  eigenSymmetric(a: Matrix): Eigensystem {
    const n = a.rows;
    checkShapes(n === a.columns, 'eigenSymmetric', a);
    const vectors = copy(a);
    const values = allocate(n);
    const info = integer(0);
    const solve = (work: Float64Array, workSize: number, cells: BigInt64Array, cellCount: number) =>
      this.library.routine('dsyevd_')(
        V,
        U,
        integer(n),
        vectors.data,
        integer(n),
        values,
        work,
        integer(workSize),
        cells,
        integer(cellCount),
        info,
      );
    const workSize = 1 + 6 * n + 2 * n * n;
    const cellCount = 3 + 5 * n;
    solve(new Float64Array(workSize), workSize, new BigInt64Array(cellCount), cellCount);
    if (info[0] !== 0) throw new Error(`the symmetric eigensolver did not converge (info ${info[0]})`);
    return { values, vectors };
  }
}

/**
 * Refuses a library whose results are wrong: an unexpected calling convention, or a build for another
 * processor.
 */
export function checkLibrary(library: BlasLibrary): void {
  const algebra = new NativeLinearAlgebra(library, 1);
  const a: Matrix = { rows: 2, columns: 3, data: Float64Array.of(1, 2, 3, 4, 5, 6) };
  const b: Matrix = { rows: 3, columns: 2, data: Float64Array.of(1, 0, 2, 1, 0, 3) };
  const product = algebra.gemm(a, b).data;
  if ([5, 11, 14, 23].some((value, i) => product[i] !== value))
    throw new Error('its matrix product is wrong');
  const lower = algebra.cholesky({ rows: 2, columns: 2, data: Float64Array.of(4, 2, 2, 10) }).data;
  if ([2, 0, 1, 3].some((value, i) => Math.abs(lower[i] - value) > 1e-14))
    throw new Error('its Cholesky factor is wrong');
}
