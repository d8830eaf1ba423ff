import { describe, expect, it } from 'vitest';
import { kernelOf } from '#src/activations/operators/kernel.js';
import { pullback, pushforward } from '#src/activations/operators/response.js';
import { pairFormulas } from '#src/activations/pairs/pairFormulas.js';
import { activationByName } from '#src/activations/registry.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { erfcx } from '#src/numerics/erfcx.js';
import { fromRows, type Matrix } from '#src/numerics/matrix.js';
import { byHermite, largestDifference, type PairReference, referenceJson } from '../support.js';

const compute = await nodeCompute();

it('has erfcx to 15 digits (test/reference/make_erfcx.py)', () => {
  for (const { x, value } of referenceJson('erfcx.json') as { x: number; value: number }[]) {
    expect(Math.abs(erfcx(x) / value - 1), `erfcx(${x})`).toBeLessThan(1.5e-15);
  }
  expect(erfcx(Number.POSITIVE_INFINITY)).toBe(0);
});

type Case = PairReference & { activation: string; rho: number };

describe.each(['elu', 'selu'])('%s in closed form', (name) => {
  const phi = activationByName(name);
  const kink = name === 'selu';

  it('has the values of mpmath at variances from 1e-8 to 9000 and correlations to ±1', () => {
    for (const { activation, a, b, c, rho, ...expected } of referenceJson(
      'exponential_linear.json',
    ) as Case[]) {
      if (activation !== name) continue;
      const pairs = phi.prepare(Float64Array.of(a, b), compute.algebra);
      const [value, slope, left, right] = Array.from({ length: 4 }, () => new Float64Array(1));
      const { kind } = pairs;
      pairFormulas[kind].value(pairs, 1, Float64Array.of(c), 1, value, 1, 0);
      // Row 1 with column 0: left belongs to b.
      pairFormulas[kind].derivatives(pairs, 1, Float64Array.of(c), 1, slope, right, left);
      const at = `${a}, ${b}, ${rho}`;
      const size = Math.sqrt(pairs.diagonal[0] * pairs.diagonal[1]);
      // Kinks turn the last digit of c into the root of it where |ρ| = 1, whatever the method.
      const limit = kink && Math.abs(rho) > 1 - 1e-6 ? 5e-13 : 4e-15;
      expect(Math.abs(value[0] - expected.value) / size, `value ${at}`).toBeLessThan(4e-15);
      expect(Math.abs(slope[0] - (expected.slope ?? 0)), `slope ${at}`).toBeLessThan(limit);
      for (const [got, want, from, to] of [
        [left[0], expected.left, a, b],
        [right[0], expected.right, b, a],
      ] as const) {
        expect(Math.abs(got - (want ?? 0)) / Math.max(1, Math.sqrt(to / from)), `curve ${at}`).toBeLessThan(
          Math.max(3e-13, limit),
        );
      }
    }
  });

  it('agrees with series and quadrature, in kernels and responses, points without variance included', () => {
    const h = fromRows([[0, 0, 0], [0, 1.3, 0.9], [0, 0.9, 2.1]]); // biome-ignore format: matrix
    const s = fromRows([[0, 0.2, 0], [0.2, 0.5, -0.3], [0, -0.3, 0.7]]); // biome-ignore format: matrix
    const other = byHermite(phi);
    expect(largestDifference(kernelOf(phi, h, compute), kernelOf(other, h, compute))).toBeLessThan(1e-12);
    const [moved, ofOther] = [phi, other].map((one) => pushforward(one, h, s, compute));
    for (const k of [1, 2, 4, 5, 8]) expect(Math.abs(moved.data[k] - ofOther.data[k])).toBeLessThan(1e-11);
    const product = (x: Matrix, y: Matrix) => x.data.reduce((sum, value, k) => sum + value * y.data[k], 0);
    expect(product(s, pullback(phi, h, h, compute))).toBeCloseTo(
      product(h, pushforward(phi, h, s, compute)),
      12,
    );
  });

  it('leaves variances whose integral takes too many nodes to quadrature', () => {
    const h = fromRows([[9e4, 5e4], [5e4, 8e4]]); // biome-ignore format: matrix
    expect(largestDifference(kernelOf(phi, h, compute), kernelOf(byHermite(phi), h, compute))).toBeLessThan(
      1e-7,
    );
    expect(pushforward(phi, h, h, compute).data.every(Number.isFinite)).toBe(true);
    expect(pullback(phi, h, h, compute).data.every(Number.isFinite)).toBe(true);
  });
});
