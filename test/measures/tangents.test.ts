import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { centredAlignment } from '#src/measures/alignment.js';
import { type Matrix, relativeDistance, zeros } from '#src/numerics/matrix.js';
import { RandomStream } from '#src/numerics/random.js';
import { nngpKernels } from '#src/prior/nngpKernels.js';
import { tangentKernels } from '#src/prior/tangentKernels.js';
import { createProblem } from '#src/problem/createProblem.js';
import { gain, type Network } from '#src/problem/problem.js';
import { drawReadout, networkTangents, tangentsOfNetworks } from '#src/sampling/networkTangents.js';
import { StoredNetworks } from '#src/sampling/storedNetworks.js';
import { solveWith } from '#src/theories/solve.js';
import { randomMatrix } from '../support.js';

const compute = await nodeCompute();
const x = randomMatrix(4, 3, 1);
const y = randomMatrix(4, 2, 2);
const settings = {
  weightVariance: [1.1, 1.4, 0.9, 0.8],
  biasVariance: [0.2, 0.1, 0.3, 0.1],
  featureScale: 2,
};
const problemOf = (network: object, targets: Matrix = y) =>
  createProblem({ data: { x, y: targets }, network });

/**
 * Standard normal parameters of `count` networks, and of one readout each, as stored arrays with all scales
 * in them.
 */
function drawn(network: Network, count: number, outputs: number, stream: RandomStream) {
  const arrays: Record<string, Matrix> = {};
  const sizes = [x.columns, ...network.widths, outputs];
  for (let l = 0; l <= network.hiddenLayers; l++) {
    const weights = zeros(count * sizes[l + 1], sizes[l]);
    const bias = zeros(count * sizes[l + 1], 1);
    for (const { data } of [weights, bias]) stream.normals(data);
    const root = Math.sqrt(gain(network, l) / sizes[l]);
    for (let i = 0; i < weights.data.length; i++) weights.data[i] *= root;
    for (let i = 0; i < bias.data.length; i++) bias.data[i] *= Math.sqrt(network.biasVariance[l]);
    arrays[`weights_${l}`] = weights;
    arrays[`bias_${l}`] = bias;
  }
  return arrays;
}

/** f(x) of a single stored network, P×n. */
function outputs(network: Network, arrays: Record<string, Matrix>): Matrix {
  const { phi } = new StoredNetworks(arrays, network, compute).pass(0, x);
  const l = network.hiddenLayers;
  const f = compute.algebra.gemm(phi[l - 1], arrays[`weights_${l}`], { transposeB: true });
  return { ...f, data: f.data.map((value, i) => value + arrays[`bias_${l}`].data[i % f.columns]) };
}

describe('tangent kernels of a network', () => {
  it('are the products of its gradients in all weights, by finite differences', () => {
    const { network } = problemOf({ hiddenLayers: 3, width: [5, 4, 6], activation: 'tanh', ...settings });
    const arrays = drawn(network, 1, 2, RandomStream.fromSeed(3));
    const [p, n] = [4, 2];
    const expected = Array.from({ length: 4 }, () => zeros(p));
    const sizes = [3, 5, 4, 6];
    for (let l = 0; l <= 3; l++) {
      // A unit step of a parameter of unit prior variance is a step of its scale.
      for (const [name, scale] of [
        [`weights_${l}`, Math.sqrt(gain(network, l) / sizes[l])],
        [`bias_${l}`, Math.sqrt(network.biasVariance[l])],
      ] as const) {
        const { data } = arrays[name];
        for (let i = 0; i < data.length; i++) {
          const step = 1e-5;
          const at = (e: number) => {
            const before = data[i];
            data[i] += e * scale;
            const f = outputs(network, arrays).data.slice();
            data[i] = before;
            return f;
          };
          const [up, down] = [at(step), at(-step)];
          const slope = up.map((value, k) => (value - down[k]) / (2 * step));
          for (let a = 0; a < p; a++)
            for (let b = 0; b < p; b++)
              for (let k = 0; k < n; k++)
                expected[l].data[a * p + b] += (slope[a * n + k] * slope[b * n + k]) / n;
        }
      }
    }
    const networks = new StoredNetworks(arrays, network, compute);
    const [group] = tangentsOfNetworks(
      networks,
      problemOf({ hiddenLayers: 3, width: [5, 4, 6], activation: 'tanh', ...settings }),
      nngpKernels(network, x, compute)[0],
      compute,
    );
    group.forEach((tangent, l) => {
      expect(relativeDistance(tangent, expected[l]), `layer ${l}`).toBeLessThan(1e-7);
    });
  });

  it.each(['erf', 'relu', 'gelu'])(
    'average over wide networks of the prior to those at infinite width: %s',
    (activation) => {
      const problem = problemOf({ hiddenLayers: 3, width: 300, activation, ...settings });
      const { network } = problem;
      const kernels = nngpKernels(network, x, compute);
      const networks = new StoredNetworks(drawn(network, 64, 2, RandomStream.fromSeed(4)), network, compute);
      const groups = tangentsOfNetworks(networks, problem, kernels[0], compute);
      tangentKernels(network, kernels, compute).forEach((tangent, l) => {
        let squares = 0;
        for (let i = 0; i < 16; i++) {
          const values = groups.map((group) => group[l].data[i]);
          const mean = values.reduce((sum, value) => sum + value / 8, 0);
          const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 56);
          // Means of finite networks differ by a share of L/N.
          squares +=
            ((mean - tangent.data[i]) / Math.hypot(error, 0.01 * Math.abs(tangent.data[i]))) ** 2 / 16;
        }
        expect(squares, `layer ${l}`).toBeLessThan(4);
      });
    },
  );
});

describe('tangent kernels at infinite width', () => {
  it('are all alike in deep linear networks without biases', () => {
    const { network } = problemOf({ hiddenLayers: 4, activation: 'linear', weightVariance: 1.3 });
    const tangents = tangentKernels(network, nngpKernels(network, x, compute), compute);
    for (const tangent of tangents) expect(relativeDistance(tangent, tangents[4])).toBeLessThan(1e-13);
    const alignments = tangents.map((tangent) => centredAlignment(tangent, y));
    for (const value of alignments) expect(value).toBeCloseTo(alignments[0], 12);
  });

  it('of ReLU have their closed form: one layer, Cho and Saul (2009)', () => {
    const { network } = problemOf({
      hiddenLayers: 1,
      activation: 'relu',
      weightVariance: [1.5, 0.7],
      biasVariance: 0,
    });
    const kernels = nngpKernels(network, x, compute);
    const [below, top] = tangentKernels(network, kernels, compute);
    expect(relativeDistance(top, kernels[1])).toBe(0);
    const c = kernels[0].data;
    for (let i = 0; i < 4; i++)
      for (let j = 0; j < 4; j++) {
        const angle = Math.acos(Math.min(1, Math.max(-1, c[i * 4 + j] / Math.sqrt(c[i * 5] * c[j * 5]))));
        expect(below.data[i * 4 + j]).toBeCloseTo(
          (0.7 * c[i * 4 + j] * (Math.PI - angle)) / (2 * Math.PI),
          7,
        );
      }
  });

  it('are refused for activations that jump', () => {
    const { network } = problemOf({ hiddenLayers: 1, activation: 'sign' });
    expect(() => tangentKernels(network, nngpKernels(network, x, compute), compute)).toThrow(
      /network\.activation: sign jumps/,
    );
  });
});

describe('readouts drawn for networks that were sampled without', () => {
  it('have the mean and covariance of Bayesian linear regression', () => {
    const problem = problemOf(
      { hiddenLayers: 1, width: 3, activation: 'relu', weightVariance: 1.2, biasVariance: [0, 0.4] },
      randomMatrix(4, 1, 5),
    );
    const phi = randomMatrix(4, 3, 6);
    const features = zeros(4, 4);
    for (let i = 0; i < 4; i++) {
      for (let j = 0; j < 3; j++) features.data[i * 4 + j] = Math.sqrt(0.4) * phi.data[i * 3 + j];
      features.data[i * 4 + 3] = Math.sqrt(0.4);
    }
    // (BᵀB/κ + 1)⁻¹ and its product with BᵀY/κ.
    const precision = compute.algebra.syrk(features, { transpose: true, alpha: 10 });
    for (let i = 0; i < 4; i++) precision.data[i * 5] += 1;
    const covariance = compute.algebra.choleskyInverse(compute.algebra.cholesky(precision));
    const pulled = compute.algebra.gemm(features, problem.data.y, { transposeA: true, alpha: 10 });
    const expected = compute.algebra.gemm(covariance, pulled);
    const stream = RandomStream.fromSeed(7);
    const draws = 40_000;
    const [mean, square] = [new Float64Array(3), new Float64Array(3)];
    for (let k = 0; k < draws; k++) {
      drawReadout(problem, phi, stream, compute).data.forEach((value, j) => {
        mean[j] += value / draws;
        square[j] += value ** 2 / draws;
      });
    }
    for (let j = 0; j < 3; j++) {
      const variance = 0.4 * covariance.data[j * 5];
      expect(Math.abs(mean[j] - Math.sqrt(0.4) * expected.data[j])).toBeLessThan(
        5 * Math.sqrt(variance / draws),
      );
      expect((square[j] - mean[j] ** 2) / variance).toBeCloseTo(1, 1);
    }
  });

  it('give the same tangent kernels as readouts that were sampled', async () => {
    const problem = createProblem({
      data: { x, y: y.data.slice(0, 4) },
      network: { hiddenLayers: 1, width: 20, activation: 'erf', weightVariance: 1.5, biasVariance: 0.1 },
    });
    const input = nngpKernels(problem.network, problem.data.x, compute)[0];
    const of = async (potential: 'marginal' | 'weights') => {
      const posterior = await solveWith(problem, 'sampled', compute, {
        draws: 4000,
        chains: 4,
        seed: 2,
        sampling: { potential },
      });
      const networks = new StoredNetworks(posterior.networks?.() ?? {}, problem.network, compute);
      expect(networks.hasReadout).toBe(potential === 'weights');
      return tangentsOfNetworks(networks, problem, input, compute);
    };
    const [marginal, weights] = [await of('marginal'), await of('weights')];
    let squares = 0;
    for (let i = 0; i < 16; i++) {
      const moments = [marginal, weights].map((groups) => {
        const values = groups.map(([tangent]) => tangent.data[i]);
        const mean = values.reduce((sum, value) => sum + value / 8, 0);
        return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 56 };
      });
      squares += (moments[0].mean - moments[1].mean) ** 2 / (moments[0].variance + moments[1].variance) / 16;
    }
    expect(squares).toBeLessThan(5);
  });
});

it('networkTangents leaves the kernel of the readout as it is', () => {
  const { network } = problemOf({ hiddenLayers: 1, width: 6, activation: 'erf' });
  const arrays = drawn(network, 1, 1, RandomStream.fromSeed(8));
  const { h } = new StoredNetworks(arrays, network, compute).pass(0, x);
  const kernels = nngpKernels(network, x, compute);
  const tangents = networkTangents(network, kernels, h, (l) => arrays[`weights_${l}`], compute);
  expect(relativeDistance(tangents[1], kernels[1])).toBe(0);
});
