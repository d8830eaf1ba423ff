import { checkFloats, checkMatrix, checkNumber } from '../numerics/arguments.js';
import { elementary } from '../numerics/kernels/elementary.js';
import type { Matrix } from '../numerics/matrix.js';

/** Probabilities of intervals whose coverage is told; figures show more. */
export const LEVELS = [0.5, 0.9, 0.95] as const;

/** How well predictive distributions N(mean, variance + noise) hold what was observed. */
export interface Calibration {
  /**
   * ln p(y_*|Y), mean over points and outputs, of targets as given; absent where a distribution has no width
   */
  readonly logPredictiveDensity?: number;
  /**
   * share of targets inside of the central intervals that should hold half, 90 % and 95 % of them, by level
   */
  readonly coverage: Readonly<Record<`${(typeof LEVELS)[number]}`, number>>;
}

/**
 * Probability of the smallest central interval that holds each target, erf(|y − mean|/√(2s²)): uniform from 0
 * to 1 if the distributions are right.
 */
export function intervalsOf(mean: Matrix, variance: Float64Array, noise: number, y: Matrix): Float64Array {
  checkMatrix('targets', y);
  checkMatrix('mean', mean, y.rows, y.columns);
  checkFloats('variance', variance, y.rows);
  checkNumber('noise', noise, 0);
  const distances = y.data.map((target, i) => {
    const distance = Math.abs(target - mean.data[i]);
    return distance === 0 ? 0 : distance / Math.sqrt(2 * (variance[Math.floor(i / y.columns)] + noise));
  });
  return elementary('erf', distances);
}

/** Share of targets inside of central intervals of each probability. */
export const coverageAt = (intervals: Float64Array, levels: readonly number[]): number[] =>
  levels.map(
    (level) => intervals.reduce((count, value) => count + Number(value <= level), 0) / intervals.length,
  );

/**
 * Log predictive density and coverage of observations at test points.
 * @param mean T×n, and `variance` T of the output without noise (theory §6)
 * @param noise κ
 * @param unit of the targets as given: ln p is that of targets in units of 1
 */
export function calibrationOf(
  mean: Matrix,
  variance: Float64Array,
  noise: number,
  y: Matrix,
  unit = 1,
): Calibration {
  const intervals = intervalsOf(mean, variance, noise, y);
  let sum = 0;
  for (let i = 0; i < y.data.length; i++) {
    const spread = variance[Math.floor(i / y.columns)] + noise;
    sum -= 0.5 * (Math.log(2 * Math.PI * spread) + (y.data[i] - mean.data[i]) ** 2 / spread);
  }
  const density = sum / y.data.length - Math.log(unit);
  const shares = coverageAt(intervals, LEVELS);
  return {
    ...(Number.isFinite(density) ? { logPredictiveDensity: density } : {}),
    coverage: Object.fromEntries(LEVELS.map((level, k) => [level, shares[k]])) as Calibration['coverage'],
  };
}
