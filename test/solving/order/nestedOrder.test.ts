import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { teacher } from '#src/datasets/teacher.js';
import { gaussHermite } from '#src/numerics/gaussHermite.js';
import { fromRows, inner, type Matrix, relativeDistance } from '#src/numerics/matrix.js';
import { nngpKernels } from '#src/prior/nngpKernels.js';
import { createProblem, type ProblemInput } from '#src/problem/createProblem.js';
import { fullChain, nestedChain, type OrderChain } from '#src/solving/order/orderChain.js';
import { nngp } from '#src/theories/nngp.js';
import { checkOptions } from '#src/theories/options.js';
import { rescaling } from '#src/theories/rescaling.js';
import { solveWith } from '#src/theories/solve.js';
import { root } from '../../support.js';

const compute = await nodeCompute();

/** test/reference/make_rescaling.py */
interface Reference {
  readonly weightVariance: number;
  readonly biasVariance: number[];
  readonly x: number[][];
  readonly y: number[];
  readonly noise: number;
  readonly saddles: { layers: number; width: number; orders: number[] }[];
  readonly averages: {
    variant: 'nested' | 'full';
    widths: number[];
    noise: number;
    x: number[][];
    y: number[];
    new: number[][];
    logEvidence: number;
    mean: number[];
    variance: number[];
    kernels: number[][];
  }[];
}
const reference: Reference = JSON.parse(readFileSync(join(root, 'test/reference/rescaling.json'), 'utf8'));

const orders = (details: Readonly<Record<string, unknown>> | undefined) =>
  details?.orderParameters as number[];

function small(network: NonNullable<ProblemInput['network']>, samples = 6) {
  const data = teacher({ dataset: 'teacher', samples, testSamples: 3, dimension: 4, seed: 3 } as never);
  return createProblem({ data, network, noiseVariance: 0.1 });
}

describe('rescaling with its order parameters inside φ', () => {
  it.each(reference.saddles)(
    '$layers layers: the saddle of deepbays',
    async ({ layers, width, orders: expected }) => {
      const { x, y, noise } = reference;
      const network = { hiddenLayers: layers, width, activation: 'erf', weightVariance: 1 };
      const problem = createProblem({ data: { x, y }, network, noiseVariance: noise });
      const found = orders((await solveWith(problem, 'rescaling', compute, { variant: 'nested' })).details);
      expect(found).toHaveLength(layers);
      found.forEach((q, l) => {
        expect(q).toBeCloseTo(expected[l], 7);
      });
    },
  );

  it.each(reference.averages)(
    '$variant, widths $widths: averages over all Q, by plain sums',
    async (expected) => {
      const { weightVariance, biasVariance } = reference;
      const { widths: width, x, y, noise: noiseVariance, variant } = expected;
      const hiddenLayers = width.length;
      const network = {
        hiddenLayers,
        width,
        activation: 'erf',
        weightVariance,
        biasVariance: biasVariance.slice(0, hiddenLayers + 1),
      };
      const problem = createProblem({ data: { x, y }, network, noiseVariance });
      const posterior = await solveWith(problem, 'rescaling', compute, { variant });
      expect(posterior.convergence.converged).toBe(true);
      // Product rules stop at 600 nodes: narrow layers are known to their residual.
      const error = 5 * posterior.convergence.residual + 1e-6;
      expect(posterior.logEvidence).toBeGreaterThan(expected.logEvidence - error);
      expect(posterior.logEvidence).toBeLessThan(expected.logEvidence + error);
      const { mean, variance } = posterior.predict(fromRows(expected.new));
      for (let t = 0; t < 2; t++) {
        expect(Math.abs(mean.data[t] - expected.mean[t])).toBeLessThan(error);
        expect(Math.abs(variance[t] - expected.variance[t])).toBeLessThan(error);
      }
      expected.kernels.forEach((data, l) => {
        const kernel: Matrix = { rows: 4, columns: 4, data: Float64Array.from(data) };
        expect(relativeDistance(posterior.kernels[l + 1], kernel), `layer ${l + 1}`).toBeLessThan(10 * error);
      });
      // Predictions at the training points are those of `trainMean`.
      const trained = posterior.predict(fromRows(x)).mean;
      expect(relativeDistance(posterior.trainMean(), trained)).toBeLessThan(1e-8);
    },
  );

  it('ReLU without biases rescales alike inside and outside: all variants are one', async () => {
    const problem = small({ hiddenLayers: 2, width: 8, activation: 'relu', weightVariance: 2 });
    const [vanilla, nested, full] = await Promise.all(
      (['vanilla', 'nested', 'full'] as const).map((variant) =>
        solveWith(problem, 'rescaling', compute, { variant }),
      ),
    );
    const x = problem.data.xTest as Matrix;
    for (const other of [nested, full]) {
      expect(other.logEvidence).toBeCloseTo(vanilla.logEvidence, 6);
      for (let l = 1; l <= 2; l++)
        expect(relativeDistance(other.kernels[l], vanilla.kernels[l])).toBeLessThan(1e-5);
      expect(relativeDistance(other.predict(x).mean, vanilla.predict(x).mean)).toBeLessThan(1e-6);
      const [here, there] = [other.predict(x).variance, vanilla.predict(x).variance];
      for (let t = 0; t < here.length; t++) expect(here[t]).toBeCloseTo(there[t], 6);
    }
  });

  it('full is nested to first order: their difference falls as 1/N, twice as fast as that to infinite width', async () => {
    const miss = async (width: number) => {
      const problem = small({
        hiddenLayers: 2,
        width,
        activation: 'erf',
        weightVariance: 2,
        biasVariance: 0.1,
      });
      const [nested, full, infinite] = await Promise.all([
        solveWith(problem, 'rescaling', compute, { variant: 'nested' }),
        solveWith(problem, 'rescaling', compute, { variant: 'full' }),
        solveWith(problem, 'nngp', compute),
      ]);
      return [
        relativeDistance(nested.kernels[1], full.kernels[1]),
        relativeDistance(nested.kernels[1], infinite.kernels[1]),
      ];
    };
    const [[near, step], [far, longStep]] = [await miss(800), await miss(400)];
    expect(longStep / step).toBeGreaterThan(1.8);
    expect(longStep / step).toBeLessThan(2.2);
    expect(far / near).toBeGreaterThan(3.2);
    expect(far / near).toBeLessThan(4.8);
  });

  it('slopes are derivatives of the output kernel in ln Q', () => {
    const problem = small({
      hiddenLayers: 3,
      width: 9,
      activation: 'tanh',
      weightVariance: 1.7,
      biasVariance: [0.1, 0.2, 0.05, 0.3],
    });
    const two = small({
      hiddenLayers: 2,
      width: 9,
      activation: 'gelu',
      weightVariance: 1.7,
      biasVariance: 0.1,
    });
    const nested = nestedChain(problem, nngpKernels(problem.network, problem.data.x, compute)[0], compute);
    const full = fullChain(two, nngpKernels(two.network, two.data.x, compute), compute);
    const source = fromRows(
      Array.from({ length: 6 }, (_, i) => Array.from({ length: 6 }, (_, j) => Math.cos(i + j) + i * j)),
    );
    const check = (chain: OrderChain, at: number[]) => {
      const topAt = (q: number[]) => inner(source, chain.kernels(q).at(-1) as Matrix);
      const slopes = chain.slopes(at, chain.kernels(at), source);
      at.forEach((_, l) => {
        const moved = (by: number) => topAt(at.map((q, k) => (k === l ? q * Math.exp(by) : q)));
        expect(slopes[l] / ((moved(1e-4) - moved(-1e-4)) / 2e-4)).toBeCloseTo(1, 6);
      });
    };
    fc.assert(
      fc.property(
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        fc.double({ min: 0.3, max: 3, noNaN: true }),
        (a, b) => {
          check(nested, [a, b]);
          check(full, [a]);
        },
      ),
      { numRuns: 10 },
    );
  });

  it('linear networks are the network itself in every variant', async () => {
    const problem = small({ hiddenLayers: 2, width: 7, activation: 'linear', weightVariance: 1.3 });
    const [exact, nested] = await Promise.all([
      solveWith(problem, 'exactLinear', compute),
      solveWith(problem, 'rescaling', compute, { variant: 'nested' }),
    ]);
    expect(nested.logEvidence).toBeCloseTo(exact.logEvidence, 9);
    expect(relativeDistance(nested.kernels[1], exact.kernels[1])).toBeLessThan(1e-8);
  });

  it('refuses several outputs, and more layers than it knows, by name', async () => {
    const two = createProblem({
      data: {
        x: [[1], [2]],
        y: [
          [1, 0],
          [0, 1],
        ],
      },
      network: { hiddenLayers: 2, width: 10 },
    });
    const solving = (problem: typeof two, variant: 'nested' | 'full') =>
      solveWith(problem, 'rescaling', compute, { variant });
    await expect(solving(two, 'nested')).rejects.toThrow(
      'variant nested: 2 outputs; it knows one, take vanilla',
    );
    await expect(solving(small({ hiddenLayers: 3, width: 9 }), 'full')).rejects.toThrow(
      'it knows two, take nested',
    );
    await expect(solving(small({ hiddenLayers: 7, width: 9 }), 'nested')).rejects.toThrow(
      'at most 6 can be averaged over',
    );
    expect(() => checkOptions(rescaling, { variant: 'other' })).toThrow(
      /variant: "other".*vanilla, nested, full/,
    );
    expect(() => checkOptions(nngp, { variant: 'nested' })).toThrow('variant: is not used by nngp');
  });
});

describe('Gauss–Hermite rules', () => {
  it('of n nodes have the moments of N(0, 1) up to degree 2n − 1', () => {
    for (const n of [1, 2, 5, 12, 26]) {
      const { nodes, weights } = gaussHermite(n, compute.algebra);
      let moment = 1;
      for (let power = 0; power < 2 * n; power += 2) {
        if (power > 0) moment *= power - 1;
        const sum = nodes.reduce((total, z, k) => total + weights[k] * z ** power, 0);
        expect(sum / moment, `${n} nodes, z^${power}`).toBeCloseTo(1, 9);
      }
    }
  });
});
