import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { InputError } from '#src/numerics/errors.js';
import { fromRows, relativeDistance } from '#src/numerics/matrix.js';
import { createProblem } from '#src/problem/createProblem.js';
import type { TheoryOptions } from '#src/theories/registry.js';
import { solveWith } from '#src/theories/solve.js';
import { largestDifference, randomMatrix } from '../support.js';

const compute = await nodeCompute();
const x = randomMatrix(9, 4, 1);
const y = randomMatrix(9, 2, 2);
const settings = { hiddenLayers: 2, width: 50, weightVariance: 1.3, biasVariance: 0.1 };

describe.each<[string, string, TheoryOptions]>([
  ['nngp', 'erf', {}],
  ['perturbative', 'erf', {}],
  ['perturbative', 'erf', { fourPoint: 'sampled', samples: 4096 }],
  ['perturbative', 'tanh', { samples: 4096 }],
  ['map', 'linear', {}],
])('%s, %s', (theory, activation, options) => {
  it('predicts a training point given again as it predicts it in training', async () => {
    const problem = createProblem({ data: { x, y }, network: { ...settings, activation } });
    const posterior = await solveWith(problem, theory, compute, options);
    const again = posterior.predict(x);
    expect(relativeDistance(again.mean, posterior.trainMean())).toBeLessThan(1e-6);
    expect(again.variance.every((value) => value >= 0 && value < 0.1 + 1e-6)).toBe(true);
  });

  it('does not depend on how test points are grouped', async () => {
    const problem = createProblem({ data: { x, y }, network: { ...settings, activation } });
    const posterior = await solveWith(problem, theory, compute, options);
    const many = randomMatrix(70, 4, 3);
    const whole = posterior.predict(many);
    const first = posterior.predict({ rows: 1, columns: 4, data: many.data.slice(0, 4) });
    expect(first.mean.data[0]).toBeCloseTo(whole.mean.data[0], 9);
    expect(first.variance[0]).toBeCloseTo(whole.variance[0], 9);
  });
});

it('the NNGP predictor is Gaussian-process regression: two points by hand', async () => {
  const problem = createProblem({
    data: { x: [[1], [2]], y: [1, -1] },
    network: { hiddenLayers: 1, width: 10, activation: 'linear', weightVariance: 1 },
    noiseVariance: 0.5,
  });
  const posterior = await solveWith(problem, 'nngp', compute);
  const { mean, variance } = posterior.predict(fromRows([[3]]));
  // K = xxᵀ: A = [[1.5, 2], [2, 4.5]], det 2.75; A⁻¹(1, −1) = (6.5, −3.5)/2.75; k_* = (3, 6).
  expect(mean.data[0]).toBeCloseTo((3 * 6.5 - 6 * 3.5) / 2.75, 12);
  expect(variance[0]).toBeCloseTo(9 - (9 * 4.5 - 2 * 18 * 2 + 36 * 1.5) / 2.75, 12);
});

it('all theories agree as N → ∞', async () => {
  const solve = async (theory: string, activation: string) => {
    const problem = createProblem({ data: { x, y }, network: { ...settings, width: 1e8, activation } });
    return solveWith(problem, theory, compute);
  };
  for (const [theory, activation] of [
    ['perturbative', 'erf'],
    ['perturbative', 'linear'],
    ['map', 'linear'],
  ]) {
    // biome-ignore format: pairs
    const [a, b] = [await solve(theory, activation), await solve('nngp', activation)];
    a.kernels.forEach((kernel, l) => {
      expect(largestDifference(kernel, b.kernels[l])).toBeLessThan(1e-6);
    });
  }
});

describe('solve', () => {
  const problem = createProblem({ data: { x, y }, network: { ...settings, activation: 'erf' } });

  it('refuses what does not fit into memory, with the number', async () => {
    const small = { ...compute, memory: 1000 };
    await expect(solveWith(problem, 'nngp', small)).rejects.toThrow(
      /9 points need about .* GB of memory for nngp, of which .* GB may be used/,
    );
  });

  it('stops when told to, and reports progress that rises', async () => {
    const fractions: number[] = [];
    await solveWith(problem, 'perturbative', compute, {
      onProgress: ({ fraction }) => fractions.push(fraction),
    });
    expect(fractions.length).toBeGreaterThan(3);
    expect(fractions.every((value) => value >= 0 && value <= 1)).toBe(true);
    const controller = new AbortController();
    const stopping = solveWith(problem, 'perturbative', compute, {
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(stopping).rejects.toThrow('enough');
  });

  it('lists the theories when it does not know one', async () => {
    await expect(solveWith(problem, 'ntk', compute)).rejects.toThrow(
      'unknown theory "ntk"; there are auto, nngp, rescaling, exactLinear, linearResponse, perturbative, map, multiscale, sampled',
    );
  });
});

// Where kernels hide the noise below their rounding, covariances of new points may not be those of any
// Gaussian.
it.each(['erf', 'sin', 'relu', 'tanh'])(
  'predictions of %s are numbers, or refused, at any weight variance',
  async (activation) => {
    let refused = 0;
    for (const weightVariance of [1, 1e4, 1e8, 1e12, 1e15, 2 ** 53, 1e30]) {
      const problem = createProblem({ data: { x, y }, network: { ...settings, activation, weightVariance } });
      try {
        const { mean, variance } = (await solveWith(problem, 'nngp', compute)).predict(x);
        expect([...mean.data, ...variance].every(Number.isFinite)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        expect(weightVariance).toBeGreaterThan(1e8);
        refused++;
      }
    }
    expect(refused).toBeLessThan(5);
  },
);
