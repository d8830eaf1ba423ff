import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orthant, upperTails } from '#src/numerics/normal.js';
import { referenceJson } from '../support.js';

const joint = (x: number, y: number, rho: number): number => {
  const [u, v] = upperTails(Float64Array.of(x, y));
  return orthant(x, y, rho, u, v);
};
const anywhere = fc.double({ min: -9, max: 9, noNaN: true });
const correlation = fc.double({ min: -1, max: 1, noNaN: true });

describe('P(U > x, V > y) of a binormal pair', () => {
  it('is that of mpmath to 3e-16 (test/reference/make_orthants.py)', () => {
    const rows = referenceJson('orthants.json') as [number, number, number, number][];
    expect(rows.length).toBeGreaterThan(100);
    for (const [x, y, rho, value] of rows) {
      expect(Math.abs(joint(x, y, rho) - value), `x=${x}, y=${y}, ρ=${rho}`).toBeLessThan(3e-16);
    }
  });

  it('is known without correlation, with all of it, at the origin and at infinity', () => {
    const [u, v] = upperTails(Float64Array.of(0.3, -0.4));
    expect(joint(0.3, -0.4, 0)).toBeCloseTo(u * v, 15);
    expect(joint(0.3, -0.4, 1)).toBeCloseTo(u, 15);
    expect(joint(0.3, -0.4, -1)).toBeCloseTo(u + v - 1, 15);
    expect(joint(0.3, 0.4, -1)).toBe(0);
    for (const rho of [-0.95, -0.5, 0.2, 0.8, 0.93])
      expect(joint(0, 0, rho)).toBeCloseTo(0.25 + Math.asin(rho) / (2 * Math.PI), 15);
    expect(joint(Number.POSITIVE_INFINITY, 0, 0.5)).toBe(0);
    expect(joint(Number.NEGATIVE_INFINITY, -0.4, 0.5)).toBe(v);
  });

  it('is symmetric, fills up P(U > x) with that of −V, and grows with the correlation', () => {
    fc.assert(
      fc.property(anywhere, anywhere, correlation, correlation, (x, y, rho, other) => {
        const [u] = upperTails(Float64Array.of(x));
        expect(Math.abs(joint(x, y, rho) - joint(y, x, rho))).toBeLessThan(1e-15);
        expect(Math.abs(joint(x, y, rho) + joint(x, -y, -rho) - u)).toBeLessThan(1e-15);
        expect(joint(x, y, Math.max(rho, other)) - joint(x, y, Math.min(rho, other))).toBeGreaterThan(-1e-15);
      }),
      { numRuns: 500 },
    );
  });
});
