import { checkMatrix, checkSquare } from '../numerics/arguments.js';
import { checkWhole } from '../numerics/bounds.js';
import { InputError } from '../numerics/errors.js';
import { inner, type Matrix, ofUnitSize, zeros } from '../numerics/matrix.js';

/** H A H with H = I − 11ᵀ/P: rows and columns of a symmetric matrix without their means. */
export function centred(a: Matrix): Matrix {
  const n = a.rows;
  const means = new Float64Array(n);
  let total = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) means[i] += a.data[i * n + j] / n;
    total += means[i] / n;
  }
  const result = zeros(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) result.data[i * n + j] = a.data[i * n + j] - means[i] - means[j] + total;
  }
  return result;
}

/** y without its column means. */
export function withoutMeans(y: Matrix): Matrix {
  const result = zeros(y.rows, y.columns);
  for (let k = 0; k < y.columns; k++) {
    let mean = 0;
    for (let i = 0; i < y.rows; i++) mean += y.data[i * y.columns + k] / y.rows;
    for (let i = 0; i < y.rows; i++) result.data[i * y.columns + k] = y.data[i * y.columns + k] - mean;
  }
  return result;
}

/** ⟨A, yyᵀ⟩/(‖A‖‖yyᵀ‖) without forming yyᵀ. NaN if either vanishes. */
function alignmentWith(a: Matrix, y: Matrix): number {
  const n = y.rows;
  const k = y.columns;
  let overlap = 0;
  const gram = new Float64Array(k * k);
  for (let i = 0; i < n; i++) {
    for (let p = 0; p < k; p++) {
      let row = 0;
      for (let j = 0; j < n; j++) row += a.data[i * n + j] * y.data[j * k + p];
      overlap += row * y.data[i * k + p];
      for (let q = 0; q < k; q++) gram[p * k + q] += y.data[i * k + p] * y.data[i * k + q];
    }
  }
  const norm = Math.sqrt(inner(a, a)) * Math.sqrt(gram.reduce((sum, value) => sum + value * value, 0));
  return norm > 0 ? overlap / norm : Number.NaN;
}

/**
 * Centred kernel alignment with the targets (theory §8; Cortes et al. 2012): ⟨HAH, HYYᵀH⟩/(‖HAH‖‖HYYᵀH‖),
 * from 0 to 1 for kernels. NaN if all targets are equal, or all entries of the kernel, within rounding: what
 * is left when centred has no direction.
 * @param kernel P×P
 * @param y targets, P×n
 * @throws InputError for what are no such matrices
 */
export function centredAlignment(kernel: Matrix, y: Matrix): number {
  checkPair(kernel, y);
  const [scaled, given] = [ofUnitSize(kernel), ofUnitSize(y)];
  const [a, targets] = [centred(scaled), withoutMeans(given)];
  const vanishes = (part: Matrix, whole: Matrix, least: number) =>
    inner(part, part) <= least ** 2 * inner(whole, whole);
  if (vanishes(targets, given, 1e-12) || vanishes(a, scaled, 1e-14)) return Number.NaN;
  return alignmentWith(ofUnitSize(a), ofUnitSize(targets));
}

/**
 * The kernel of points that a kernel of (point, position) pairs stands for, that of all positions' features
 * together: (1/S) Σ_μ C_{αμ,βμ}, P×P; itself where a point has one position.
 * @param kernel (P·S)×(P·S), or (S·P)×P of the same positions alone
 */
export function kernelOfPoints(kernel: Matrix, points: number): Matrix {
  const positions = kernel.rows / points;
  if (positions > 1 && kernel.columns === points) return meanOfBlocks(kernel);
  checkSquare('kernel', kernel);
  if (positions === 1) return kernel;
  const out = zeros(points);
  for (let i = 0; i < points; i++) {
    for (let j = 0; j < points; j++) {
      let sum = 0;
      for (let mu = 0; mu < positions; mu++)
        sum += kernel.data[(i * positions + mu) * kernel.columns + j * positions + mu];
      out.data[i * points + j] = sum / positions;
    }
  }
  return out;
}

/** The mean of the blocks n×n of a matrix that has them one below the other. */
function meanOfBlocks({ rows, columns, data }: Matrix): Matrix {
  const out = zeros(columns);
  const count = rows / columns;
  for (let i = 0; i < data.length; i++) out.data[i % out.data.length] += data[i] / count;
  return out;
}

/**
 * C_{αμ,βμ}, S blocks of P×P one below the other, of a kernel of (point, position) pairs: what of it those of
 * theories have that need no more.
 * @param kernel (P·S)×(P·S), or such blocks already
 * @param points P
 * @throws InputError for what are no such matrix and number
 */
export function samePositionsOf(kernel: Matrix, points: number): Matrix {
  checkMatrix('kernel', kernel);
  checkWhole('points', points, { least: 1, most: kernel.rows });
  if (kernel.rows % points !== 0)
    throw new InputError(`points: ${points}; must divide the ${kernel.rows} rows of the kernel`);
  if (kernel.columns === points) return kernel;
  checkSquare('kernel', kernel);
  const positions = kernel.rows / points;
  const out = zeros(kernel.rows, points);
  for (let row = 0, to = 0; row < kernel.rows; row++) {
    const [mu, i] = [Math.floor(row / points), row % points];
    const from = (i * positions + mu) * kernel.columns + mu;
    for (let j = 0; j < points; j++, to++) out.data[to] = kernel.data[from + j * positions];
  }
  return out;
}

/**
 * Centred alignment of a layer with the targets, whether its kernel is of points or of (point, position)
 * pairs.
 */
export const layerAlignment = (kernel: Matrix, y: Matrix): number =>
  centredAlignment(kernelOfPoints(kernel, y.rows), y);

/**
 * Alignment with the targets without centring, ⟨A, YYᵀ⟩/(‖A‖‖YYᵀ‖) (theory §8). NaN if either vanishes.
 * @param kernel A, P×P
 * @param y targets, P×n
 * @throws InputError for what are no such matrices
 */
export function uncentredAlignment(kernel: Matrix, y: Matrix): number {
  checkPair(kernel, y);
  return alignmentWith(ofUnitSize(kernel), ofUnitSize(y));
}

/**
 * Centred alignment of two kernels, ⟨HAH, HBH⟩/(‖HAH‖‖HBH‖): CKA of two representations (Kornblith, Norouzi,
 * Lee and Hinton 2019). It does not see their sizes. NaN if either is the same everywhere, within rounding.
 * @param a A, P×P
 * @param b B, P×P
 * @throws InputError for what are no such matrices
 */
export function kernelAlignment(a: Matrix, b: Matrix): number {
  checkSquare('a', a);
  checkMatrix('b', b, a.rows, a.rows);
  const [left, right] = [a, b].map((kernel) => {
    const scaled = ofUnitSize(kernel);
    const part = centred(scaled);
    return inner(part, part) <= 1e-28 * inner(scaled, scaled) ? undefined : ofUnitSize(part);
  });
  if (!left || !right) return Number.NaN;
  return inner(left, right) / Math.sqrt(inner(left, left) * inner(right, right));
}

function checkPair(kernel: Matrix, y: Matrix): void {
  checkSquare('kernel', kernel);
  checkMatrix('y', y, kernel.rows);
}
