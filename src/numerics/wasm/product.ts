import { BLOCK_COLUMNS, BLOCK_DEPTH, BLOCK_ROWS, wasmKernels } from '../kernels/wasmKernels.js';
import type { Task } from '../parallel/executor.js';

/** A matrix inside an array: entry (i, j) is data[offset + i * rowStride + j * columnStride]. */
export interface View {
  readonly data: Float64Array;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

export interface ProductArgs {
  readonly a: View;
  readonly b: View;
  readonly c: View;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly alpha: number;
  readonly beta: number;
  /** compute only blocks that touch the lower triangle of C */
  readonly lowerOnly: boolean;
  /**
   * op(B) is zero where its row index is below (`'lower'`) or above (`'upper'`) what its column index allows
   */
  readonly triangle: 'none' | 'lower' | 'upper';
}

const roundUp = (n: number) => (n + 3) & ~3;

/** Rows [i0, i0+m) × columns [k0, k0+depth) as slivers of four rows, padded with zeros. */
function pack(
  view: View,
  i0: number,
  m: number,
  k0: number,
  depth: number,
  along: 'rows' | 'columns',
  out: Float64Array,
): void {
  const { data, offset } = view;
  const step = along === 'rows' ? view.rowStride : view.columnStride;
  const deep = along === 'rows' ? view.columnStride : view.rowStride;
  for (let i = 0; i < m; i += 4) {
    const base = offset + (i0 + i) * step + k0 * deep;
    let target = i * depth;
    if (i + 4 <= m) {
      for (let k = 0, p = base; k < depth; k++, p += deep, target += 4) {
        out[target] = data[p];
        out[target + 1] = data[p + step];
        out[target + 2] = data[p + 2 * step];
        out[target + 3] = data[p + 3 * step];
      }
    } else {
      for (let k = 0, p = base; k < depth; k++, p += deep, target += 4) {
        for (let r = 0; r < 4; r++) out[target + r] = i + r < m ? data[p + r * step] : 0;
      }
    }
  }
}

function accumulate(
  args: ProductArgs,
  i0: number,
  m: number,
  j0: number,
  n: number,
  width: number,
  first: boolean,
): void {
  const { c, alpha, beta } = args;
  const block = wasmKernels().c.values;
  for (let i = 0; i < m; i++) {
    let p = c.offset + (i0 + i) * c.rowStride + j0 * c.columnStride;
    const q = i * width;
    if (!first) for (let j = 0; j < n; j++, p += c.columnStride) c.data[p] += alpha * block[q + j];
    else if (beta === 0) for (let j = 0; j < n; j++, p += c.columnStride) c.data[p] = alpha * block[q + j];
    else for (let j = 0; j < n; j++, p += c.columnStride) c.data[p] = beta * c.data[p] + alpha * block[q + j];
  }
}

const rowBlocks = (args: ProductArgs) => Math.ceil(args.rows / BLOCK_ROWS);

function computeBlock(args: ProductArgs, chunk: number): void {
  const { rows, columns, depth, triangle } = args;
  const blocks = rowBlocks(args);
  const i0 = (chunk % blocks) * BLOCK_ROWS;
  const j0 = Math.floor(chunk / blocks) * BLOCK_COLUMNS;
  const m = Math.min(BLOCK_ROWS, rows - i0);
  const n = Math.min(BLOCK_COLUMNS, columns - j0);
  if (args.lowerOnly && j0 > i0 + m - 1) return;
  const { exports, a, b, c } = wasmKernels();
  const width = roundUp(n);
  const from = triangle === 'lower' ? j0 : 0;
  const to = triangle === 'upper' ? Math.min(depth, j0 + n) : depth;
  for (let k0 = from; k0 < to; k0 += BLOCK_DEPTH) {
    const k = Math.min(BLOCK_DEPTH, to - k0);
    pack(args.a, i0, m, k0, k, 'rows', a.values);
    pack(args.b, j0, n, k0, k, 'columns', b.values);
    exports.multiplyPacked(roundUp(m), width, k, a.pointer, b.pointer, c.pointer);
    accumulate(args, i0, m, j0, n, width, k0 === from);
  }
}

/** C = alpha A B + beta C in blocks of C; each chunk is one block. */
export const productTask: Task<ProductArgs> = { name: 'product', run: computeBlock };

export const productChunks = (args: ProductArgs): number =>
  rowBlocks(args) * Math.ceil(args.columns / BLOCK_COLUMNS);
