import { EigenvalueDecomposition, Matrix as MlMatrix } from 'ml-matrix';
import { NotPositiveDefiniteError } from '../errors.js';
import {
  checkShapes,
  clearUpper,
  type Eigensystem,
  type LinearAlgebra,
  type ProductOptions,
  type SymmetricProductOptions,
} from '../linearAlgebra.js';
import { allocate, identity, type Matrix, scratch, zeros } from '../matrix.js';
import { type Executor, serialExecutor } from '../parallel/executor.js';
import { mirrorInParallel } from '../parallel/mirror.js';
import { type ProductArgs, productChunks, productTask, type View } from './product.js';

/** Width of the diagonal blocks that factorisations and solves treat entry by entry. */
const PANEL = 64;

const view = (a: Matrix, i = 0, j = 0): View => ({
  data: a.data,
  offset: i * a.columns + j,
  rowStride: a.columns,
  columnStride: 1,
});
const transposed = (v: View): View => ({ ...v, rowStride: v.columnStride, columnStride: v.rowStride });

/** Linear algebra on the SIMD product kernel: no system package, Node and browser alike. */
export class WasmLinearAlgebra implements LinearAlgebra {
  readonly name = 'wasm';
  readonly description = 'WebAssembly SIMD kernels';

  constructor(private readonly executor: Executor = serialExecutor) {}

  get threads(): number {
    return this.executor.threads;
  }

  private product(
    args: Partial<ProductArgs> & Pick<ProductArgs, 'a' | 'b' | 'c' | 'rows' | 'columns' | 'depth'>,
  ): void {
    const all: ProductArgs = { alpha: 1, beta: 0, lowerOnly: false, triangle: 'none', ...args };
    if (all.depth === 0) throw new RangeError('a product over no terms');
    this.executor.run(productTask, all, productChunks(all));
  }

  gemm(a: Matrix, b: Matrix, options: ProductOptions = {}): Matrix {
    const { transposeA = false, transposeB = false, alpha = 1, beta = 0 } = options;
    const [rows, depth] = transposeA ? [a.columns, a.rows] : [a.rows, a.columns];
    const [inner, columns] = transposeB ? [b.columns, b.rows] : [b.rows, b.columns];
    checkShapes(depth === inner, 'gemm', a, b);
    const c = options.into ?? scratch(rows, columns);
    checkShapes(c.rows === rows && c.columns === columns, 'gemm', a, b, c);
    const va = transposeA ? transposed(view(a)) : view(a);
    const vb = transposeB ? transposed(view(b)) : view(b);
    this.product({ a: va, b: vb, c: view(c), rows, columns, depth, alpha, beta });
    return c;
  }

  syrk(a: Matrix, options: SymmetricProductOptions = {}): Matrix {
    const { transpose = false, mirror = true, alpha = 1, beta = 0 } = options;
    const [rows, depth] = transpose ? [a.columns, a.rows] : [a.rows, a.columns];
    const c = options.into ?? scratch(rows);
    checkShapes(c.rows === rows && c.columns === rows, 'syrk', a, c);
    const va = transpose ? transposed(view(a)) : view(a);
    this.product({
      a: va,
      b: transposed(va),
      c: view(c),
      rows,
      columns: rows,
      depth,
      alpha,
      beta,
      lowerOnly: true,
    });
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
    const factor = transpose ? transposed(view(lower)) : view(lower);
    const triangle = transpose ? 'upper' : 'lower';
    this.product({ a: view(b), b: factor, c: view(c), rows: b.rows, columns: n, depth: n, triangle });
    return c;
  }

  cholesky(a: Matrix): Matrix {
    const n = a.rows;
    checkShapes(n === a.columns, 'cholesky', a);
    const inverse = zeros(PANEL);
    for (let k = 0; k < n; k += PANEL) {
      const width = Math.min(PANEL, n - k);
      factorBlock(a, k, width);
      const next = k + width;
      if (next === n) break;
      invertBlock(a, k, width, inverse);
      const below = copyBlock(a, next, n, k, width);
      const panel = view(a, next, k);
      const rows = n - next;
      this.product({
        a: view(below),
        b: transposed(view(inverse)),
        c: panel,
        rows,
        columns: width,
        depth: width,
      });
      const trailing = {
        a: panel,
        b: transposed(panel),
        c: view(a, next, next),
        rows,
        columns: rows,
        depth: width,
      };
      this.product({ ...trailing, alpha: -1, beta: 1, lowerOnly: true });
    }
    return clearUpper(a);
  }

  solveTriangular(lower: Matrix, b: Matrix, { transpose = false } = {}): Matrix {
    const n = lower.rows;
    checkShapes(n === lower.columns && n === b.rows, 'solveTriangular', lower, b);
    const inverse = zeros(PANEL);
    const starts = Array.from({ length: Math.ceil(n / PANEL) }, (_, i) => i * PANEL);
    for (const k of transpose ? starts.reverse() : starts) {
      const width = Math.min(PANEL, n - k);
      invertBlock(lower, k, width, inverse);
      const right = copyBlock(b, k, k + width, 0, b.columns);
      const factor = transpose ? transposed(view(inverse)) : view(inverse);
      this.product({
        a: factor,
        b: view(right),
        c: view(b, k),
        rows: width,
        columns: b.columns,
        depth: width,
      });
      const [from, rows] = transpose ? [0, k] : [k + width, n - k - width];
      if (rows === 0) continue;
      const coupling = transpose ? transposed(view(lower, k, 0)) : view(lower, from, k);
      const rest = { a: coupling, b: view(b, k), c: view(b, from), rows, columns: b.columns, depth: width };
      this.product({ ...rest, alpha: -1, beta: 1 });
    }
    return b;
  }

  choleskyInverse(lower: Matrix): Matrix {
    const inverse = this.solveTriangular(lower, identity(lower.rows));
    return this.syrk(inverse, { transpose: true });
  }

  singleThreaded<Result>(work: () => Result): Result {
    return work();
  }

  eigenSymmetric(a: Matrix): Eigensystem {
    const n = a.rows;
    checkShapes(n === a.columns, 'eigenSymmetric', a);
    const dense = new MlMatrix(n, n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        dense.set(i, j, a.data[i * n + j]);
        dense.set(j, i, a.data[i * n + j]);
      }
    }
    const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(dense, {
      assumeSymmetric: true,
    });
    const order = Array.from({ length: n }, (_, k) => k).sort(
      (x, y) => realEigenvalues[x] - realEigenvalues[y],
    );
    const values = allocate(n);
    const vectors = zeros(n);
    order.forEach((source, k) => {
      values[k] = realEigenvalues[source];
      for (let i = 0; i < n; i++) vectors.data[k * n + i] = eigenvectorMatrix.get(i, source);
    });
    return { values, vectors };
  }
}

function copyBlock(a: Matrix, fromRow: number, toRow: number, fromColumn: number, columns: number): Matrix {
  const result = zeros(toRow - fromRow, columns);
  for (let i = fromRow; i < toRow; i++) {
    const start = i * a.columns + fromColumn;
    result.data.set(a.data.subarray(start, start + columns), (i - fromRow) * columns);
  }
  return result;
}

/** Cholesky factor of the diagonal block that starts at k, in place. */
function factorBlock(a: Matrix, k: number, width: number): void {
  const { data, columns: n } = a;
  for (let j = k; j < k + width; j++) {
    let pivot = data[j * n + j];
    for (let p = k; p < j; p++) pivot -= data[j * n + p] ** 2;
    if (!(pivot > 0))
      throw new NotPositiveDefiniteError(`the leading minor of order ${j + 1} is not positive`);
    const root = Math.sqrt(pivot);
    data[j * n + j] = root;
    for (let i = j + 1; i < k + width; i++) {
      let sum = data[i * n + j];
      for (let p = k; p < j; p++) sum -= data[i * n + p] * data[j * n + p];
      data[i * n + j] = sum / root;
    }
  }
}

/**
 * Inverse of the lower triangular diagonal block that starts at k; the rest of `out` (PANEL×PANEL) is zeroed.
 */
function invertBlock(a: Matrix, k: number, width: number, out: Matrix): void {
  const { data, columns: n } = a;
  const inverse = out.data.fill(0);
  for (let j = 0; j < width; j++) {
    inverse[j * PANEL + j] = 1 / data[(k + j) * n + k + j];
    for (let i = j + 1; i < width; i++) {
      let sum = 0;
      for (let p = j; p < i; p++) sum += data[(k + i) * n + k + p] * inverse[p * PANEL + j];
      inverse[i * PANEL + j] = -sum / data[(k + i) * n + k + i];
    }
  }
}
