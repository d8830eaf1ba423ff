import fc from 'fast-check';
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

/** ⟨φ_αᵖφ_β⁴⁻ᵖ⟩ by brute force: midpoints of a fine grid in two dimensions. */
function bruteForce(phi: (h: number) => number, a: number, b: number, rho: number): number[] {
  const [steps, range] = [240, 10];
  const h = (2 * range) / steps;
  const at = Array.from({ length: steps }, (_, k) => -range + (k + 0.5) * h);
  const weights = at.map((z) => (Math.exp(-0.5 * z * z) * h) / Math.sqrt(2 * Math.PI));
  const moments = [0, 0, 0, 0, 0];
  at.forEach((u, i) => {
    const x = phi(Math.sqrt(a) * u);
    at.forEach((w, j) => {
      const y = phi(Math.sqrt(b) * (rho * u + Math.sqrt(1 - rho * rho) * w));
      for (let p = 0; p <= 4; p++) moments[p] += weights[i] * weights[j] * x ** p * y ** (4 - p);
    });
  });
  return moments;
}

describe('fourth moments of smooth functions, by series or grid', () => {
  const silu = (h: number) => h / (1 + Math.exp(-h));
  it.each([
    ['tanh', Math.tanh],
    ['silu', silu],
  ])('of %s are those of brute force at any variances and correlation', (name, phi) => {
    const moments = pairMomentsOf(activationByName(name), portableCompute());
    const variance = fc.double({ min: 0.01, max: 6, noNaN: true });
    const rho = fc.double({ min: -0.999, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(variance, variance, rho, (a, b, r) => {
        const exact = bruteForce(phi, a, b, r);
        moments(a, b, r * Math.sqrt(a * b)).forEach((moment, p) => {
          // By Hölder no moment is larger than this.
          const scale = exact[4] ** (p / 4) * exact[0] ** (1 - p / 4);
          expect(Math.abs(moment - exact[p])).toBeLessThan(1e-12 * scale);
        });
      }),
      { numRuns: 8 },
    );
  });

  it('evaluates a point once for all pairs that it is in', () => {
    const tanh = activationByName('tanh');
    let evaluated = 0;
    const value: typeof tanh.value = (h, into) => {
      evaluated += h.length;
      return tanh.value(h, into);
    };
    const moments = pairMomentsOf({ ...tanh, value }, portableCompute());
    const variances = Array.from({ length: 20 }, (_, i) => 0.5 + i / 20);
    const solveAll = () => {
      for (const a of variances) for (const b of variances) moments(a, b, 0.3 * Math.sqrt(a * b));
    };
    solveAll();
    expect(evaluated).toBeLessThan(20 * 200);
    evaluated = 0;
    solveAll();
    expect(evaluated).toBe(0);
  });
});
