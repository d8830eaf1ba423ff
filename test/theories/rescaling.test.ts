import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { teacher } from '#src/datasets/teacher.js';
import { xor } from '#src/datasets/xor.js';
import { gaussianOf } from '#src/likelihood/gaussian.js';
import { choleskySolve } from '#src/numerics/linearAlgebra.js';
import { fromRows, type Matrix, relativeDistance } from '#src/numerics/matrix.js';
import type { KernelPosterior } from '#src/posterior/posterior.js';
import { createProblem } from '#src/problem/createProblem.js';
import { solveWith } from '#src/theories/solve.js';

const compute = await nodeCompute();

/** Orthogonal inputs with K⁽ᴸ⁾ = 1 for a linear network of weight variance 1, and YᵀK⁻¹Y/P = r. */
function orthogonal(P: number, N: number, L: number, r: number) {
  const x = Array.from({ length: P }, (_, i) =>
    Array.from({ length: P }, (_, j) => (i === j ? Math.sqrt(P) : 0)),
  );
  const y = Array.from({ length: P }, (_, i) => (i % 2 ? 1 : -1) * Math.sqrt(r));
  const network = { hiddenLayers: L, width: N, activation: 'linear', weightVariance: 1 };
  return createProblem({ data: { x, y }, network, noiseVariance: 1e-9 });
}

const orderParameters = (details: Readonly<Record<string, unknown>> | undefined) =>
  details?.orderParameters as number[];
/** E[Q|Y] */
const meanOrder = ({ details }: KernelPosterior) => (details as { exact: { mean: number } }).exact.mean;

describe('scalar order parameter', () => {
  it.each([
    [1, 1.28077641],
    [2, 1.19742934],
    [3, 1.15277658],
  ])(
    '%i layers, α = 0.5, r = 2, no noise: the published equation 1 − u = α(1 − r u^{−L}) has u = %f',
    async (L, u) => {
      const { details } = await solveWith(orthogonal(20, 40, L, 2), 'rescaling', compute);
      const layers = orderParameters(details);
      expect(layers).toHaveLength(L);
      for (const layer of layers) expect(layer).toBeCloseTo(u, 6);
    },
  );

  it('treats layers of different activations: as those of one, where they are one', async () => {
    const data = xor({ dataset: 'xor', samples: 8, testSamples: 2, dimension: 4, noise: 0.1, seed: 1 });
    const variances = { weightVariance: 1.6, biasVariance: 0.1 };
    const of = (network: object) => createProblem({ data, network: { ...network, ...variances } });
    const layers = (...names: string[]) =>
      of({ layers: names.map((activation) => ({ dense: 12, activation })) });
    for (const variant of ['vanilla', 'nested', 'full'] as const) {
      const solved = (problem: ReturnType<typeof of>) =>
        solveWith(problem, 'rescaling', compute, { variant });
      const one = await solved(of({ hiddenLayers: 2, width: 12, activation: 'erf' }));
      const same = await solved(layers('erf', 'erf'));
      expect(same.logEvidence).toBeCloseTo(one.logEvidence, 10);
      const mixed = await solved(layers('erf', 'relu'));
      expect(mixed.convergence.converged).toBe(true);
      // Kernels of fixed shape: those of this network, and no other's.
      if (variant !== 'vanilla') continue;
      const [c, k] = [mixed.kernels[2].data, mixed.nngp[2].data].map((values) => values.map((v) => v - 0.1));
      c.forEach((value, i) => {
        expect(value / c[0]).toBeCloseTo(k[i] / k[0], 9);
      });
    }
  });

  it('the posterior of Q narrows around the saddle as P and N grow: E[Q|Y] − u² falls as 1/N', async () => {
    const miss = async (scale: number) => {
      const posterior = await solveWith(orthogonal(20 * scale, 40 * scale, 2, 2), 'rescaling', compute);
      const [first, second] = orderParameters(posterior.details);
      return Math.abs(meanOrder(posterior) - first * second);
    };
    const [small, large] = [await miss(1), await miss(4)];
    expect(large / small).toBeGreaterThan(0.2);
    expect(large / small).toBeLessThan(0.3);
  });

  it('erf, two layers: predictions, evidence and kernels are averages over both Q, by a plain sum', async () => {
    const x = [[1, 0.2], [-0.3, 0.8], [0.5, -1]]; // biome-ignore format: rows
    const biasVariance = [0.1, 0.2, 0.3];
    const network = { hiddenLayers: 2, width: [6, 9], activation: 'erf', weightVariance: 1.5, biasVariance };
    const problem = createProblem({ data: { x, y: [1, -0.5, 0.3] }, network, noiseVariance: 0.2 });
    const posterior = await solveWith(problem, 'rescaling', compute);
    const { nngp } = posterior;
    const sums = { mass: 0, q: 0, first: 0, mean: 0, square: 0 };
    const step = 0.08;
    for (let a = -6; a < 2.5; a += step) {
      for (let b = -5; b < 2.5; b += step) {
        const [p, q] = [Math.exp(a), Math.exp(a + b)];
        const kernel = fromRows(
          [0, 1, 2].map((i) => [0, 1, 2].map((j) => q * (nngp[2].data[3 * i + j] - 0.3) + 0.3)),
        );
        const prior = Math.exp(3 * (a - p) + 4.5 * (b - Math.exp(b)));
        const weight = prior * Math.exp(gaussianOf(problem).logEvidence(kernel, compute.algebra));
        const { dual, factor } = gaussianOf(problem).given(kernel, compute.algebra);
        const row = kernel.data.slice(0, 3);
        const mean = row.reduce((sum, value, i) => sum + value * dual.data[i], 0);
        const column = choleskySolve(compute.algebra, factor, { rows: 3, columns: 1, data: row });
        const variance = kernel.data[0] - row.reduce((sum, value, i) => sum + value * column.data[i], 0);
        sums.mass += weight;
        sums.q += weight * q;
        sums.first += weight * p;
        sums.mean += weight * mean;
        sums.square += weight * (variance + mean * mean);
      }
    }
    const { mean, variance } = posterior.predict(fromRows([x[0]]));
    expect(mean.data[0]).toBeCloseTo(sums.mean / sums.mass, 7);
    expect(posterior.trainMean().data[0]).toBeCloseTo(sums.mean / sums.mass, 7);
    expect(variance[0]).toBeCloseTo(sums.square / sums.mass - (sums.mean / sums.mass) ** 2, 7);
    expect(posterior.kernels[2].data[1]).toBeCloseTo((sums.q / sums.mass) * (nngp[2].data[1] - 0.3) + 0.3, 7);
    expect(posterior.kernels[1].data[1]).toBeCloseTo(
      (sums.first / sums.mass) * (nngp[1].data[1] - 0.2) + 0.2,
      7,
    );
  });

  it('the posterior of one hidden layer is integrated exactly: E[c|y] of the Bessel functions, N = 100, P = 50, r = 2', async () => {
    const { details } = await solveWith(orthogonal(50, 100, 1, 2), 'rescaling', compute);
    expect(details).toHaveProperty('exact.mean', expect.closeTo(1.28547427, 6));
  });

  it('the evidence of one linear hidden layer is that of a plain Riemann sum over Q, with noise and bias', async () => {
    const problem = createProblem({
      data: {
        x: [
          [1, 0.2],
          [-0.3, 0.8],
          [0.5, -1],
        ],
        y: [1, -0.5, 0.3],
      },
      network: {
        hiddenLayers: 1,
        width: 7,
        activation: 'linear',
        weightVariance: 1.3,
        biasVariance: [0, 0.2],
      },
      noiseVariance: 0.2,
    });
    const { logEvidence, nngp } = await solveWith(problem, 'rescaling', compute);
    const k = nngp[1].data;
    const y = problem.data.y.data;
    let [sum, mass] = [0, 0];
    const step = 1e-3;
    for (let q = step / 2; q < 12; q += step) {
      const density = q ** (7 / 2 - 1) * Math.exp((-7 / 2) * q);
      const m = Float64Array.from(k, (value, i) => q * (value - 0.2) + 0.2 + (i % 4 === 0 ? 0.2 : 0));
      const [a, b, c, d, e, f] = [m[0], m[1], m[2], m[4], m[5], m[8]];
      const determinant = a * (d * f - e * e) - b * (b * f - c * e) + c * (b * e - c * d);
      const inverse = [
        d * f - e * e,
        c * e - b * f,
        b * e - c * d,
        a * f - c * c,
        b * c - a * e,
        a * d - b * b,
      ];
      const [p, r, s, t, u, v] = inverse;
      const form =
        (p * y[0] ** 2 +
          t * y[1] ** 2 +
          v * y[2] ** 2 +
          2 * (r * y[0] * y[1] + s * y[0] * y[2] + u * y[1] * y[2])) /
        determinant;
      sum += (density * Math.exp(-0.5 * form)) / Math.sqrt((2 * Math.PI) ** 3 * determinant);
      mass += density;
    }
    expect(logEvidence).toBeCloseTo(Math.log(sum / mass), 5);
  });

  it.each<[string, number, number, number]>([
    ['targets of 20000', 5, 2e4, 0.1],
    ['targets of zero, one neuron', 1, 0, 1e-8],
    ['noise of 1e8', 3, 1, 1e8],
  ])('%s: all numbers are finite, for any activation', async (_, width, scale, noiseVariance) => {
    const data = xor({ dataset: 'xor', samples: 20, testSamples: 4, dimension: 8, noise: 1, seed: 1 });
    const y = data.y.data.map((value, i) => scale * value * (1 + 0.1 * i));
    for (const activation of ['erf', 'linear']) {
      const network = { hiddenLayers: 3, width, activation };
      const problem = createProblem({
        data: { x: data.x, y: { ...data.y, data: y } },
        network,
        noiseVariance,
      });
      const posterior = await solveWith(problem, 'rescaling', compute);
      const { mean, variance } = posterior.predict(data.xTest as Matrix);
      expect(posterior.convergence.converged).toBe(true);
      expect(Number.isFinite(posterior.logEvidence)).toBe(true);
      for (const { data: values } of [...posterior.kernels, mean, posterior.trainMean()]) {
        expect(values.every(Number.isFinite)).toBe(true);
      }
      expect(variance.every((value) => value >= 0 && Number.isFinite(value))).toBe(true);
    }
  });

  it('does not change what infinite width says when width grows', async () => {
    const data = xor({ dataset: 'xor', samples: 12, testSamples: 4, dimension: 8, noise: 1, seed: 1 });
    const problem = createProblem({
      data,
      network: { hiddenLayers: 2, width: 10_000_000, activation: 'erf' },
    });
    const [a, b] = [
      await solveWith(problem, 'rescaling', compute),
      await solveWith(problem, 'nngp', compute),
    ];
    expect(
      relativeDistance(a.predict(data.xTest as Matrix).mean, b.predict(data.xTest as Matrix).mean),
    ).toBeLessThan(1e-5);
    expect(Math.abs(a.logEvidence - b.logEvidence)).toBeLessThan(1e-4);
  });
});

describe('matrix order parameter', () => {
  const { x } = teacher({
    dataset: 'teacher',
    samples: 12,
    testSamples: 0,
    dimension: 15,
    teacherWidth: 3,
    teacherActivation: 'erf',
    noise: 0,
    seed: 1,
  });
  const network = { hiddenLayers: 2, width: 20, activation: 'linear', weightVariance: 1 };
  const wave = (k: number) => Array.from({ length: 12 }, (_, i) => Math.sin(1 + (k + 1) * i));
  const solve = (columns: number[][]) =>
    solveWith(
      createProblem({
        data: { x, y: fromRows(columns[0].map((_, i) => columns.map((column) => column[i]))) },
        network,
      }),
      'rescaling',
      compute,
    );

  it('rotating the outputs rotates Q, and leaves kernels and evidence as they are', async () => {
    const [a, b] = [wave(0), wave(1)];
    const [c, s] = [Math.cos(0.7), Math.sin(0.7)];
    const plain = await solve([a, b]);
    const rotated = await solve([
      a.map((value, i) => c * value - s * b[i]),
      a.map((value, i) => s * value + c * b[i]),
    ]);
    expect(plain.convergence.converged).toBe(true);
    expect(rotated.logEvidence).toBeCloseTo(plain.logEvidence, 8);
    expect(relativeDistance(rotated.kernels[2], plain.kernels[2])).toBeLessThan(1e-8);
    const q = plain.details?.product as number[][];
    const found = rotated.details?.product as number[][];
    expect(found[0][0]).toBeCloseTo(c * c * q[0][0] - 2 * c * s * q[0][1] + s * s * q[1][1], 7);
  });

  it('one output is the same as by the scalar equation', async () => {
    // A second output that vanishes shrinks on its own and leaves the first alone only as its Q does: compare
    // the first alone.
    const scalar = await solve([wave(0)]);
    expect(orderParameters(scalar.details)).toHaveLength(2);
    const doubled = await solve([wave(0), wave(0).map((value) => value)]);
    const q = doubled.details?.product as number[][];
    // Equal targets: the antisymmetric combination sees no data, the symmetric one twice as much.
    expect(q[0][0]).toBeCloseTo(q[1][1], 8);
    expect(q[0][1]).toBeGreaterThan(0);
  });
});
