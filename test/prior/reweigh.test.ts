import { describe, expect, it } from 'vitest';
import { posteriorWeights } from '#src/prior/reweigh.js';
import { priorFigure } from '#src/report/priorFigure.js';
import { randomMatrix } from '../support.js';

const kernels = { rows: 2, columns: 3, data: Float64Array.of(1, 0.5, 2, 3, -1, 1) };

describe('posterior weights of draws of a pair', () => {
  it('are Bayes, by hand, with several outputs', () => {
    const targets = { rows: 2, columns: 2, data: Float64Array.of(1, 0.3, -1, 2) };
    const kappa = 0.1;
    const density = ([a, c, b]: number[], u: number, v: number) => {
      const determinant = (a + kappa) * (b + kappa) - c * c;
      const square = ((b + kappa) * u * u - 2 * c * u * v + (a + kappa) * v * v) / determinant;
      return Math.exp(-square / 2) / Math.sqrt(determinant);
    };
    const likelihood = [0, 1].map((s) => {
      const row = [...kernels.data.subarray(3 * s, 3 * s + 3)];
      return density(row, 1, -1) * density(row, 0.3, 2);
    });
    const weights = posteriorWeights(kernels, targets, kappa);
    expect(weights[0]).toBeCloseTo(likelihood[0] / (likelihood[0] + likelihood[1]), 13);
    expect(weights[0] + weights[1]).toBeCloseTo(1, 14);
  });

  it('are equal under enormous noise, and finite for targets far out', () => {
    const near = { rows: 2, columns: 1, data: Float64Array.of(1, -1) };
    expect(posteriorWeights(kernels, near, 1e9)[0]).toBeCloseTo(0.5, 7);
    const far = { rows: 2, columns: 1, data: Float64Array.of(1e3, -1e3) };
    expect(posteriorWeights(kernels, far, 0.1)).toEqual(Float64Array.of(0, 1));
  });

  it('move the histogram of the figure', () => {
    const draws = { rows: 500, columns: 3, data: new Float64Array(1500) };
    const entries = randomMatrix(500, 1, 1).data;
    for (let s = 0; s < 500; s++) draws.data.set([4, entries[s], 4], 3 * s);
    const grid = { rows: 3, columns: 3, data: Float64Array.of(0.1, 0.2, 0.1, 0.2, 0.4, 0.2, 0.1, 0.2, 0.1) };
    const targets = { rows: 2, columns: 1, data: Float64Array.of(2, 2) };
    const svg = priorFigure({
      kernels: draws,
      weights: posteriorWeights(draws, targets, 0.1),
      outputs: { rows: 0, columns: 2, data: new Float64Array(0) },
      infinite: 0,
      axis: Float64Array.of(-1, 0, 1),
      density: grid,
      gaussian: grid,
      pair: [0, 1],
    });
    expect(svg).toMatch(/^<svg xmlns[\s\S]*output kernel C of points 0 and 1[\s\S]*<\/svg>\n$/);
  });
});
