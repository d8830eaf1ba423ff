import { describe, expect, it } from 'vitest';
import { activationByName } from '#src/activations/registry.js';
import { portableCompute } from '#src/numerics/compute.js';
import { pairMomentsOf } from '#src/prior/pairMoments.js';

describe('fourth moments of a function that oscillates and grows', () => {
  // φ = h sin h: products of sines average out by e^{−σ²}, so that ⟨φ⁴⟩ = ⅜⟨h⁴⟩ and ⟨φ_α²φ_β²⟩ = ¼⟨h_α²h_β²⟩
  // at |ρ| < 1.
  const moments = pairMomentsOf(activationByName('x*sin(x)'), portableCompute());
  it.each([100, 400, 2500])('are those of its amplitude at variance %d', (a) => {
    const [b, rho] = [0.8 * a, 0.5];
    const c = rho * Math.sqrt(a * b);
    const m = moments(a, b, c);
    expect(m[4] / ((9 / 8) * a * a) - 1).toBeCloseTo(0, 11);
    expect(m[0] / ((9 / 8) * b * b) - 1).toBeCloseTo(0, 11);
    expect(m[2] / (0.25 * (a * b + 2 * c * c)) - 1).toBeCloseTo(0, 11);
    for (const odd of [m[1], m[3]]) expect(Math.abs(odd) / (a * b)).toBeLessThan(1e-12);
  });
});
