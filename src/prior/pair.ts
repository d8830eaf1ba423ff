import { checkMatrix, checkNumber, checkNumbers, checkPoints } from '../numerics/arguments.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import { drawOutputs, mixtureDensity } from './outputs.js';
import { posteriorWeights } from './reweigh.js';

/** Two points before and after their own targets are known. */
export interface FollowedPair {
  /** draws × 3: C_αα, C_αβ, C_ββ of the output kernel */
  readonly kernels: Matrix;
  /** posterior weights of the draws, given the targets of the pair alone */
  readonly weights: Float64Array;
  /** one draw of the two outputs from every kernel, draws × 2 */
  readonly outputs: Matrix;
  /** grid of both outputs */
  readonly axis: Float64Array;
  /** density of the two outputs on the grid, axis × axis: the superposition of Gaussians */
  readonly density: Matrix;
  /** the Gaussian of infinite width on the same grid, axis × axis */
  readonly gaussian: Matrix;
}

/** Points of the grid of densities along a side, and standard deviations that it covers to each side. */
const GRID = 81;
const REACH = 4;

const square = (data: Float64Array): Matrix => ({ rows: GRID, columns: GRID, data });

/**
 * What drawn kernels of a pair say of its outputs (theory §3).
 * @param kernels draws × 3: C_αα, C_αβ, C_ββ
 * @param infinite the same at infinite width, 1 × 3
 * @param targets of the two points, 2 × n
 * @param noiseVariance κ
 * @param seed of the outputs
 * @throws InputError for what does not fit together
 */
export function followPair(
  kernels: Matrix,
  infinite: Float64Array,
  targets: Matrix,
  noiseVariance: number,
  seed: number,
): FollowedPair {
  checkMatrix('kernels', kernels, undefined, 3);
  checkNumbers('infinite', infinite, 3);
  checkMatrix('targets', targets, 2);
  checkNumber('noiseVariance', noiseVariance, 0);
  const limit = REACH * Math.sqrt(Math.max(infinite[0], infinite[2]));
  const axis = Float64Array.from({ length: GRID }, (_, k) => limit * ((2 * k) / (GRID - 1) - 1));
  return {
    kernels,
    weights: posteriorWeights(kernels, targets, noiseVariance),
    outputs: drawOutputs(kernels, seed),
    axis,
    density: square(mixtureDensity(kernels, axis).density),
    gaussian: square(
      mixtureDensity({ rows: 1, columns: 3, data: Float64Array.from(infinite) }, axis).density,
    ),
  };
}

/** Two rows of a matrix m×n, 2×n. @param pair their indices @throws InputError for rows that there are not */
export function twoRows(matrix: Matrix, pair: readonly [number, number]): Matrix {
  checkMatrix('matrix', matrix);
  checkPoints('pair', pair, matrix.rows);
  const { columns, data } = matrix;
  const [i, j] = pair;
  const rows = zeros(2, columns);
  [i, j].forEach((row, k) => {
    rows.data.set(data.subarray(row * columns, (row + 1) * columns), k * columns);
  });
  return rows;
}
