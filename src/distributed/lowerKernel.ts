import { crossKernel } from '../activations/operators/cross.js';
import type { PairExpectations } from '../activations/pairs/pairFormula.js';
import { pairFormulas } from '../activations/pairs/pairFormulas.js';
import { architectureOf } from '../architecture/architecture.js';
import { type DenseLayer, denseLayer } from '../architecture/denseLayer.js';
import type { PointRows } from '../architecture/layer.js';
import type { Compute } from '../numerics/compute.js';
import { squaredRows } from '../numerics/entrywise.js';
import { block, type Matrix } from '../numerics/matrix.js';
import { inLayer } from '../prior/nngpKernels.js';
import type { Network, Problem } from '../problem/problem.js';
import {
  BLOCK,
  type DistributedMatrix,
  distributedZeros,
  leftOfDiagonal,
  rowsAt,
} from './distributedMatrix.js';
import type { ProcessGrid } from './processGrid.js';

/**
 * A kernel P×P of which every process makes its own entries, up to the diagonal: nothing else is ever read.
 */
export interface LowerKernel {
  readonly matrix: DistributedMatrix;
  /** C_αα of the points whose rows are here */
  readonly own: Float64Array;
  /** C_αα of those whose columns are here */
  readonly known: Float64Array;
}

/** C⁽⁰⁾ = g₀XXᵀ/D + β₀ (theory §1): products of the rows of X that a process needs, without any message. */
export function inputKernel(
  grid: ProcessGrid,
  { network, data }: Problem,
  { algebra }: Compute,
): LowerKernel {
  const { input } = architectureOf(network);
  const [scale, shift] = [(input.gain as number) / data.x.columns, network.biasVariance[0]];
  const matrix = distributedZeros(grid, data.x.rows, data.x.rows);
  const [left, right] = [rowsAt(data.x, matrix.rows), rowsAt(data.x, matrix.columns)];
  const variances = (x: Matrix) => squaredRows(x).map((square) => scale * square + shift);
  const [own, known] = [variances(left), variances(right)];
  const { columns, data: entries } = matrix.local;
  for (let from = 0; from < left.rows; from += BLOCK) {
    const to = Math.min(left.rows, from + BLOCK);
    const count = leftOfDiagonal(matrix, to - 1).count;
    if (count === 0) continue;
    const [some, before] = [
      block(left, [from, to], [0, left.columns]),
      block(right, [0, count], [0, right.columns]),
    ];
    const products = algebra.gemm(some, before, { transposeB: true, alpha: scale });
    for (let t = from; t < to; t++)
      for (let j = 0; j < count; j++)
        entries[t * columns + j] = products.data[(t - from) * count + j] + shift;
  }
  onDiagonal(matrix, (at, t) => {
    entries[at] = own[t];
  });
  return { matrix, own, known };
}

/** Visits the entries of the diagonal that are here: their place, and row. */
export function onDiagonal(matrix: DistributedMatrix, visit: (at: number, t: number) => void): void {
  for (let t = 0; t < matrix.rows.length; t++) {
    const { count, diagonal } = leftOfDiagonal(matrix, t);
    if (diagonal) visit(t * matrix.local.columns + count, t);
  }
}

/**
 * The kernel above layer l, K⁽ˡ⁾ = g_l⟨φφᵀ⟩ + β_l (theory §2), in the place of the one below: entry by entry,
 * from the variances of their rows and columns.
 */
export function kernelAbove(
  network: Network,
  l: number,
  { matrix, own, known }: LowerKernel,
  { algebra }: Compute,
): LowerKernel {
  const layer = denseLayer(network, l);
  const all = new Float64Array(known.length + own.length);
  all.set(known);
  all.set(own, known.length);
  return inLayer(l, () => {
    const pairs = layer.activation.prepare(all, algebra);
    const above = pairs.diagonal.map((value) => layer.gain * value + layer.beta);
    const kernel = { matrix, own: above.slice(known.length), known: above.slice(0, known.length) };
    overwrite(layer, pairs, { matrix, own, known });
    onDiagonal(matrix, (at, t) => {
      matrix.local.data[at] = kernel.own[t];
    });
    return kernel;
  });
}

/** Rows of entries left of the diagonal, each by way of a copy of what was there. */
function overwrite(layer: DenseLayer, pairs: PairExpectations, { matrix, own, known }: LowerKernel): void {
  const { activation, gain, beta } = layer;
  const { columns, data } = matrix.local;
  const formula = pairFormulas[pairs.kind];
  const below = new Float64Array(columns);
  for (let t = 0; t < own.length; t++) {
    const { count } = leftOfDiagonal(matrix, t);
    const row = data.subarray(t * columns, t * columns + count);
    below.set(row);
    formula.value(pairs, known.length + t, below, count, row, gain, beta);
    if (!activation.pairByQuadrature) continue;
    for (let j = 0; j < count; j++)
      if (Number.isNaN(row[j]))
        row[j] = gain * activation.pairByQuadrature(own[t], known[j], below[j]).value + beta;
  }
}

/**
 * Rows of new points in the kernel of the last layer: their covariances with the points whose columns are
 * here, and variances.
 * @param known variances of these points in layers 0 … L − 1
 */
export function newRows(
  { network, data }: Problem,
  columns: Int32Array,
  known: readonly Float64Array[],
  xNew: Matrix,
  compute: Compute,
): PointRows {
  let rows = architectureOf(network).input.rows(rowsAt(data.x, columns), xNew, compute);
  known.forEach((variances, l) => {
    const { activation, gain, beta } = denseLayer(network, l + 1);
    rows = inLayer(l + 1, () => crossKernel(activation, variances, rows, compute, gain, beta));
  });
  return rows;
}
