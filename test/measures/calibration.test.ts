import { describe, expect, it } from 'vitest';
import { calibrationOf, coverageAt, intervalsOf } from '#src/measures/calibration.js';
import { qualityOf } from '#src/measures/prediction.js';
import { fromRows, zeros } from '#src/numerics/matrix.js';
import { RandomStream } from '#src/numerics/random.js';
import { calibrationPlot } from '#src/report/calibrationPlot.js';

describe('calibration', () => {
  it('is what scipy.stats.norm says', () => {
    // norm.logpdf([0.3, -1.2, 2], [0, -1, 0.5], sqrt([0.6, 0.3, 1.1])).mean(), and 2 * norm.cdf(|z|) - 1 with
    // a noise of 0.1
    const mean = fromRows([[0], [-1], [0.5]]);
    const y = fromRows([[0.3], [-1.2], [2]]);
    const variance = Float64Array.of(0.5, 0.2, 1);
    const { logPredictiveDensity } = calibrationOf(mean, variance, 0.1, y);
    expect(logPredictiveDensity).toBeCloseTo(-1.0371551382880522, 12);
    const intervals = intervalsOf(mean, variance, 0.1, y);
    const expected = [0.3014646416966613, 0.2849993453119106, 0.8473386196475698];
    for (const [i, value] of intervals.entries()) expect(value).toBeCloseTo(expected[i], 12);
    expect(coverageAt(intervals, [0.29, 0.5, 0.9])).toEqual([1 / 3, 2 / 3, 1]);
  });

  it('counts ln p in units of the targets as given', () => {
    const [mean, y] = [fromRows([[1]]), fromRows([[2]])];
    const plain = calibrationOf(mean, Float64Array.of(1), 1, y);
    const scaled = calibrationOf(mean, Float64Array.of(1), 1, y, 10);
    expect(scaled.logPredictiveDensity).toBeCloseTo(
      (plain.logPredictiveDensity as number) - Math.log(10),
      13,
    );
  });

  it('is right of targets that are drawn from what was predicted, and shows who is too sure', () => {
    const stream = RandomStream.fromSeed(5);
    const [y, mean] = [zeros(2000, 2), zeros(2000, 2)];
    const variance = stream.normals(new Float64Array(2000)).map((value) => value * value);
    stream.normals(y.data);
    stream.normals(mean.data);
    for (let i = 0; i < y.data.length; i++)
      y.data[i] = mean.data[i] + y.data[i] * Math.sqrt(variance[i >> 1] + 0.2);
    const { coverage } = calibrationOf(mean, variance, 0.2, y);
    for (const [level, share] of Object.entries(coverage)) {
      const p = Number(level);
      expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 4000));
    }
    const half = variance.map((value) => (value + 0.2) / 4);
    expect(calibrationOf(mean, half, 0, y).coverage['0.9']).toBeCloseTo(0.589, 1);
  });

  it('has no density where a distribution has no width', () => {
    const y = fromRows([[1], [2]]);
    const { coverage, logPredictiveDensity } = calibrationOf(fromRows([[1], [0]]), new Float64Array(2), 0, y);
    expect(logPredictiveDensity).toBeUndefined();
    expect(coverage).toEqual({ '0.5': 0.5, '0.9': 0.5, '0.95': 0.5 });
  });

  it('has a figure with a line for every theory', () => {
    const points = ['nngp', 'map'].flatMap((theory) =>
      [0, 0.5, 1].map((level) => ({ theory, level, share: level })),
    );
    const figure = calibrationPlot(points, ['nngp', 'map'], 50);
    for (const colour of ['#888888', '#0072b2']) expect(figure).toContain(colour);
  });
});

describe('R² and RMSE', () => {
  it('are those of scikit-learn', () => {
    // r2_score([[1, 0], [2, 1], [4, 0]], [[1.5, 0.1], [2, 0.8], [3, -0.1]]), mean_squared_error of the same
    const y = fromRows([[1, 0], [2, 1], [4, 0]]); // biome-ignore format: rows
    const mean = fromRows([[1.5, 0.1], [2, 0.8], [3, -0.1]]); // biome-ignore format: rows
    const { r2, rootMeanSquaredError } = qualityOf(mean, { y });
    expect(r2).toBeCloseTo(0.8210714285714286, 13);
    expect(rootMeanSquaredError).toBeCloseTo(Math.sqrt(0.2183333333333333), 13);
    expect(qualityOf(fromRows([[1], [2]]), { y: fromRows([[3], [3]]) })).not.toHaveProperty('r2');
  });
});
