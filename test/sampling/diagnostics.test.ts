import { describe, expect, it } from 'vitest';
import { diagnose, normalQuantile, readableRhat } from '#src/sampling/diagnostics.js';
import { referenceJson } from '../support.js';

interface Case {
  readonly chains: number[][];
  readonly rhat: number | null;
  readonly bulk: number;
  readonly tail: number;
  readonly error: number;
}
const cases = referenceJson('diagnostics.json') as Record<string, Case>;

// ArviZ (test/reference/make_diagnostics.py).
describe('diagnostics', () => {
  it.each(Object.keys(cases))('%s chains: R̂, effective draws and errors as by ArviZ', (name) => {
    const { chains, rhat, bulk, tail, error } = cases[name];
    const found = diagnose(chains.map((chain) => Float64Array.from(chain)));
    if (rhat !== null) expect(found.rhat).toBeCloseTo(rhat, 10);
    expect(found.bulk / bulk).toBeCloseTo(1, 9);
    expect(found.tail / tail).toBeCloseTo(1, 9);
    expect(found.error / error).toBeCloseTo(1, 9);
  });

  it('is infinite for chains that stand still apart, whatever rounding makes of their variances', () => {
    for (const places of [
      [1, 2],
      [0.1, 0.7],
      [1e-9, 3, 5],
      [-0.3, -0.3, 0.1],
    ]) {
      const { rhat, bulk, error } = diagnose(places.map((place) => new Float64Array(51).fill(place)));
      expect(rhat).toBe(Number.POSITIVE_INFINITY);
      expect(readableRhat(rhat)).toBe('∞');
      expect(bulk).toBeLessThan(2 * places.length);
      expect(error).toBeGreaterThan(0);
    }
  });

  it('a constant has no error, and all its draws', () => {
    expect(diagnose([new Float64Array(50).fill(2), new Float64Array(50).fill(2)])).toMatchObject({
      mean: 2,
      error: 0,
      rhat: 1,
      bulk: 100,
    });
  });

  it.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [1e-6, -4.753424308822899],
  ])('Φ⁻¹(%f) = %f', (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 9);
  });
});
