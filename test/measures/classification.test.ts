import { describe, expect, it } from 'vitest';
import { classQualityOf, reliabilityOf } from '#src/measures/classification.js';
import { fromRows } from '#src/numerics/matrix.js';

const probabilities = fromRows([
  [0.9, 0.1],
  [0.3, 0.7],
  [0.35, 0.65],
  [0.2, 0.8],
]);
const y = fromRows([[-1], [1], [-1], [1]]);

describe('probabilities of classes', () => {
  it('are judged by accuracy, log loss, Brier score and calibration, as computed by hand', () => {
    const quality = classQualityOf(probabilities, y);
    expect(quality.accuracy).toBe(0.75);
    expect(quality.logPredictiveDensity).toBeCloseTo(
      (Math.log(0.9) + Math.log(0.7) + Math.log(0.35) + Math.log(0.8)) / 4,
      14,
    );
    expect(quality.brierScore).toBeCloseTo(
      (2 * 0.1 ** 2 + 2 * 0.3 ** 2 + 2 * 0.65 ** 2 + 2 * 0.2 ** 2) / 4,
      14,
    );
    // Bins of the largest probability: 0.65 (wrong); 0.7; 0.8; 0.9 (all right).
    expect(quality.calibrationError).toBeCloseTo((0.65 + 0.3 + 0.2 + 0.1) / 4, 14);
  });

  it('take one-hot targets, centred or not', () => {
    const hot = fromRows([
      [1, 0],
      [0, 1],
      [1, 0],
      [0, 1],
    ]);
    expect(classQualityOf(probabilities, hot)).toEqual(classQualityOf(probabilities, y));
    expect(classQualityOf(probabilities, { ...hot, data: hot.data.map((v) => v - 0.5) })).toEqual(
      classQualityOf(probabilities, y),
    );
  });

  it('lie in bins with what came true', () => {
    const bins = reliabilityOf(probabilities, y);
    expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(8);
    expect(bins.find(({ probability }) => probability === 0.65)).toEqual({
      probability: 0.65,
      share: 0,
      count: 1,
    });
    expect(bins.find(({ probability }) => Math.abs(probability - 0.325) < 1e-12)?.share).toBe(0.5);
  });
});
