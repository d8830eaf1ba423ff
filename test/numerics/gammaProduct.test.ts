import { describe, expect, it } from 'vitest';
import { GammaProduct } from '#src/numerics/gammaProduct.js';
import { referenceJson } from '../support.js';

interface Case {
  readonly widths: number[];
  readonly x: number;
  readonly logDensity: number;
  readonly below: number[];
}

describe('the product of independent Gamma variables', () => {
  // Bessel functions, integrals over them and the inverse transform with 30 digits
  // (test/reference/make_gamma_product.py).
  it.each(referenceJson('gamma_product.json') as Case[])(
    '$widths at ln Q = $x: density and partial products of mpmath',
    (reference) => {
      const { logDensity, below, above } = new GammaProduct(reference.widths).at(reference.x);
      expect(Math.abs(logDensity - reference.logDensity)).toBeLessThan(1e-11);
      reference.below.forEach((value, k) => {
        // Absolute where a partial product is far below its mean: it is added to terms of order one.
        expect(Math.abs(below[k + 1] - value)).toBeLessThan(1e-11 * Math.max(1e-3, value));
      });
      expect(below[0]).toBeCloseTo(1, 14);
      expect(above[reference.widths.length]).toBeCloseTo(1, 14);
    },
  );

  it.each([[[3]], [[1, 1]], [[7, 2, 900]], [Array(32).fill(100)], [[1e5, 1e9]]])(
    '%j: density of mass one, E[Q] = 1, ∏(1+2/N) = E[Q²]',
    (widths) => {
      const law = new GammaProduct(widths);
      const [low, high] = [law.tilt(0.02 * Math.min(...widths)), law.tilt(200 + 60 * Math.max(...widths))];
      const deviation = Math.sqrt(law.tilt(0.5 * Math.min(...widths)).variance);
      const from = Math.max(low.x, -60 * deviation - 80 * (Math.min(...widths) < 4 ? 1 : 0));
      const to = Math.min(high.x, 40 * deviation);
      const step = (to - from) / 3000;
      let sums = [0, 0, 0];
      for (let k = 0; k <= 3000; k++) {
        const x = from + k * step;
        const { logDensity } = law.at(x);
        sums = sums.map((sum, power) => sum + step * Math.exp(logDensity + power * x));
      }
      expect(sums[0]).toBeCloseTo(1, 7);
      expect(sums[1]).toBeCloseTo(1, 7);
      expect(sums[2] / widths.reduce((product, width) => product * (1 + 2 / width), 1)).toBeCloseTo(1, 7);
    },
  );

  it('conditional means of layers below and above add up: E[E[Q_1|Q]] = 1, and both orders are mirror images', () => {
    const [plain, mirrored] = [new GammaProduct([3, 8, 20]), new GammaProduct([20, 8, 3])];
    let mean = 0;
    for (let x = -40; x < 8; x += 0.02) {
      const { logDensity, below, above } = plain.at(x);
      mean += 0.02 * Math.exp(logDensity) * below[1];
      const other = mirrored.at(x);
      for (let l = 0; l <= 3; l++) expect(above[l]).toBeCloseTo(other.below[3 - l], 10);
    }
    expect(mean).toBeCloseTo(1, 9);
  });
});
