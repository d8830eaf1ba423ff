import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { relativeDistance } from '#src/numerics/matrix.js';
import { createProblem, type ProblemInput } from '#src/problem/createProblem.js';
import type { TheoryOptions } from '#src/theories/registry.js';
import { solveWith } from '#src/theories/solve.js';
import { structuredProblems } from '../reference/structuredProblems.js';
import { referenceJson } from '../support.js';

interface Networks {
  readonly cka: number[];
  readonly ckaError: number[];
  readonly kernel: number[];
  readonly kernelError: number[];
  readonly trainMean: number[];
  readonly trainMeanError: number[];
  readonly mean: number[];
  readonly meanError: number[];
  readonly variance: number[];
}

const compute = await nodeCompute();
// Long runs of test/reference/make_structured.js.
const reference = referenceJson('structured.json') as Record<string, Networks>;
const problems = structuredProblems as unknown as Record<string, ProblemInput>;

const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.sqrt(Array.from(a).reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0));
const length = (a: ArrayLike<number>): number => distance(a, new Float64Array(a.length));

describe('theories of structured networks beside sampled ones', () => {
  /**
   * theory, its options, and the share of what infinite width misses that it may miss: of the output kernel,
   * and of means at training and new points
   */
  const cases: [string, string, TheoryOptions, number, number][] = [
    ['convolutions', 'linearResponse', { samples: 1024 }, 0.2, 0.3],
    ['convolutions', 'perturbative', { samples: 1024 }, 0.2, 0.3],
    ['averaged', 'linearResponse', { samples: 1024 }, 0.25, 0.3],
    ['averaged', 'perturbative', { samples: 1024 }, 0.35, 0.35],
    ['convolutions', 'map', { samples: 2048, tolerance: 3e-3 }, 0.2, 0.3],
    ['averaged', 'map', { samples: 2048, tolerance: 3e-3 }, 0.1, 0.1],
    ['narrowConvolution', 'multiscale', { samples: 8192 }, 0.15, 0.15],
    ['averaged', 'multiscale', { samples: 2048, tolerance: 3e-3 }, 0.1, 0.05],
    ['belowDense', 'multiscale', { samples: 8192 }, 0.2, 0.35],
    ['residual', 'linearResponse', {}, 0.1, 4],
    ['residualConvolutions', 'linearResponse', { samples: 1024 }, 0.15, 0.15],
    ['activations', 'linearResponse', {}, 0.2, 0.9],
    ['activations', 'perturbative', {}, 0.6, 1],
    ['activations', 'multiscale', { samples: 16384 }, 0.15, 0.25],
  ];
  it.each(cases)('%s by %s', async (name, theory, options, kernelShare, meanShare) => {
    const networks = reference[name];
    const problem = createProblem(problems[name]);
    const [nngp, posterior] = [
      await solveWith(problem, 'nngp', compute),
      await solveWith(problem, theory, compute, options),
    ];
    expect(posterior.convergence.converged).toBe(true);
    const top = posterior.kernels.length - 1;
    const missed = (kernel: ArrayLike<number>) => distance(kernel, networks.kernel);
    const noise = length(networks.kernelError);
    expect(missed(nngp.kernels[top].data)).toBeGreaterThan(8 * noise);
    expect(missed(posterior.kernels[top].data)).toBeLessThan(
      kernelShare * missed(nngp.kernels[top].data) + 2 * noise,
    );
    const xTest = problem.data.xTest as never;
    const [free, adapted] = [nngp.predict(xTest), posterior.predict(xTest)];
    const means = [
      [nngp.trainMean(), posterior.trainMean(), networks.trainMean, networks.trainMeanError],
      [free.mean, adapted.mean, networks.mean, networks.meanError],
    ] as const;
    for (const [without, withTheory, truth, error] of means) {
      const allowed = meanShare * distance(without.data, truth) + 3 * length(error);
      expect(distance(withTheory.data, truth)).toBeLessThan(allowed);
    }
    adapted.variance.forEach((value, t) => {
      expect(Math.abs(value / networks.variance[t] - 1)).toBeLessThan(0.1);
    });
  });
});

it.each(['convolutions', 'averaged', 'residualConvolutions'])(
  '%s: training points given again are predicted as in training',
  async (name) => {
    const problem = createProblem(problems[name]);
    const posterior = await solveWith(problem, 'linearResponse', compute, { samples: 64 });
    const train = posterior.trainMean();
    posterior.predict(problem.data.x).mean.data.forEach((value, i) => {
      expect(value).toBeCloseTo(train.data[i], 6);
    });
  },
);

describe('a convolution of single pixels is a dense layer', () => {
  const x = [
    [0.4, -1.2, 0.3],
    [1.1, 0.2, -0.7],
    [-0.9, 0.8, 1.3],
    [0.1, 0.5, -1.6],
  ];
  const data = { x, y: [1, -1, 1, -1], xTest: [[0.6, -0.3, 0.9]] };
  const variances = { weightVariance: 1.5, biasVariance: 0.1 };
  const dense = createProblem({
    data,
    network: { layers: [1, 2].map(() => ({ dense: 40, activation: 'erf' })), ...variances },
  });
  const convolved = createProblem({
    data: { ...data, image: [1, 1, 3] },
    network: {
      layers: [1, 2].map(() => ({ convolution: { patch: [1, 1], width: 40 }, activation: 'erf' })),
      ...variances,
    },
  });
  it.each([
    ['nngp', {}, 1e-12],
    ['linearResponse', { samples: 16384 }, 5e-3],
    ['perturbative', { samples: 16384 }, 5e-3],
    ['map', { samples: 16384 }, 1e-2],
  ] as [string, TheoryOptions, number][])(
    '%s, up to the scatter of draws',
    async (theory, options, scatter) => {
      const [a, b] = [
        await solveWith(dense, theory, compute, options),
        await solveWith(convolved, theory, compute, options),
      ];
      a.kernels.forEach((kernel, l) => {
        expect(relativeDistance(kernel, b.kernels[l])).toBeLessThan(1e-3);
      });
      expect(Math.abs(a.logEvidence - b.logEvidence)).toBeLessThan(4 * scatter);
      expect(distance(a.trainMean().data, b.trainMean().data)).toBeLessThan(scatter);
      const xTest = dense.data.xTest as never;
      const [first, second] = [a.predict(xTest), b.predict(xTest)];
      expect(Math.abs(first.mean.data[0] - second.mean.data[0])).toBeLessThan(scatter);
      expect(Math.abs(first.variance[0] - second.variance[0])).toBeLessThan(scatter);
    },
  );
});

describe('what a theory does not treat', () => {
  const all = structuredProblems as unknown as Record<string, ProblemInput>;
  it.each([
    [
      'residual',
      'multiscale',
      /theory multiscale does not treat residual blocks \(skip\) yet; nngp, linearResponse and sampled do/,
    ],
    ['convolutions', 'rescaling', /theory rescaling does not treat convolutions yet/],
    ['activations', 'exactLinear', /theory exactLinear does not treat layers of different activations yet/],
    ['residual', 'map', /theory map does not treat residual blocks \(skip\) yet/],
  ])('%s is refused by %s in one line', async (name, theory, message) => {
    await expect(solveWith(createProblem(all[name]), theory, compute)).rejects.toThrow(message);
  });
});
