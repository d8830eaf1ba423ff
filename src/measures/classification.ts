import { checkMatrix } from '../numerics/arguments.js';
import type { Matrix } from '../numerics/matrix.js';
import { predictedClasses } from './prediction.js';

/** How good probabilities of classes are at points whose class is known. */
export interface ClassQuality {
  /** share of points whose class is the most probable one */
  readonly accuracy: number;
  /**
   * ln p(y_*|Y), mean over points, natural logarithm: minus the log loss; −∞ if a class that occurs has
   * probability zero
   */
  readonly logPredictiveDensity: number;
  /** Σ_c (p_c − δ_{c y})², mean over points (Brier 1950) */
  readonly brierScore: number;
  /**
   * |share of points that are right − their mean probability|, mean over ten bins of the largest
   * probability, by points (Guo et al. 2017)
   */
  readonly calibrationError: number;
}

/** A bin of probabilities: their mean, and the share of events that came true. */
export interface ReliabilityBin {
  readonly probability: number;
  readonly share: number;
  readonly count: number;
}

const BINS = 10;

/** @param events probabilities with 1 or 0 for what came true */
function binned(events: readonly (readonly [probability: number, came: number])[]): ReliabilityBin[] {
  const bins = Array.from({ length: BINS }, () => ({ probability: 0, share: 0, count: 0 }));
  for (const [probability, came] of events) {
    const bin = bins[Math.min(BINS - 1, Math.floor(BINS * probability))];
    bin.probability += probability;
    bin.share += came;
    bin.count++;
  }
  return bins
    .filter(({ count }) => count > 0)
    .map(({ probability, share, count }) => ({
      probability: probability / count,
      share: share / count,
      count,
    }));
}

/** Probabilities of classes, all of all points, in ten bins, with the share that came true. */
export function reliabilityOf(probabilities: Matrix, y: Matrix): ReliabilityBin[] {
  const right = predictedClasses(y).data;
  const { columns } = probabilities;
  return binned(
    Array.from(
      probabilities.data,
      (p, k) => [p, Number(right[Math.floor(k / columns)] === k % columns)] as const,
    ),
  );
}

/**
 * Measures of probabilities of classes.
 * @param probabilities T × classes
 * @param y targets, T×n: ±1 in one column, or the largest entry of a row
 * @throws InputError for matrices that do not fit
 */
export function classQualityOf(probabilities: Matrix, y: Matrix): ClassQuality {
  checkMatrix('targets', y);
  checkMatrix('probabilities', probabilities, y.rows, Math.max(2, y.columns));
  const right = predictedClasses(y).data;
  const { rows, columns, data } = probabilities;
  let [hits, density, brier] = [0, 0, 0];
  const events = Array.from({ length: rows }, (_, t) => {
    const row = data.subarray(t * columns, (t + 1) * columns);
    const best = row.indexOf(row.reduce((most, value) => Math.max(most, value)));
    const hit = Number(best === right[t]);
    hits += hit;
    density += Math.log(row[right[t]]);
    row.forEach((p, c) => {
      brier += (p - Number(c === right[t])) ** 2;
    });
    return [row[best], hit] as const;
  });
  const error = binned(events).reduce(
    (sum, { probability, share, count }) => sum + count * Math.abs(share - probability),
    0,
  );
  return {
    accuracy: hits / rows,
    logPredictiveDensity: density / rows,
    brierScore: brier / rows,
    calibrationError: error / rows,
  };
}
