import { withoutMeans } from '../measures/alignment.js';
import { inner, type Matrix, ofUnitSize } from '../numerics/matrix.js';
import { type DistributedMatrix, leftOfDiagonal, rowsAt } from './distributedMatrix.js';
import type { ProcessGrid } from './processGrid.js';

/** Centred and uncentred alignment of a kernel with the targets. */
export interface KernelMeasures {
  /** as `centredAlignment` */
  readonly centred: number;
  /** as `uncentredAlignment` */
  readonly uncentred: number;
}

/** Sums over the entries of a kernel that are here, each as often as it is in the symmetric matrix. */
interface Sums {
  /** ⟨A, yyᵀ⟩ */
  readonly product: number;
  /** ‖A‖² */
  readonly square: number;
}

/**
 * Of the entries up to the diagonal, less m_i + m_j of row and column.
 * @param y targets, P×n
 * @param m P numbers
 * @param rowSums what every row of the matrix sums up to, P: added to, if given
 */
function sumsOf(matrix: DistributedMatrix, y: Matrix, m: Float64Array, rowSums?: Float64Array): Sums {
  const { rows, columns, local } = matrix;
  const n = y.columns;
  const [targets, shifts] = [rowsAt(y, columns).data, Float64Array.from(columns, (j) => m[j])];
  const columnSums = new Float64Array(columns.length);
  const carried = new Float64Array(n);
  let [product, square] = [0, 0];
  rows.forEach((i, t) => {
    const { count, diagonal } = leftOfDiagonal(matrix, t);
    const entries = local.data.subarray(t * local.columns, t * local.columns + count + Number(diagonal));
    let [sum, squares] = [0, 0];
    carried.fill(0);
    for (let j = 0; j < entries.length; j++) {
      // What is on the diagonal is there once, all else twice.
      const times = j < count ? 1 : 0.5;
      const value = entries[j] - m[i] - shifts[j];
      squares += times * value * value;
      sum += times * value;
      columnSums[j] += times * value;
      for (let k = 0; k < n; k++) carried[k] += times * value * targets[j * n + k];
    }
    square += 2 * squares;
    if (rowSums) rowSums[i] += sum;
    for (let k = 0; k < n; k++) product += 2 * carried[k] * y.data[i * n + k];
  });
  if (rowSums)
    columns.forEach((j, at) => {
      rowSums[j] += columnSums[at];
    });
  return { product, square };
}

/** ‖yᵀy‖ = ‖yyᵀ‖ */
function gramNorm({ rows, columns: n, data }: Matrix): number {
  let sum = 0;
  for (let p = 0; p < n; p++)
    for (let q = 0; q < n; q++) {
      let entry = 0;
      for (let i = 0; i < rows; i++) entry += data[i * n + p] * data[i * n + q];
      sum += entry * entry;
    }
  return Math.sqrt(sum);
}

const ratio = (product: number, norms: number): number => (norms > 0 ? product / norms : Number.NaN);

/**
 * Alignment with the targets (theory §8) from sums of what every process has, in two passes: centred sums
 * would lose digits in one.
 * @param matrix P×P, of which what is up to the diagonal counts
 * @param y targets, P×n
 */
export function measure(grid: ProcessGrid, matrix: DistributedMatrix, y: Matrix): KernelMeasures {
  const p = y.rows;
  const given = ofUnitSize(y);
  const targets = withoutMeans(given);
  const rowSums = new Float64Array(p);
  const whole = sumsOf(matrix, given, new Float64Array(p), rowSums);
  const means = grid.sum(rowSums).map((sum) => sum / p);
  const mean = means.reduce((sum, value) => sum + value / p, 0);
  const part = sumsOf(
    matrix,
    targets,
    means.map((value) => value - mean / 2),
  );
  const sums = grid.sum(Float64Array.of(whole.product, whole.square, part.product, part.square));
  const vanishes = inner(targets, targets) <= 1e-24 * inner(given, given) || sums[3] <= 1e-28 * sums[1];
  return {
    uncentred: ratio(sums[0], Math.sqrt(sums[1]) * gramNorm(given)),
    centred: vanishes ? Number.NaN : ratio(sums[2], Math.sqrt(sums[3]) * gramNorm(targets)),
  };
}
