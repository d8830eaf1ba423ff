import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernelOf } from '#src/activations/operators/kernel.js';
import { activationByName } from '#src/activations/registry.js';
import { portableCompute } from '#src/numerics/compute.js';
import { InputError } from '#src/numerics/errors.js';
import { randomCovariance } from '../support.js';

const compute = portableCompute();
const points = Float64Array.from({ length: 41 }, (_, k) => -4.03 + 0.2 * k);
const valuesOf = (name: string) => {
  const out = new Float64Array(points.length);
  activationByName(name).value(points, out);
  return out;
};

describe('a formula', () => {
  it.each<[string, (x: number) => number]>([
    ['-x^2', (x) => -(x * x)],
    ['(-x)^2', (x) => x * x],
    ['2 - -x', (x) => 2 + x],
    ['2^-x', (x) => 2 ** -x],
    ['2^(x/9)^2 / 1e3', (x) => 2 ** ((x / 9) ** 2) / 1e3],
    ['x/2/2', (x) => x / 4],
    ['1 - x - x', (x) => 1 - 2 * x],
    ['max(x, -0.5) * pi + e', (x) => Math.max(x, -0.5) * Math.PI + Math.E],
    ['sin(3*x) + atan(x) - min(x, 1)', (x) => Math.sin(3 * x) + Math.atan(x) - Math.min(x, 1)],
    ['softplus(x) - log(1 + exp(x))', () => 0],
    ['sqrt(1 + x*x) * cos(x)', (x) => Math.sqrt(1 + x * x) * Math.cos(x)],
  ])('%s means what it says', (name, f) => {
    valuesOf(name).forEach((value, k) => {
      expect(value).toBeCloseTo(f(points[k]), 11);
    });
  });

  it.each([
    'x^3/10 - x',
    'tanh(x)*exp(-x^2)',
    'abs(x - 0.3) + relu(2*x)',
    'x/(1 + x^2)',
    '2^(x/3)',
    'erf(x/2) + sigmoid(x)',
    'sinh(x)/cosh(x)',
  ])('%s has the slope of finite differences', (name) => {
    const activation = activationByName(name);
    const [slope, up, down] = [0, 1e-5, -1e-5].map((step, k) => {
      const [at, out] = [points.map((x) => x + step), new Float64Array(points.length)];
      if (k === 0) activation.derivative(at, out);
      else activation.value(at, out);
      return out;
    });
    slope.forEach((value, k) => {
      expect(value).toBeCloseTo((up[k] - down[k]) / 2e-5, 6);
    });
  });

  it.each<[formula: string, known: string]>([
    ['max(x, 0)', 'relu'],
    ['0.5*(x + abs(x))', 'relu'],
    ['x/2*(1 + erf(x/sqrt(2)))', 'gelu'],
    ['x*sigmoid(x)', 'silu'],
    ['(exp(x) - exp(-x))/(exp(x) + exp(-x))', 'tanh'],
    ['exp(-x^2)*0 + sin(x)', 'sin'],
  ])('%s has the kernel of %s, which is computed in another way', (formula, known) => {
    const c = randomCovariance(6, 6, 1.3, 3);
    const [a, b] = [formula, known].map((name) => kernelOf(activationByName(name), c, compute));
    a.data.forEach((value, k) => {
      expect(Math.abs(value - b.data[k])).toBeLessThan(1e-9);
    });
  });

  it('splits quadrature at its kinks, wherever they are', () => {
    expect(
      activationByName('max(x, 0.7) + abs(2*x + 1)').kinks?.map((kink) => Number(kink.toFixed(12))),
    ).toEqual([-0.5, 0.7]);
    expect(activationByName('relu(x^2 - 2)').kinks).toHaveLength(2);
    expect(activationByName('tanh(x)').kinks).toEqual([]);
  });

  it.each<[string, RegExp]>([
    ['tanh(x', /formula "tanh\(x": .*[Ee]xpected/],
    ['x + y', /"y" is unknown; write a function of x/],
    ['foo(x)', /there is no function "foo" of 1 argument;/],
    ['max(x)', /there is no function "max" of 1 argument;/],
    ['1/x', /formula "1\/x": it is infinite at x = 0; value and slope must be finite wherever \|x\| ≤ 40$/],
    ['log(x)', /formula "log\(x\)": it is not a number at x = -40;/],
    ['exp(x^2)', /: it is infinite at x = -40;/],
    ['exp(-1/x^2)', /: its slope is not a number at x = 0;/],
    ['x^x', /: its slope is not a number at x = -40;/],
    ['exp(1000*x)', /: it is 1\.7e\+104, beyond ±1e100, at x = 0\.24;/],
    ['2*-x^2', /put the power and its minus into brackets/],
    ['x ; x', /no single expression|expected/i],
    ['x = 3', /formula "x = 3"/],
    ['this.x', /formula "this.x"/],
    ['sin(20*abs(x)) + abs(sin(20*x))', /kinks; at most 40/],
  ])('refuses %s', (name, message) => {
    expect(() => activationByName(name)).toThrow(InputError);
    expect(() => activationByName(name)).toThrow(message);
  });

  it('never answers a text with anything but an activation or one line of input error', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[x0-9+*/^().,a-z -]{1,14}$/), (text) => {
        try {
          expect(activationByName(`x${text}`).name).toBe(`x${text}`);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          expect((error as Error).message).not.toContain('\n');
        }
      }),
    );
  });
});
