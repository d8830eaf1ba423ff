import { portableCompute } from '../numerics/compute.js';
import { scale } from '../numerics/entrywise.js';
import {
  addScaled,
  addToDiagonal,
  copy,
  diagonal,
  frobenius,
  inner,
  type Matrix,
  mirrorLower,
  ofUnitSize,
  zeros,
} from '../numerics/matrix.js';
import { RandomStream } from '../numerics/random.js';
import { leaveOneOut } from './leaveOneOut.js';

/** Of a function: f(−x) = f(x), or f(−x) = −f(x). */
export type Parity = 'even' | 'odd';

/**
 * Points that are looked at, of which more are drawn at random, and permutations that say what chance does.
 */
const MOST_SAMPLES = 200;
const PERMUTATIONS = 500;
/**
 * Scores, in units of a normal deviate: what is seen in the targets (p = 5·10⁻⁴), and that opposite points
 * have a part in it.
 */
const SEEN = 3.3;
const OPPOSITE = 2.5;
/**
 * The other parity tells nothing of a target from the rest below this correlation, in units of 1/√(P n), or
 * below this part of what one tells.
 */
const UNTOLD = 2.5;
const SMALL_PART = 0.25;
/**
 * Even functions need more points than odd ones before they tell classes apart whose mean is zero, such as
 * centred images: with fewer than these, nothing is said against them.
 */
const FEWEST_FOR_ODD = 50;
/** Noise variance of predictions, in units of the mean variance of the process. */
const NOISE = 1;

/**
 * T = Σ_{α>β} k(x_α, x_β) y_α·y_β for pairs that are near, k(x, x′), and for pairs that are nearly opposite,
 * k(x, −x′).
 */
interface Agreement {
  readonly near: number;
  readonly opposite: number;
}

/** Values of a statistic under permutations, and where the data lie among them. */
interface Score {
  /** in standard deviations from the mean */
  readonly deviations: number;
  /**
   * the normal deviate of the same tail, by a χ² distribution of the skewness found: such sums have a long
   * tail upwards
   */
  readonly normal: number;
}

/** (x − mean)/deviation; the tail of χ²_ν with ν = 8/skewness² by the cube root of Wilson and Hilferty. */
function scoreOf(value: number, permuted: Float64Array): Score {
  const mean = permuted.reduce((sum, v) => sum + v, 0) / permuted.length;
  const moment = (power: number) =>
    permuted.reduce((sum, v) => sum + (v - mean) ** power, 0) / permuted.length;
  const deviation = Math.sqrt(moment(2));
  if (!(deviation > 1e-9 * Math.abs(mean))) return { deviations: 0, normal: 0 };
  const deviations = (value - mean) / deviation;
  const skewness = moment(3) / deviation ** 3;
  if (skewness < 0.05) return { deviations, normal: deviations };
  const freedom = 8 / skewness ** 2;
  const ratio = Math.max(0, 1 + deviations * Math.sqrt(2 / freedom));
  const spread = 2 / (9 * freedom);
  return { deviations, normal: (Math.cbrt(ratio) - 1 + spread) / Math.sqrt(spread) };
}

/**
 * ‖x_α‖² and x_α·x_β of chosen rows, in units of half of the mean of the former; undefined if all inputs are
 * zero.
 */
function scaledProducts({ columns, data }: Matrix, rows: ArrayLike<number>): Matrix | undefined {
  const count = rows.length;
  const products = zeros(count);
  let square = 0;
  for (let a = 0; a < count; a++) {
    for (let b = 0; b <= a; b++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += data[rows[a] * columns + k] * data[rows[b] * columns + k];
      products.data[a * count + b] = sum;
    }
    square += products.data[a * count + a] / count;
  }
  if (!(square > 0)) return undefined;
  scale(products, 2 / square);
  return products;
}

/** Gaussian kernels of x_α with x_β, and of x_α with −x_β. */
function kernelsOf(products: Matrix): { near: Matrix; opposite: Matrix } {
  const { rows: count, data } = products;
  const [near, opposite] = [zeros(count), zeros(count)];
  for (let a = 0; a < count; a++) {
    for (let b = 0; b <= a; b++) {
      const squares = 0.5 * (data[a * count + a] + data[b * count + b]);
      near.data[a * count + b] = Math.exp(data[a * count + b] - squares);
      opposite.data[a * count + b] = Math.exp(-data[a * count + b] - squares);
    }
  }
  return { near: mirrorLower(near), opposite: mirrorLower(opposite) };
}

/**
 * Correlation of targets with their predictions from others by a process of this parity, in units of 1/√(P
 * n).
 */
function told({ near, opposite }: { near: Matrix; opposite: Matrix }, parity: Parity, y: Matrix): number {
  const kernel = addScaled(copy(near), parity === 'even' ? 1 : -1, opposite);
  const variance = diagonal(kernel).reduce((sum, value) => sum + value / y.rows, 0);
  const predicted = leaveOneOut(addToDiagonal(kernel, NOISE * variance), y, portableCompute().algebra);
  return (inner(predicted, y) / (frobenius(predicted) * frobenius(y))) * Math.sqrt(y.rows * y.columns);
}

/**
 * Targets of chosen rows, every output without its mean, in units of the root mean square of ‖y_α‖; undefined
 * if all are equal.
 */
function centredTargets({ columns, data }: Matrix, rows: ArrayLike<number>): Matrix | undefined {
  const chosen = zeros(rows.length, columns);
  for (let k = 0; k < columns; k++) {
    const column = Float64Array.from(rows, (row) => data[row * columns + k]);
    const mean = column.reduce((sum, value) => sum + value / rows.length, 0);
    const constant = column.every((value) => value === column[0]);
    for (let a = 0; a < rows.length; a++) chosen.data[a * columns + k] = constant ? 0 : column[a] - mean;
  }
  const scale = frobenius(chosen) / Math.sqrt(rows.length);
  for (let i = 0; i < chosen.data.length; i++) chosen.data[i] /= scale;
  return scale > 0 ? chosen : undefined;
}

/**
 * The parity that targets have as far as data tell: undefined if both parts, or neither, are seen in them.
 *
 * A Gaussian kernel k of inputs (its width² half the mean of ‖x‖²) has the even part k(x, x′) + k(x, −x′) and
 * the odd part k(x, x′) − k(x, −x′). Targets have a parity if
 * - Σ_{α>β} y_α·y_β times its part is significantly larger than when the targets are permuted over the
 *   inputs,
 * - nearly opposite points take part in that, with like targets if they are even and unlike ones if they are
 *   odd, and
 * - a Gaussian process of the other parity tells nothing of targets that are left out.
 *
 * Data on one side of the origin, such as images, have no nearly opposite points, and functions of either
 * parity fit them. About a dozen points have too few permutations to tell.
 *
 * @param x P×D, as networks see them
 * @param y P×n; constants are left out of account
 */
export function targetParity(x: Matrix, y: Matrix): Parity | undefined {
  const stream = RandomStream.fromSeed(0);
  const rows = stream.permutation(x.rows).subarray(0, MOST_SAMPLES);
  const products = scaledProducts(ofUnitSize(x), rows);
  const targets = centredTargets(ofUnitSize(y), rows);
  if (!products || !targets) return undefined;
  const kernels = kernelsOf(products);
  const permuted = agreements(kernels, targets, stream);
  const score = (of: (sums: Agreement) => number) =>
    scoreOf(of(permuted[0]), Float64Array.from(permuted.slice(1), of));
  const opposite = score((sums) => sums.opposite).deviations;
  const parity = opposite > 0 ? 'even' : 'odd';
  if (Math.abs(opposite) < OPPOSITE || (parity === 'odd' && rows.length < FEWEST_FOR_ODD)) return undefined;
  const part = score(({ near, opposite: back }) => (parity === 'even' ? near + back : near - back));
  if (part.normal < SEEN) return undefined;
  const other = told(kernels, parity === 'even' ? 'odd' : 'even', targets);
  return other < Math.max(UNTOLD, SMALL_PART * told(kernels, parity, targets)) ? parity : undefined;
}

/** The agreement of targets as they are, and then of their permutations. */
function agreements(
  { near, opposite }: { near: Matrix; opposite: Matrix },
  y: Matrix,
  stream: RandomStream,
): Agreement[] {
  const count = y.rows;
  const gram = portableCompute().algebra.syrk(y).data;
  const [toNear, toOpposite] = [near.data, opposite.data];
  const agreement = (order: Int32Array): Agreement => {
    let [nearly, oppositely] = [0, 0];
    for (let a = 0; a < count; a++) {
      const row = order[a] * count;
      for (let b = 0; b < a; b++) {
        const product = gram[row + order[b]];
        nearly += toNear[a * count + b] * product;
        oppositely += toOpposite[a * count + b] * product;
      }
    }
    return { near: nearly, opposite: oppositely };
  };
  const identity = Int32Array.from({ length: count }, (_, a) => a);
  return [
    agreement(identity),
    ...Array.from({ length: PERMUTATIONS }, () => agreement(stream.permutation(count))),
  ];
}
