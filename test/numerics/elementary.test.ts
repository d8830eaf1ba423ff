import { describe, expect, it } from 'vitest';
import { type ElementaryName, elementary } from '#src/numerics/kernels/elementary.js';
import { referenceJson } from '../support.js';

const reference = referenceJson('elementary.json') as Record<ElementaryName, { x: number[]; y: number[] }>;

/** Documented bounds, in units of the last place (src/numerics/kernels/elementary.ts). */
const BOUNDS: Record<ElementaryName, number> = {
  erf: 1.5,
  erfDerivative: 2,
  exp: 1.5,
  tanh: 2,
  asin: 1,
  acos: 1,
};

function unitInLastPlace(value: number): number {
  const exponent = Math.max(-1022, Math.floor(Math.log2(Math.abs(value))));
  return 2 ** (exponent - 52);
}

describe.each(Object.keys(BOUNDS) as ElementaryName[])('%s', (name) => {
  const { x, y } = reference[name];

  it(`is within ${BOUNDS[name]} ulp of 40-digit values`, () => {
    const out = elementary(name, Float64Array.from(x), new Float64Array(x.length));
    let worst = 0;
    let where = 0;
    x.forEach((argument, i) => {
      const error = y[i] === 0 ? (out[i] === 0 ? 0 : 99) : Math.abs(out[i] - y[i]) / unitInLastPlace(y[i]);
      if (!(error <= worst)) [worst, where] = [error, argument];
    });
    // The reference itself is rounded to a double, at most half a unit away.
    expect(worst, `at x = ${where}`).toBeLessThanOrEqual(BOUNDS[name] + 0.5);
  });

  it('gives the same for slices of any length and alignment, and in place', () => {
    const many = Float64Array.from({ length: 4099 }, (_, i) => x[i % x.length]);
    const whole = elementary(name, many, new Float64Array(many.length));
    for (const [from, to] of [
      [0, 1],
      [1, 2],
      [3, 1030],
      [1, 4098],
    ]) {
      const slice = many.slice(from, to);
      elementary(name, slice);
      expect(slice).toEqual(whole.slice(from, to));
    }
  });

  it('gives every number the same value whatever number it is paired with', () => {
    const partner = x[x.length - 1];
    const alone = elementary(name, Float64Array.from(x));
    x.forEach((value, i) => {
      const [first, , third] = elementary(name, Float64Array.of(value, partner, value, -value));
      expect([first, third]).toEqual([alone[i], alone[i]]);
    });
  });

  it('passes NaN on', () => {
    expect(elementary(name, Float64Array.of(Number.NaN, 0.5, Number.NaN))[0]).toBeNaN();
  });
});

describe('ends of the range', () => {
  it('saturates', () => {
    expect([...elementary('erf', Float64Array.of(50, -50, Number.POSITIVE_INFINITY))]).toEqual([1, -1, 1]);
    expect([...elementary('tanh', Float64Array.of(900, -900))]).toEqual([1, -1]);
    expect([...elementary('exp', Float64Array.of(-800, 800))]).toEqual([0, Number.POSITIVE_INFINITY]);
    expect([...elementary('erfDerivative', Float64Array.of(40, Number.NEGATIVE_INFINITY))]).toEqual([0, 0]);
  });

  it('keeps the sign of zero', () => {
    expect(Object.is(elementary('erf', Float64Array.of(-0))[0], -0)).toBe(true);
    expect(Object.is(elementary('tanh', Float64Array.of(-0))[0], -0)).toBe(true);
  });

  it('has no value outside the domain of asin and acos', () => {
    expect(elementary('asin', Float64Array.of(1.0000001))[0]).toBeNaN();
    expect(elementary('acos', Float64Array.of(-1.5))[0]).toBeNaN();
  });
});
