import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centredAlignment, kernelAlignment } from '#src/measures/alignment.js';
import { centredSpectrum } from '#src/measures/spectrum.js';
import { targetSpectrum } from '#src/measures/targetSpectrum.js';
import { portableCompute } from '#src/numerics/compute.js';
import { fromRows, gather, identity, type Matrix } from '#src/numerics/matrix.js';
import { RandomStream } from '#src/numerics/random.js';
import { randomCovariance, randomMatrix } from '../support.js';

const { algebra } = portableCompute();
const oneHot = (labels: readonly number[], classes: number) =>
  fromRows(labels.map((label) => Array.from({ length: classes }, (_, k) => Number(k === label))));
const sizes = fc.tuple(
  fc.integer({ min: 3, max: 12 }),
  fc.integer({ min: 1, max: 3 }),
  fc.integer({ min: 0, max: 1000 }),
);
const scaled = (a: Matrix, by: number): Matrix => ({ ...a, data: a.data.map((value) => by * value) });

describe('the spectrum of a feature map with its targets', () => {
  it('puts all weight of the targets on C − 1 directions of a kernel that is theirs', () => {
    for (const classes of [2, 3, 4]) {
      const y = oneHot(
        Array.from({ length: 12 }, (_, i) => i % classes),
        classes,
      );
      const { directions, weight, eigenvalues } = targetSpectrum(algebra, algebra.syrk(y), y);
      expect(directions).toBe(classes - 1);
      expect(weight[classes - 2]).toBeCloseTo(1, 12);
      expect(eigenvalues[classes - 1]).toBeLessThan(1e-12 * eigenvalues[0]);
    }
  });

  it('of two directions says which of them the targets lie in', () => {
    const [u, v] = [
      [1, -1, 1, -1],
      [1, 1, -1, -1],
    ].map((row) => row.map((value) => value / 2));
    const kernel = fromRows(u.map((_, i) => u.map((_, j) => 3 * u[i] * u[j] + 2 * v[i] * v[j])));
    // y = cos t u + sin t v has cos² t on the first.
    const y = fromRows(u.map((value, i) => [Math.cos(0.4) * value + Math.sin(0.4) * v[i]]));
    const { eigenvalues, weight, directions } = targetSpectrum(algebra, kernel, y);
    expect([...eigenvalues.slice(0, 2)].map((value) => value.toFixed(12))).toEqual([
      '3.000000000000',
      '2.000000000000',
    ]);
    expect(weight[0]).toBeCloseTo(Math.cos(0.4) ** 2, 12);
    expect(weight[1]).toBeCloseTo(1, 12);
    expect(directions).toBe(2);
    expect(targetSpectrum(algebra, kernel, y, 0.8).directions).toBe(1);
  });

  it('rises to one, has the eigenvalues of the centred kernel, and knows neither scales nor the order of samples', () => {
    fc.assert(
      fc.property(sizes, ([p, n, seed]) => {
        const [kernel, y] = [randomCovariance(p, p + 2, 1, seed), randomMatrix(p, n, seed + 1)];
        const found = targetSpectrum(algebra, kernel, y);
        expect(found.eigenvalues).toEqual(centredSpectrum(algebra, kernel));
        found.weight.forEach((value, k) => {
          expect(value).toBeGreaterThanOrEqual(k === 0 ? 0 : found.weight[k - 1] - 1e-14);
        });
        expect(found.weight[p - 1]).toBeCloseTo(1, 10);
        const order = RandomStream.fromSeed(seed).permutation(p);
        const columns = Array.from({ length: n }, (_, k) => k);
        const moved = targetSpectrum(
          algebra,
          scaled(gather(kernel, order, order), 7),
          scaled(gather(y, order, columns), -3),
        );
        found.weight.forEach((value, k) => {
          expect(moved.weight[k]).toBeCloseTo(value, 8);
        });
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  it('is undefined for equal targets, and refuses shares that are none', () => {
    const { weight, directions } = targetSpectrum(algebra, identity(3), fromRows([[0.1], [0.1], [0.1]]));
    expect(directions).toBeNaN();
    expect(weight.every(Number.isNaN)).toBe(true);
    expect(() => targetSpectrum(algebra, identity(2), fromRows([[1], [0]]), 2)).toThrow(
      /share: 2; must be at most 1/,
    );
  });
});

describe('CKA of two kernels', () => {
  it('is one for kernels of one shape, symmetric, and that with YYᵀ for the kernel of the targets', () => {
    fc.assert(
      fc.property(sizes, ([p, n, seed]) => {
        const [a, b] = [randomCovariance(p, p, 1, seed), randomCovariance(p, 2 * p, 2, seed + 1)];
        const y = randomMatrix(p, n, seed + 2);
        expect(kernelAlignment(a, scaled(a, 5))).toBeCloseTo(1, 12);
        expect(kernelAlignment(a, b)).toBeCloseTo(kernelAlignment(b, a), 12);
        expect(kernelAlignment(a, algebra.syrk(y))).toBeCloseTo(centredAlignment(a, y), 10);
      }),
      { numRuns: 30, seed: 1 },
    );
  });

  it('is undefined for a kernel that is the same everywhere', () => {
    expect(kernelAlignment(identity(2), fromRows([[2, 2], [2, 2]]))).toBeNaN(); // biome-ignore format: matrix
  });
});
