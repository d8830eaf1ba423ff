import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineActivation } from '#src/activations/defineActivation.js';
import { kernelOf, pushforward } from '#src/activations/gaussian.js';
import { pairByQuadrature, pairMomentsByQuadrature } from '#src/activations/pairQuadrature.js';
import { activationByName } from '#src/activations/registry.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { fromRows } from '#src/numerics/matrix.js';
import { referenceJson } from '../support.js';

const compute = await nodeCompute();

const activations = {
  hardTanh: activationByName('max(-1, min(1, x))'),
  elu: activationByName('max(x, 0) + exp(min(x, 0)) - 1'),
  shifted: activationByName('max(x, -0.5)'),
  shelf: defineActivation({ name: 'shelf', value: (h) => (h > 0.3 ? 1 : 0), derivative: () => 0, kinks: [0.3] }),
};

interface Case {
  activation: keyof typeof activations;
  a: number;
  b: number;
  c: number;
  value: number;
  slope?: number;
  left?: number;
  right?: number;
}
const cases = referenceJson('kinked.json') as Case[];

describe('functions with kinks against mpmath (test/reference/make_kinked.py)', () => {
  it.each(cases)('$activation at a=$a, b=$b, c=$c by quadrature', ({ activation, a, b, c, ...expected }) => {
    const pair = activations[activation].pairByQuadrature?.(a, b, c);
    for (const [key, value] of Object.entries(expected)) {
      expect(Math.abs((pair?.[key as 'value'] ?? Number.NaN) - value), key).toBeLessThan(2e-12);
    }
  });

  it.each(cases)('$activation at a=$a, b=$b, c=$c in a kernel and its response', ({ activation, a, b, c, ...expected }) => {
    const phi = activations[activation];
    const covariance = fromRows([[a, c], [c, b]]); // biome-ignore format: matrix
    expect(Math.abs(kernelOf(phi, covariance, compute).data[1] - expected.value)).toBeLessThan(2e-12);
    const { slope, left, right } = expected;
    if (slope === undefined || left === undefined || right === undefined) return;
    const move = (da: number, dc: number, db: number) =>
      pushforward(phi, covariance, fromRows([[da, dc], [dc, db]]), compute).data[1]; // biome-ignore format: matrix
    expect(Math.abs(move(0, 1, 0) - slope)).toBeLessThan(2e-11);
    expect(Math.abs(move(1, 0, 0) - left / 2)).toBeLessThan(2e-11);
    expect(Math.abs(move(0, 0, 1) - right / 2)).toBeLessThan(2e-11);
  });
});

/** Continuous, linear between its kinks. */
const piecewiseLinear = fc.array(
  fc.record({ kink: fc.double({ min: -3, max: 3, noNaN: true }), turn: fc.double({ min: -2, max: 2, noNaN: true }) }),
  { minLength: 1, maxLength: 4 },
);

describe('nested quadrature', () => {
  it('agrees with the Hermite series, whatever the kinks and variances', () => {
    fc.assert(
      fc.property(
        piecewiseLinear,
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        fc.double({ min: -0.75, max: 0.75, noNaN: true }),
        (turns, a, b, rho) => {
          const phi = defineActivation({
            name: 'random',
            value: (h) => turns.reduce((sum, { kink, turn }) => sum + turn * Math.max(0, h - kink), 0.3 * h),
            derivative: (h) => turns.reduce((sum, { kink, turn }) => sum + (h > kink ? turn : 0), 0.3),
            kinks: turns.map(({ kink }) => kink),
          });
          const c = rho * Math.sqrt(a * b);
          const kernel = kernelOf(phi, fromRows([[a, c], [c, b]]), compute).data; // biome-ignore format: matrix
          const scale = Math.sqrt(kernel[0] * kernel[3]);
          const { value } = pairByQuadrature({ ...phi, kinks: phi.kinks ?? [] }, a, b, c);
          expect(Math.abs(kernel[1] - value)).toBeLessThan(1e-11 * scale);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each(['hardTanh', 'elu', 'shifted'] as const)('fourth moments of %s are values of its square', (name) => {
    const phi = { ...activations[name], kinks: activations[name].kinks ?? [] };
    const square = {
      name: 'square',
      kinks: phi.kinks,
      value: (h: Float64Array, out: Float64Array) => {
        phi.value(h, out);
        for (let i = 0; i < out.length; i++) out[i] *= out[i];
      },
      derivative: phi.derivative,
    };
    for (const { a, b, c } of cases) {
      const moments = pairMomentsByQuadrature(phi, a, b, c);
      const pair = (x: number, y: number, z: number) => pairByQuadrature(square, x, y, z).value;
      const scale = Math.max(...moments);
      expect(Math.abs(moments[2] - pair(a, b, c))).toBeLessThan(1e-12 * scale);
      expect(Math.abs(moments[4] - pair(a, a, a))).toBeLessThan(1e-12 * scale);
      expect(Math.abs(moments[0] - pair(b, b, b))).toBeLessThan(1e-12 * scale);
    }
  });
});
