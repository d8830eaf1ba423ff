import { describe, expect, it } from 'vitest';
import { pairFormulas } from '#src/activations/pairs/pairFormulas.js';
import { activationByName } from '#src/activations/registry.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { type PairReference, referenceJson } from '../support.js';

const compute = await nodeCompute();
const phi = activationByName('gelu');

type Case = PairReference & { rho: number };

/** Value, slope and curvatures of one pair, row 1 with column 0: the first curvature belongs to b. */
function pairOf(a: number, b: number, c: number) {
  const pairs = phi.prepare(Float64Array.of(a, b), compute.algebra);
  const [value, slope, left, right] = Array.from({ length: 4 }, () => new Float64Array(1));
  pairFormulas[pairs.kind].value(pairs, 1, Float64Array.of(c), 1, value, 1, 0);
  pairFormulas[pairs.kind].derivatives(pairs, 1, Float64Array.of(c), 1, slope, right, left);
  return { pairs, value: value[0], slope: slope[0], left: left[0], right: right[0] };
}

describe('GELU in closed form', () => {
  it('has the values of mpmath at variances from 1e-8 to 1e4 and correlations to ±1 (make_gelu.py)', () => {
    for (const { a, b, c, rho, ...expected } of referenceJson('gelu.json') as Case[]) {
      const { pairs, ...found } = pairOf(a, b, c);
      const at = `${a}, ${b}, ${rho}`;
      const size = Math.sqrt(pairs.diagonal[0] * pairs.diagonal[1]);
      // Opposite points have products that all but vanish beside ⟨φ²⟩ of either.
      expect(Math.abs(found.value - expected.value) / size, `value ${at}`).toBeLessThan(1e-14);
      if (rho > -0.9)
        expect(Math.abs(found.value / expected.value - 1), `value itself ${at}`).toBeLessThan(1e-14);
      expect(Math.abs(found.slope - (expected.slope ?? 0)), `slope ${at}`).toBeLessThan(1e-12);
      for (const [got, want, from, to] of [
        [found.left, expected.left, a, b],
        [found.right, expected.right, b, a],
      ] as const) {
        const bound = 1e-12 * Math.max(1, Math.sqrt(to / from));
        expect(Math.abs(got - (want ?? 0)), `curvature ${at}`).toBeLessThan(bound);
      }
    }
  });

  it('has on the diagonal what pairs of equal points have, and its derivative', () => {
    for (const a of [0, 1e-9, 0.3, 1, 40, 1e5]) {
      const { pairs, value, slope, left } = pairOf(a, a, a);
      expect(Math.abs(value - pairs.diagonal[0])).toBeLessThanOrEqual(1e-13 * pairs.diagonal[0]);
      expect(Math.abs(slope + left - pairs.diagonalSlope[0])).toBeLessThan(1e-11);
      if (a === 0) continue;
      const [up, down] = [1 + 1e-4, 1 - 1e-4].map((factor) => pairOf(factor * a, a, a).pairs.diagonal[0]);
      expect(Math.abs((up - down) / (2e-4 * a) - pairs.diagonalSlope[0])).toBeLessThan(1e-8);
    }
  });

  it('responds to a point without variance: φ″(0)⟨φ⟩ with ⟨φ⟩ = b/√(2π(1 + b))', () => {
    const { value, slope, left, right } = pairOf(0, 2, 0);
    expect(value).toBe(0);
    expect(slope).toBeCloseTo(0.25, 15);
    expect(left).toBeCloseTo(2 / Math.PI / Math.sqrt(3), 15);
    expect(right).toBe(0);
  });
});
