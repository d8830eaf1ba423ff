import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenLineOf } from '#src/activations/brokenLine.js';
import { defineActivation } from '#src/activations/defineActivation.js';
import { kernelOf } from '#src/activations/operators/kernel.js';
import { pushforward } from '#src/activations/operators/response.js';
import { pairByQuadrature, pairMomentsByQuadrature } from '#src/activations/quadrature/pairQuadrature.js';
import { activationByName } from '#src/activations/registry.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { fromRows } from '#src/numerics/matrix.js';
import { byHermite, largestDifference, type PairReference, referenceJson } from '../support.js';

const compute = await nodeCompute();

const activations = {
  hardTanh: activationByName('hardTanh'),
  elu: activationByName('max(x, 0) + exp(min(x, 0)) - 1'),
  relu6: activationByName('relu6'),
  selu: activationByName('selu'),
  shifted: activationByName('max(x, -0.5)'),
  shelf: defineActivation({
    name: 'shelf',
    value: (h) => (h > 0.3 ? 1 : 0),
    derivative: () => 0,
    kinks: [0.3],
  }),
};

type Case = PairReference & { activation: keyof typeof activations };
const cases = referenceJson('kinked.json') as Case[];

describe('functions with kinks against mpmath (test/reference/make_kinked.py)', () => {
  it.each(cases)('$activation at a=$a, b=$b, c=$c by quadrature', ({ activation, a, b, c, ...expected }) => {
    const pair = byHermite(activations[activation]).pairByQuadrature?.(a, b, c);
    for (const [key, value] of Object.entries(expected)) {
      expect(Math.abs((pair?.[key as 'value'] ?? Number.NaN) - value), key).toBeLessThan(2e-12);
    }
  });

  it.each(cases)(
    '$activation at a=$a, b=$b, c=$c in a kernel and its response, and by the Hermite series',
    (reference) => {
      const { activation, a, b, c, ...expected } = reference;
      for (const phi of [activations[activation], byHermite(activations[activation])]) {
        const covariance = fromRows([[a, c], [c, b]]); // biome-ignore format: matrix
        expect(Math.abs(kernelOf(phi, covariance, compute).data[1] - expected.value)).toBeLessThan(2e-12);
        const { slope, left, right } = expected;
        if (slope === undefined || left === undefined || right === undefined) continue;
        const move = (da: number, dc: number, db: number) =>
          // biome-ignore format: matrix
          pushforward(phi, covariance, fromRows([[da, dc], [dc, db]]), compute).data[1];
        expect(Math.abs(move(0, 1, 0) - slope)).toBeLessThan(2e-11);
        expect(Math.abs(move(1, 0, 0) - left / 2)).toBeLessThan(2e-11);
        expect(Math.abs(move(0, 0, 1) - right / 2)).toBeLessThan(2e-11);
      }
    },
  );
});

it('finds in the formulas of hardTanh and elu what the names stand for', () => {
  const covariance = fromRows([[1.3, 1.08], [1.08, 0.9]]); // biome-ignore format: matrix
  for (const [name, formula] of [
    ['hardTanh', 'max(-1, min(1, x))'],
    ['elu', 'max(x, 0) + exp(min(x, 0)) - 1'],
  ]) {
    const [named, written] = [name, formula].map((text) =>
      kernelOf(activationByName(text), covariance, compute),
    );
    expect(largestDifference(named, written)).toBeLessThan(1e-14);
  }
});

it('has in selu the fixed point that its constants are made for', () => {
  // biome-ignore format: matrix
  expect(kernelOf(activationByName('selu'), fromRows([[1, 0], [0, 1]]), compute).data[0]).toBeCloseTo(1, 12);
});

describe('broken lines', () => {
  it.each(['hardTanh', 'shifted'] as const)('%s is found to be one, and needs no series', (name) => {
    expect(activations[name].prepare(Float64Array.of(1, 2), compute.algebra).kind).toBe('brokenLine');
    expect(brokenLineOf({ ...activations[name], kinks: activations[name].kinks ?? [] })).toMatchObject(
      name === 'hardTanh'
        ? { intercept: -1, slope: 0, kinks: [-1, 1], turns: [1, -1] }
        : { intercept: -0.5, slope: 0, kinks: [-0.5], turns: [1] },
    );
  });

  it('takes none for one that bends, jumps, or has kinks that it does not know', () => {
    const of = (value: (h: number) => number, kinks: number[]) =>
      brokenLineOf({ ...defineActivation({ name: 'other', value, kinks }), kinks });
    expect(of((h) => (h > 0 ? h : Math.expm1(h)), [0])).toBeUndefined();
    expect(of((h) => (h > 0 ? h : 1e-9 * Math.expm1(30 * h)), [0])).toBeUndefined();
    expect(of((h) => (h > 0.3 ? 1 : 0), [0.3])).toBeUndefined();
    expect(of((h) => Math.max(0, h), [])).toBeUndefined();
    expect(of((h) => Math.max(0, h, 3 * h - 100), [0])).toBeUndefined();
    expect(of((h) => 2 * h + 1, [])).toEqual({ intercept: 1, slope: 2, kinks: [], turns: [] });
  });

  it('takes points without variance, with a kink there or elsewhere', () => {
    const covariance = fromRows([[0, 0, 0], [0, 1, 0.3], [0, 0.3, 2]]); // biome-ignore format: matrix
    for (const formula of ['max(x, 0.2) + 1', 'relu(x) - 0.5*x', 'max(x, -0.3)']) {
      const phi = activationByName(formula);
      const [kernel, series] = [phi, byHermite(phi)].map((one) => kernelOf(one, covariance, compute));
      expect(largestDifference(kernel, series)).toBeLessThan(1e-12);
      expect(Array.from(pushforward(phi, covariance, covariance, compute).data).every(Number.isFinite)).toBe(
        true,
      );
    }
  });
});

/** Continuous, linear between its kinks. */
const piecewiseLinear = fc.array(
  fc.record({
    kink: fc.double({ min: -3, max: 3, noNaN: true }),
    turn: fc.double({ min: -2, max: 2, noNaN: true }),
  }),
  { minLength: 1, maxLength: 4 },
);

describe('nested quadrature', () => {
  it('agrees with the Hermite series, and closed forms with both, whatever the kinks and variances', () => {
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
          const covariance = fromRows([[a, c], [c, b]]); // biome-ignore format: matrix
          const [closed, series] = [phi, byHermite(phi)].map(
            (one) => kernelOf(one, covariance, compute).data,
          );
          const scale = Math.sqrt(series[0] * series[3]);
          const { value } = pairByQuadrature({ ...phi, kinks: phi.kinks ?? [] }, a, b, c);
          expect(Math.abs(series[1] - value)).toBeLessThan(1e-11 * scale);
          for (const k of [0, 1, 3]) expect(Math.abs(closed[k] - series[k])).toBeLessThan(1e-11 * scale);
          const moved = fromRows([[0.3, -0.2], [-0.2, 0.7]]); // biome-ignore format: matrix
          const [ofClosed, ofSeries] = [phi, byHermite(phi)].map((one) =>
            pushforward(one, covariance, moved, compute),
          );
          const size = Math.max(1, ...ofSeries.data.map(Math.abs));
          expect(largestDifference(ofClosed, ofSeries)).toBeLessThan(1e-10 * size);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.each(['hardTanh', 'elu', 'shifted'] as const)(
    'fourth moments of %s are values of its square',
    (name) => {
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
    },
  );
});
