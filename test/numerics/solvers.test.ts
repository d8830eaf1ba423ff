import { describe, expect, it } from 'vitest';
import { AndersonMixer } from '#src/numerics/fixedPoint.js';
import { compositeRule, gaussLegendre, gradedPanels, withGaussianWeight } from '#src/numerics/quadrature.js';

describe('Gauss–Legendre rules', () => {
  it.each([1, 2, 5, 16, 40])('of %i nodes integrate polynomials of degree 2n − 1 exactly', (n) => {
    const { nodes, weights } = gaussLegendre(n);
    for (let degree = 0; degree < 2 * n; degree++) {
      const integral = nodes.reduce((sum, x, i) => sum + weights[i] * x ** degree, 0);
      expect(integral).toBeCloseTo(degree % 2 === 0 ? 2 / (degree + 1) : 0, 13);
    }
  });

  it('on graded panels integrate steep functions of a Gaussian variable', () => {
    const panels = gradedPanels([{ position: 0.3, width: 0.001 }], 13, 0.5);
    const { nodes, weights } = withGaussianWeight(compositeRule(panels, 12));
    const step = nodes.reduce((sum, z, i) => sum + (z > 0.3 ? weights[i] : 0), 0);
    expect(step).toBeCloseTo(0.3820885778110474, 14);
    const total = weights.reduce((sum, w) => sum + w, 0);
    expect(total).toBeCloseTo(1, 14);
    expect(panels).toContain(0.3);
    expect([...panels]).toEqual([...panels].sort((a, b) => a - b));
  });
});

describe('AndersonMixer', () => {
  it('solves a linear system of n unknowns in little more than n steps, where plain iteration diverges', () => {
    const slopes = [0.9, -3, 1.8, -0.4];
    const f = (x: Float64Array) => x.map((value, i) => slopes[i] * value + i + 1);
    const mixer = new AndersonMixer(6, 0.5);
    let x = new Float64Array(4);
    let steps = 0;
    for (; steps < 20 && f(x).some((value, i) => Math.abs(value - x[i]) > 1e-10); steps++)
      x = mixer.next(x, f(x)) as typeof x;
    expect(steps).toBeLessThanOrEqual(8);
    slopes.forEach((slope, i) => {
      expect(x[i]).toBeCloseTo((i + 1) / (1 - slope), 8);
    });
  });

  it('forgets on reset: the first step is plain damping', () => {
    const mixer = new AndersonMixer(3, 0.25);
    mixer.next(Float64Array.of(1), Float64Array.of(3));
    mixer.reset();
    expect(mixer.next(Float64Array.of(0), Float64Array.of(8))[0]).toBe(2);
  });
});
