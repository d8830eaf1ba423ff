import { type Matrix, mirrorLower, zeros } from '../numerics/matrix.js';
import { type DistributedMatrix, leftOfDiagonal } from './distributedMatrix.js';
import type { ProcessGrid } from './processGrid.js';

/** Rows that are sent at once, of all processes together. */
const ROWS = 64;

/** A symmetric matrix of which every process has its entries up to the diagonal, P×P, on process 0 alone. */
export function gatherSymmetric(grid: ProcessGrid, matrix: DistributedMatrix): Matrix | undefined {
  const { height: p, rows, columns, local } = matrix;
  const all = grid.together(() => (grid.speaks ? zeros(p) : undefined));
  let t = 0;
  for (let from = 0; from < p; from += ROWS) {
    const to = Math.min(p, from + ROWS);
    const some = new Float64Array((to - from) * p);
    for (; t < rows.length && rows[t] < to; t++) {
      const { count, diagonal } = leftOfDiagonal(matrix, t);
      for (let j = 0; j < count + Number(diagonal); j++)
        some[(rows[t] - from) * p + columns[j]] = local.data[t * local.columns + j];
    }
    grid.sum(some, true);
    all?.data.set(some, from * p);
  }
  return all && mirrorLower(all);
}
