import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centredAlignment, uncentredAlignment } from '#src/measures/alignment.js';
import { centredSpectrum, effectiveRank } from '#src/measures/spectrum.js';
import { portableCompute } from '#src/numerics/compute.js';
import { fromRows, identity, type Matrix, zeros } from '#src/numerics/matrix.js';
import { randomCovariance, randomMatrix } from '../support.js';

/** ⟨HAH, HYYᵀH⟩/(‖HAH‖‖HYYᵀH‖) with H, and all products, written out. */
function alignmentByDefinition(a: Matrix, y: Matrix, centre: boolean): number {
  const n = a.rows;
  const h = identity(n);
  if (centre) for (let i = 0; i < n * n; i++) h.data[i] -= 1 / n;
  const product = (p: Matrix, q: Matrix) => {
    const c = zeros(n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++)
        for (let k = 0; k < n; k++) c.data[i * n + j] += p.data[i * n + k] * q.data[k * n + j];
    return c;
  };
  const b = zeros(n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (let k = 0; k < y.columns; k++)
        b.data[i * n + j] += y.data[i * y.columns + k] * y.data[j * y.columns + k];
  const [ha, hb] = [product(h, product(a, h)), product(h, product(b, h))];
  const dot = (p: Matrix, q: Matrix) => p.data.reduce((sum, value, i) => sum + value * q.data[i], 0);
  return dot(ha, hb) / Math.sqrt(dot(ha, ha) * dot(hb, hb));
}

describe('alignment', () => {
  it('is what its definition says, for one and several outputs', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 10 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 999 }),
        (n, outputs, seed) => {
          const [a, y] = [randomCovariance(n, 4, 1, seed), randomMatrix(n, outputs, seed + 1)];
          expect(centredAlignment(a, y)).toBeCloseTo(alignmentByDefinition(a, y, true), 10);
          expect(uncentredAlignment(a, y)).toBeCloseTo(alignmentByDefinition(a, y, false), 10);
        },
      ),
    );
  });

  it('is 1 for YYᵀ itself, whatever its scale, and unmoved by a constant added to the kernel', () => {
    const y = fromRows([[1], [-1], [-1], [1]]);
    const gram = fromRows([0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((j) => 7 * y.data[i] * y.data[j] + 3)));
    expect(centredAlignment(gram, y)).toBeCloseTo(1, 14);
    expect(uncentredAlignment(gram, y)).toBeLessThan(1);
  });

  it('is undefined for equal targets and for a constant kernel', () => {
    expect(centredAlignment(identity(3), fromRows([[0.1], [0.1], [0.1]]))).toBeNaN();
    expect(
      centredAlignment(
        fromRows([
          [1, 1],
          [1, 1],
        ]),
        fromRows([[1], [-1]]),
      ),
    ).toBeNaN();
  });
});

describe('spectrum', () => {
  const { algebra } = portableCompute();

  it('of the centred identity: n − 1 ones and a zero, effective rank n − 1', () => {
    const values = centredSpectrum(algebra, identity(5));
    [1, 1, 1, 1, 0].forEach((value, k) => {
      expect(values[k]).toBeCloseTo(value, 12);
    });
    expect(effectiveRank(values)).toBeCloseTo(4, 8);
  });

  it('has effective rank 1 for one direction and 0 for none', () => {
    expect(effectiveRank(Float64Array.of(3, 0, -1e-18))).toBeCloseTo(1, 12);
    expect(effectiveRank(Float64Array.of(0, 0))).toBe(0);
  });
});
