import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineActivation } from '#src/activations/defineActivation.js';
import { kernelOf } from '#src/activations/operators/kernel.js';
import { pullback, pushforward } from '#src/activations/operators/response.js';
import { activationByName, activationNames } from '#src/activations/registry.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import {
  addScaled,
  addToDiagonal,
  copy,
  fromRows,
  gather,
  inner,
  type Matrix,
  zeros,
} from '#src/numerics/matrix.js';
import {
  byHermite,
  centralDifference,
  largestDifference,
  type PairReference,
  randomCovariance,
  randomMatrix,
  referenceJson,
} from '../support.js';

const compute = await nodeCompute();
const names = [...activationNames, 'monomial(3)', 'leakyRelu(0.1)', 'leakyRelu(-0.4)'];

/** A symmetric 2×2 direction: what one entry of C does to the off-diagonal entry of the kernel. */
function response(name: string, { a, b, c }: PairReference, direction: [number, number, number]): number {
  const [da, db, dc] = direction;
  const covariance = fromRows([[a, c], [c, b]]); // biome-ignore format: matrix
  // biome-ignore format: matrix
  return pushforward(activationByName(name), covariance, fromRows([[da, dc], [dc, db]]), compute).data[1];
}

describe('pairs against two-dimensional quadrature with SciPy (test/reference/make_gaussian.py)', () => {
  const references = referenceJson('gaussian.json') as PairReference[];
  it.each(references)('$activation at a=$a, b=$b, c=$c', (reference) => {
    const { activation, a, b, c, value, slope, left, right } = reference;
    const scale = Math.max(1, Math.abs(value));
    // biome-ignore format: matrix
    const kernel = kernelOf(activationByName(activation), fromRows([[a, c], [c, b]]), compute);
    expect(Math.abs(kernel.data[1] - value) / scale).toBeLessThan(1e-11);
    if (slope !== undefined)
      expect(Math.abs(response(activation, reference, [0, 0, 1]) - slope) / scale).toBeLessThan(1e-10);
    if (left !== undefined)
      expect(Math.abs(response(activation, reference, [1, 0, 0]) - left / 2) / scale).toBeLessThan(1e-10);
    if (right !== undefined)
      expect(Math.abs(response(activation, reference, [0, 1, 0]) - right / 2) / scale).toBeLessThan(1e-10);
  });
});

/** Shifts chosen well inside the cone, so that kinked kernels are smooth around it. */
const covariance = addToDiagonal(randomCovariance(9, 14, 1.1, 5), 0.2);
const symmetric = (seed: number): Matrix => randomCovariance(9, 4, 1, seed);

describe.each(names)('%s', (name) => {
  const activation = activationByName(name);

  it('responds to a change of C as finite differences say', () => {
    const s = addScaled(symmetric(1), -1, symmetric(2));
    const moved = pushforward(activation, covariance, s, compute, 1.7);
    // Two steps and one Richardson extrapolation: the error is of fourth order.
    const difference = (e: number) =>
      centralDifference(
        (step) => kernelOf(activation, addScaled(copy(covariance), step, s), compute, 1.7),
        e,
      );
    const [coarse, fine] = [difference(2e-3), difference(1e-3)];
    for (let i = 0; i < fine.data.length; i++) fine.data[i] += (fine.data[i] - coarse.data[i]) / 3;
    const scale = Math.max(1, ...moved.data.map(Math.abs));
    expect(largestDifference(moved, fine) / scale).toBeLessThan(2e-8);
  });

  it('pulls back by the adjoint: ⟨T, R S⟩ = ⟨Rᵀ T, S⟩', () => {
    const [s, t] = [symmetric(3), symmetric(4)];
    const forward = inner(t, pushforward(activation, covariance, s, compute, 0.9));
    const backward = inner(pullback(activation, covariance, t, compute, 0.9), s);
    expect(Math.abs(forward - backward) / Math.max(1, Math.abs(forward))).toBeLessThan(1e-12);
  });

  it('agrees with the mean over sampled h within five standard errors', () => {
    const samples = 200_000;
    const n = covariance.rows;
    const factor = compute.algebra.cholesky(copy(covariance));
    const h = compute.algebra.multiplyTriangular(randomMatrix(samples, n, 11), factor, { transpose: true });
    activation.value(h.data, h.data);
    const kernel = kernelOf(activation, covariance, compute);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        let squares = 0;
        for (let s = 0; s < samples; s++) {
          const product = h.data[s * n + i] * h.data[s * n + j];
          sum += product;
          squares += product * product;
        }
        const mean = sum / samples;
        const error = Math.sqrt(Math.max(1e-30, squares / samples - mean * mean) / samples);
        expect(Math.abs(mean - kernel.data[i * n + j])).toBeLessThan(5 * error + 1e-12);
      }
    }
  });

  it('has kernels that are symmetric, positive semi-definite and follow permutations of the data', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 1e6 }),
        (n, rank, seed) => {
          const c = addToDiagonal(randomCovariance(n, rank, 1, seed), 0.05);
          const kernel = kernelOf(activation, c, compute);
          const { values } = compute.algebra.eigenSymmetric(kernel);
          const scale = values[n - 1] || 1;
          expect(values[0]).toBeGreaterThan(-1e-11 * scale);
          const order = Array.from({ length: n }, (_, i) => ((i * 7 + 3) % n === i ? i : (i + 1) % n));
          const unique = new Set(order).size === n ? order : order.map((_, i) => n - 1 - i);
          const permuted = kernelOf(activation, gather(c, unique, unique), compute);
          expect(largestDifference(permuted, gather(kernel, unique, unique))).toBeLessThan(1e-11 * scale);
          for (let i = 0; i < n; i++)
            for (let j = 0; j < i; j++) expect(kernel.data[i * n + j]).toBe(kernel.data[j * n + i]);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('has the derivative φ′ of its φ', () => {
    const h = Float64Array.from({ length: 41 }, (_, i) => -3 + 0.15 * i + 0.011);
    const slope = new Float64Array(41);
    activation.derivative(h, slope);
    const at = (shift: number) => {
      const out = new Float64Array(41);
      activation.value(
        h.map((x) => x + shift),
        out,
      );
      return out;
    };
    const [up, down, up2, down2] = [at(1e-3), at(-1e-3), at(2e-3), at(-2e-3)];
    slope.forEach((value, i) => {
      const numeric = (8 * (up[i] - down[i]) - (up2[i] - down2[i])) / 0.012;
      expect(Math.abs(value - numeric) / Math.max(1, Math.abs(value))).toBeLessThan(1e-9);
    });
  });
});

describe('closed form against the Hermite method', () => {
  const one = (call: (h: Float64Array, out: Float64Array) => void) => (h: number) => {
    const out = new Float64Array(1);
    call(Float64Array.of(h), out);
    return out[0];
  };
  const kinked = new Set(['relu', 'abs', 'leakyRelu(0.01)', 'sign']);
  const closed = [
    'erf',
    'relu',
    'abs',
    'linear',
    'sign',
    'sin',
    'cos',
    'gaussian',
    'leakyRelu(0.01)',
    'monomial(2)',
    'monomial(3)',
  ];

  it.each(closed)('%s: values to 1e-10, derivatives too', (name) => {
    const activation = activationByName(name);
    const user = byHermite(
      defineActivation({
        name: `user ${name}`,
        value: one(activation.value),
        derivative: one(activation.derivative),
        kinks: kinked.has(name) ? [0] : [],
      }),
    );
    const scale = Math.max(1, ...kernelOf(activation, covariance, compute).data);
    expect(
      largestDifference(kernelOf(activation, covariance, compute), kernelOf(user, covariance, compute)) /
        scale,
    ).toBeLessThan(1e-10);
    if (name === 'sign') return; // its φ' is a delta function, which no quadrature of φ' sees
    const s = symmetric(6);
    expect(
      largestDifference(
        pushforward(activation, covariance, s, compute),
        pushforward(user, covariance, s, compute),
      ) / scale,
    ).toBeLessThan(1e-9);
    expect(
      largestDifference(
        pullback(activation, covariance, s, compute),
        pullback(user, covariance, s, compute),
      ) / scale,
    ).toBeLessThan(1e-9);
  });

  it('holds where the series is slow: nearly equal, equal and opposite points, large variances, kinks', () => {
    const c = fromRows([
      [4, 3.9999, 4, -4, 12],
      [3.9999, 4, 3.9999, -3.9999, 11.9],
      [4, 3.9999, 4, -4, 12],
      [-4, -3.9999, -4, 4, -12],
      [12, 11.9, 12, -12, 400],
    ]);
    for (const name of ['erf', 'relu', 'abs']) {
      const activation = activationByName(name);
      const user = byHermite(
        defineActivation({
          name,
          value: one(activation.value),
          derivative: one(activation.derivative),
          kinks: [0],
        }),
      );
      const kernel = kernelOf(activation, c, compute);
      expect(largestDifference(kernel, kernelOf(user, c, compute))).toBeLessThan(
        1e-10 * Math.max(1, ...kernel.data),
      );
    }
  });

  it('takes kinks away from the origin', () => {
    // ReLU(h − 0.4): ⟨φ²⟩ and ⟨φφ⟩ of independent points in closed form.
    const user = byHermite(
      defineActivation({ name: 'shifted', value: (h) => Math.max(0, h - 0.4), kinks: [0.4] }),
    );
    const [a, b] = [1.7, 0.6];
    const kernel = kernelOf(user, fromRows([[a, 0], [0, b]]), compute); // biome-ignore format: matrix
    const density = (x: number) => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
    const above = { 1.7: 0.3795, 0.6: 0.30279 };
    const tail = (v: number) => quadrature((z) => density(z), 0.4 / Math.sqrt(v), 12);
    const mean = (v: number) => Math.sqrt(v) * density(0.4 / Math.sqrt(v)) - 0.4 * tail(v);
    const square = (v: number) => (v + 0.16) * tail(v) - 0.4 * Math.sqrt(v) * density(0.4 / Math.sqrt(v));
    expect(tail(1.7)).toBeCloseTo(above[1.7], 4);
    expect(kernel.data[0]).toBeCloseTo(square(a), 11);
    expect(kernel.data[1]).toBeCloseTo(mean(a) * mean(b), 11);
  });

  it('takes what grows so fast that it is finite for small variances only', () => {
    const fast = defineActivation({ name: 'fast', value: (h) => Math.exp(0.2 * h * h) });
    // biome-ignore format: matrix
    const kernel = (v: number) => kernelOf(fast, fromRows([[v, 0], [0, v]]), compute).data;
    expect(kernel(0.25)[0]).toBeCloseTo(1 / Math.sqrt(1 - 0.8 * 0.25), 11);
    expect(kernel(0.25)[1]).toBeCloseTo(1 / (1 - 0.4 * 0.25), 11);
    expect(() => kernel(1.3)).toThrow(/activation fast: .*(not finite|grows too fast)/);
  });

  it('refuses what it cannot compute to 1e-10', () => {
    const c = fromRows([[1, 0.3], [0.3, 2]]); // biome-ignore format: matrix
    const step = defineActivation({ name: 'step', value: (h) => (h > 0.37 ? 1 : 0), derivative: () => 0 });
    expect(() => kernelOf(step, c, compute)).toThrow(
      /activation step: quadrature at a variance of 2 reached .*kinks/,
    );
    const wild = defineActivation({ name: 'wild', value: (h) => Math.exp(h * h) });
    expect(() => kernelOf(wild, c, compute)).toThrow(/activation wild: .*(not finite|quadrature)/);
    expect(() => defineActivation({ name: 'log', value: Math.log })).toThrow(/φ\(0\) is -Infinity/);
  });
});

function quadrature(f: (z: number) => number, from: number, to: number): number {
  const steps = 4000;
  const h = (to - from) / steps;
  let sum = f(from) + f(to);
  for (let i = 1; i < steps; i++) sum += (i % 2 === 1 ? 4 : 2) * f(from + i * h);
  return (sum * h) / 3;
}

describe('points without variance', () => {
  it.each([...names, 'x/(1 + abs(x))', 'max(-1, min(1, x))'])(
    '%s: φ(0) and finite responses, one the adjoint of the other',
    (name) => {
      const activation = activationByName(name);
      const c = fromRows([[0, 0], [0, 1.3]]); // biome-ignore format: matrix
      const phi = new Float64Array(1);
      activation.value(phi, phi);
      const kernel = kernelOf(activation, c, compute);
      expect(kernel.data[0]).toBeCloseTo(phi[0] ** 2, 12);
      expect(kernel.data.every(Number.isFinite)).toBe(true);
      const s = zeros(2);
      s.data.set([0, 0.1, 0.1, 0.2]);
      const t = zeros(2);
      t.data.set([0.3, -0.2, -0.2, 0.4]);
      const [pushed, pulled] = [pushforward(activation, c, s, compute), pullback(activation, c, t, compute)];
      expect(pushed.data.every(Number.isFinite)).toBe(true);
      expect(inner(t, pushed)).toBeCloseTo(inner(pulled, s), 10);
    },
  );
});

describe('points that coincide', () => {
  it.each([...names, 'x/(1 + abs(x))', 'max(-1, min(1, x))'])('%s: responses keep them together', (name) => {
    const activation = activationByName(name);
    const c = fromRows([[1.3, 1.3, 0.4], [1.3, 1.3, 0.4], [0.4, 0.4, 0.9]]); // biome-ignore format: matrix
    // biome-ignore format: matrix
    const s = fromRows([[0.2, 0.2, -0.1], [0.2, 0.2, -0.1], [-0.1, -0.1, 0.3]]);
    const kernel = kernelOf(activation, c, compute).data;
    const moved = pushforward(activation, c, s, compute).data;
    for (const values of [kernel, moved]) {
      expect(values.every(Number.isFinite)).toBe(true);
      expect(values[1]).toBeCloseTo(values[0], 11);
      expect(values[4]).toBeCloseTo(values[0], 11);
      expect(values[5]).toBeCloseTo(values[2], 11);
    }
  });
});
