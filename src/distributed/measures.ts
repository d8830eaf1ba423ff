import { withoutMeans } from '../measures/alignment.js';
import { inner, type Matrix, ofUnitSize } from '../numerics/matrix.js';
import { type DistributedMatrix, leftOfDiagonal } from './distributedMatrix.js';
import type { ProcessGrid } from './processGrid.js';

/** Centred and uncentred alignment of a kernel with the targets. */
export interface KernelMeasures {
  /** as `centredAlignment` */
  readonly centred: number;
  /** as `uncentredAlignment` */
  readonly uncentred: number;
}

/** Visits the entries up to the diagonal that are here: i ≥ j, and how often the entry is in the matrix. */
function visit(
  matrix: DistributedMatrix,
  entry: (value: number, i: number, j: number, times: number) => void,
): void {
  const { rows, columns, local } = matrix;
  for (let t = 0; t < rows.length; t++) {
    const { count, diagonal } = leftOfDiagonal(matrix, t);
    const start = t * local.columns;
    for (let j = 0; j < count; j++) entry(local.data[start + j], rows[t], columns[j], 2);
    if (diagonal) entry(local.data[start + count], rows[t], rows[t], 1);
  }
}

/** y_i · y_j of two rows. */
function overlap({ columns, data }: Matrix, i: number, j: number): number {
  let sum = 0;
  for (let k = 0; k < columns; k++) sum += data[i * columns + k] * data[j * columns + k];
  return sum;
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
  let [product, square] = [0, 0];
  visit(matrix, (value, i, j, times) => {
    rowSums[i] += value;
    if (times === 2) rowSums[j] += value;
    product += times * value * overlap(given, i, j);
    square += times * value * value;
  });
  const means = grid.sum(rowSums).map((sum) => sum / p);
  const mean = means.reduce((sum, value) => sum + value / p, 0);
  let [centredProduct, centredSquare] = [0, 0];
  visit(matrix, (value, i, j, times) => {
    const centred = value - means[i] - means[j] + mean;
    centredProduct += times * centred * overlap(targets, i, j);
    centredSquare += times * centred * centred;
  });
  const sums = grid.sum(Float64Array.of(product, square, centredProduct, centredSquare));
  const vanishes = inner(targets, targets) <= 1e-24 * inner(given, given) || sums[3] <= 1e-28 * sums[1];
  return {
    uncentred: ratio(sums[0], Math.sqrt(sums[1]) * gramNorm(given)),
    centred: vanishes ? Number.NaN : ratio(sums[2], Math.sqrt(sums[3]) * gramNorm(targets)),
  };
}
