import { describe, expect, it } from 'vitest';
import type { Activation } from '#src/activations/activation.js';
import { kernelOf } from '#src/activations/operators/kernel.js';
import { type Expansion, interpolatedExpansion } from '#src/activations/quadrature/interpolatedExpansion.js';
import { activationByName } from '#src/activations/registry.js';
import type { Compute } from '#src/numerics/compute.js';
import { fromRows, zeros } from '#src/numerics/matrix.js';
import { backends, randomMatrix } from '../support.js';

/** Even but for a linear term, odd but for the mean, neither; a formula of the user, and one with kinks. */
const NAMES = ['silu', 'softplus', 'tanh', 'sigmoid', 'mish', 'tanh(x) + 0.1*x', 'softsign', 'relu(x)^2'];

/** Points of very different norms, the last ones equal, opposite and nearly equal to others. */
function covariance(points: number) {
  const g = randomMatrix(points, 12, 3);
  for (let i = 0; i < points; i++) {
    const norm = Math.exp(0.8 * Math.sin(i));
    for (let k = 0; k < 12; k++) g.data[i * 12 + k] *= norm / Math.sqrt(12);
  }
  const row = (i: number) => g.data.subarray(i * 12, (i + 1) * 12);
  row(points - 1).set(row(0));
  row(points - 2).set(row(1).map((x) => -x));
  row(points - 3).set(row(2).map((x) => 1.001 * x + 1e-5));
  const c = zeros(points);
  for (let i = 0; i < points; i++) {
    for (let j = 0; j < points; j++)
      c.data[i * points + j] = row(i).reduce((s, x, k) => s + x * row(j)[k], 0);
  }
  return c;
}

/** Σ a_n a_n ρⁿ to the last order from quadrature at the two standard deviations themselves. */
function allOrders(activation: Activation, a: number, b: number, c: number, { algebra }: Compute): number {
  const { parameters, points } = activation.prepare(Float64Array.of(a, b), algebra);
  const [orders] = parameters;
  let sum = 0;
  for (let n = orders - 1; n >= 0; n--)
    sum = sum * (c / Math.sqrt(a * b)) + points[1][n] * points[1][orders + n];
  return sum;
}

describe.each(await backends())('series of many points, %s', (_, compute) => {
  const points = 330;
  const c = covariance(points);

  it.each(NAMES)('%s agrees with all orders of single pairs, and with quadrature near ρ = ±1', (name) => {
    const activation = activationByName(name);
    const kernel = kernelOf(activation, c, compute, 1.3, 0.2);
    const at = (i: number, j: number) => i * points + j;
    const special = [329, 0, 328, 1, 327, 2];
    for (let k = 0; k < 30; k += 2) {
      const i = special[k] ?? 11 * k + 5;
      const j = special[k + 1] ?? (17 * k) % i;
      const [a, b, covariance] = [c.data[at(i, i)], c.data[at(j, j)], c.data[at(i, j)]];
      const value =
        k < special.length
          ? activation.pairByQuadrature?.(a, b, covariance).value
          : allOrders(activation, a, b, covariance, compute);
      const scale = Math.sqrt(kernel.data[at(i, i)] * kernel.data[at(j, j)]);
      const expected = 1.3 * (value ?? Number.NaN) + 0.2;
      expect(Math.abs(kernel.data[at(i, j)] - expected) / scale, `${i}, ${j}`).toBeLessThan(1.5e-12);
      expect(kernel.data[at(j, i)]).toBe(kernel.data[at(i, j)]);
    }
  });
});

describe('expansions between nodes', async () => {
  const [[, { algebra }]] = await backends();
  const sigma = Float64Array.from({ length: 200 }, (_, i) => 0.5 + 0.002 * ((37 * i) % 200));
  const expansion =
    (f: (s: number, n: number) => number) =>
    (at: Float64Array): Expansion => {
      const rows = () => fromRows(Array.from(at, (s) => Array.from({ length: 16 }, (_, n) => f(s, n))));
      return {
        value: rows(),
        derivative: rows(),
        moments: [at.map(() => 9), at.map(() => 9), at.map((s) => f(s, 1))],
      };
    };
  const smooth = expansion((s, n) => (Math.exp(-n) * s ** n) / (1 + s * s));

  it('are those of the points to 1e−13, in fewer evaluations than points', () => {
    let asked = 0;
    const counting = (at: Float64Array) => {
      asked += at.length;
      return smooth(at);
    };
    const found = interpolatedExpansion(counting, sigma, algebra);
    const wanted = smooth(sigma);
    expect(asked).toBeLessThan(sigma.length);
    found?.value.data.forEach((x, k) => {
      const [i, n] = [Math.floor(k / found.value.columns), k % found.value.columns];
      expect(Math.abs(x - wanted.value.data[i * 16 + n])).toBeLessThan(1e-13);
    });
    expect(found?.moments[2].every((x, i) => Math.abs(x - wanted.moments[2][i]) < 1e-12)).toBe(true);
    expect(found).toBeDefined();
  });

  it('are not used for few points, points without variance, or functions that vary too fast', () => {
    expect(interpolatedExpansion(smooth, sigma.subarray(0, 60), algebra)).toBeUndefined();
    expect(
      interpolatedExpansion(
        smooth,
        sigma.map((s, i) => (i === 7 ? 0 : s)),
        algebra,
      ),
    ).toBeUndefined();
    expect(
      interpolatedExpansion(
        expansion((s) => Math.sin(200 * s)),
        sigma,
        algebra,
      ),
    ).toBeUndefined();
  });
});
