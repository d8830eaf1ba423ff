import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { type Matrix, relativeDistance, transpose } from '#src/numerics/matrix.js';
import type { KernelPosterior, TestKernels } from '#src/posterior/posterior.js';
import { nngpKernels } from '#src/prior/nngpKernels.js';
import { createProblem } from '#src/problem/createProblem.js';
import type { TheoryOptions } from '#src/theories/registry.js';
import { solveWith } from '#src/theories/solve.js';
import { largestDifference, randomMatrix } from '../support.js';

const compute = await nodeCompute();
const x = randomMatrix(6, 4, 1);
const y = randomMatrix(6, 1, 2);
const one = y.data;
const network = { hiddenLayers: 2, width: 30, weightVariance: 1.3, biasVariance: 0.1 };
const linear = { ...network, activation: 'linear', biasVariance: [0.2, 0, 0.1] };

/**
 * Theory, network, options, and how close rows of training points come to the kernel, which averages over
 * samples know to errors of theirs.
 */
const CASES: readonly [string, object, TheoryOptions, number][] = [
  ['nngp', network, {}, 1e-12],
  ['rescaling', network, {}, 1e-12],
  ['rescaling', network, { variant: 'nested' }, 1e-9],
  ['rescaling', network, { variant: 'full' }, 1e-9],
  ['rescaling', linear, {}, 1e-9],
  ['exactLinear', linear, {}, 1e-9],
  ['linearResponse', network, {}, 1e-9],
  ['linearResponse', network, { fourPoint: 'sampled' }, 1e-9],
  ['perturbative', network, {}, 1e-9],
  ['map', { ...linear, biasVariance: 0.1 }, {}, 1e-6],
  ['map', network, { samples: 4096 }, 0.01],
  ['multiscale', network, { samples: 4096 }, 0.01],
];

const kernelsAt = (posterior: KernelPosterior, points: Matrix) =>
  posterior.testKernels(points) as TestKernels;

describe('kernels between training points and new ones', () => {
  it.each(CASES)(
    'of %s, %j, %j: training points given again have the rows of the kernel',
    async (theory, net, options, close) => {
      const problem = createProblem({ data: { x, y }, network: net });
      const posterior = await solveWith(problem, theory, compute, options);
      const { kernels } = kernelsAt(posterior, x);
      expect(kernels.length).toBe(posterior.kernels.length);
      kernels.forEach((kernel, l) => {
        expect(relativeDistance(kernel, posterior.kernels[l]), `layer ${l}`).toBeLessThan(close);
      });
    },
  );

  it.each(CASES.filter(([, , { variant }]) => variant === undefined))(
    'of %s, %j, %j: among new points, training points given again have the kernel',
    async (theory, net, options, close) => {
      const problem = createProblem({ data: { x, y }, network: net });
      const posterior = await solveWith(problem, theory, compute, options);
      // Sampled four-point functions and tilted measures are sampled again for all points.
      const resampled = options.fourPoint === 'sampled' || options.samples !== undefined;
      posterior.testCovariances?.(x).forEach((kernel, l) => {
        const distance = relativeDistance(kernel, posterior.kernels[l]);
        expect(distance, `layer ${l}`).toBeLessThan(resampled ? 0.03 : Math.max(close, 1e-6));
      });
      expect(posterior.testCovariances?.(x).length).toBe(3);
    },
  );

  it.each<[string, TheoryOptions, number]>([
    ['nngp', {}, 1e-12],
    ['perturbative', { fourPoint: 'sampled', samples: 1024 }, 1e-6],
    ['map', { samples: 1024 }, 0.03],
  ])('of a convolutional network have a row for each position: %s', async (theory, options, close) => {
    const layers = [
      { convolution: { patch: [2], stride: 2, padding: 'zero' as const, width: 30 }, activation: 'erf' },
      { dense: 20, activation: 'erf' },
    ];
    const problem = createProblem({
      data: { x, y: one, image: [4, 1] },
      network: { layers, biasVariance: 0.1 },
    });
    const posterior = await solveWith(problem, theory, compute, options);
    kernelsAt(posterior, x).kernels.forEach((kernel, l) => {
      expect(relativeDistance(kernel, posterior.kernels[l]), `layer ${l}`).toBeLessThan(close);
    });
    expect(
      kernelsAt(posterior, randomMatrix(3, 4, 8)).kernels.map(({ rows, columns }) => [rows, columns]),
    ).toEqual(posterior.kernels.map(({ rows, columns }) => [rows, columns / 2]));
    const resampled = options.samples === undefined ? close : 0.06;
    posterior.testCovariances?.(x).forEach((kernel, l) => {
      expect(relativeDistance(kernel, posterior.kernels[l]), `among, layer ${l}`).toBeLessThan(resampled);
    });
  });

  it('at infinite width are the blocks of the kernel of all points', async () => {
    const xTest = randomMatrix(5, 4, 3);
    const problem = createProblem({ data: { x, y, xTest }, network });
    const { kernels } = kernelsAt(await solveWith(problem, 'nngp', compute), xTest);
    const all = { rows: 11, columns: 4, data: Float64Array.of(...x.data, ...xTest.data) };
    nngpKernels(problem.network, all, compute).forEach((joint, l) => {
      for (let i = 0; i < 6; i++)
        for (let t = 0; t < 5; t++)
          expect(kernels[l].data[i * 5 + t]).toBeCloseTo(joint.data[i * 11 + 6 + t], 12);
    });
  });

  it('of a deep linear network are those of sampled networks, within their errors', async () => {
    const problem = createProblem({
      data: { x, y: y.data },
      network: { hiddenLayers: 1, width: 8, activation: 'linear', weightVariance: [1, 1.5], biasVariance: 0 },
    });
    const xTest = randomMatrix(3, 4, 5);
    const exact = kernelsAt(await solveWith(problem, 'exactLinear', compute), xTest);
    const options = { draws: 6000, chains: 4, seed: 1 };
    const { kernels, errors } = kernelsAt(await solveWith(problem, 'sampled', compute, options), xTest);
    expect(largestDifference(kernels[0], exact.kernels[0])).toBeLessThan(1e-12);
    const [mean, error] = [kernels[1].data, errors?.[1].data as Float64Array];
    const misses = mean.map((value, i) => (value - exact.kernels[1].data[i]) / error[i]);
    expect(Math.sqrt(misses.reduce((sum, z) => sum + z * z, 0) / misses.length)).toBeLessThan(2);
    // What is compared is not infinite width's.
    const nngp = transpose(kernelsAt(await solveWith(problem, 'nngp', compute), xTest).kernels[1]);
    expect(relativeDistance(nngp, transpose(exact.kernels[1]))).toBeGreaterThan(0.02);
  });
});
