import { describe, expect, it } from 'vitest';
import { architectureOf } from '#src/architecture/architecture.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { GaussianLikelihood } from '#src/likelihood/gaussian.js';
import { relativeDistance, zeros } from '#src/numerics/matrix.js';
import { RandomStream } from '#src/numerics/random.js';
import { nngpKernels } from '#src/prior/nngpKernels.js';
import { createProblem, type NetworkInput } from '#src/problem/createProblem.js';
import { MarginalPotential } from '#src/sampling/marginalPotential.js';
import { kernelAboveLayer } from '#src/sampling/pass.js';
import { TestPoints } from '#src/sampling/testPoints.js';
import { WeightPotential } from '#src/sampling/weightPotential.js';
import { shapeOf } from '#src/sampling/weights.js';
import { solveWith } from '#src/theories/solve.js';
import { randomMatrix } from '../support.js';

const compute = await nodeCompute();
const { algebra } = compute;
const potentials = { marginal: MarginalPotential, weights: WeightPotential };
const CHANNELS = 2;
const IMAGE = [4, 3, CHANNELS];
const [P, T] = [3, 4];

const variances = { weightVariance: 1.5, biasVariance: 0.1 };
const conv = (width: number, stride: number, padding: 'zero' | 'circular') => ({
  convolution: { patch: [3, 2], stride, padding, width },
  activation: 'erf',
});
const networks: Record<string, NetworkInput> = {
  'two convolutions, flattened': { layers: [conv(3, 1, 'circular'), conv(4, 2, 'zero')], ...variances },
  'two convolutions, averaged': {
    layers: [conv(3, 2, 'zero'), conv(4, 1, 'circular')],
    readout: 'average',
    ...variances,
  },
  'a dense layer of another activation on flattened positions': {
    layers: [conv(3, 2, 'zero'), { dense: 5, activation: 'tanh' }],
    ...variances,
  },
  'a dense layer on averaged positions': {
    layers: [conv(3, 1, 'zero'), { dense: 5, activation: 'relu' }],
    readout: 'average',
    ...variances,
  },
  'a residual block': {
    layers: [
      { dense: 4, activation: 'tanh' },
      { dense: 3, activation: 'tanh' },
      { dense: 4, activation: 'relu', skip: 2 },
      { dense: 4, activation: 'erf', skip: 1 },
    ],
    ...variances,
  },
  'residual convolutions': {
    layers: [conv(3, 2, 'zero'), { ...conv(3, 1, 'zero'), skip: 1 }, { ...conv(3, 1, 'circular'), skip: 1 }],
    readout: 'average',
    ...variances,
  },
  'dense layers of different activations': {
    layers: [
      { dense: 4, activation: 'tanh' },
      { dense: 5, activation: 'relu' },
    ],
    ...variances,
  },
};

function setup(kind: keyof typeof potentials, network: NetworkInput, width = 1) {
  const wider = network.layers?.map((layer) =>
    layer.convolution
      ? {
          ...layer,
          convolution: { ...layer.convolution, width: width * (layer.convolution.width as number) },
        }
      : { ...layer, dense: width * (layer.dense as number) },
  );
  const data = { x: randomMatrix(P, 24, 1), y: randomMatrix(P, 2, 2), image: IMAGE };
  const problem = createProblem({ data, network: { ...network, ...(wider ? { layers: wider } : {}) } });
  const convolved = problem.network.structure?.layers[0].convolution !== undefined;
  const shape = shapeOf(problem, convolved ? CHANNELS : 24);
  const activations = architectureOf(problem.network).layers.map(({ activation }) => activation);
  const potential = new potentials[kind](
    shape,
    activations,
    problem.data.x,
    new GaussianLikelihood(problem.data.y, 0.1),
    algebra,
  );
  return { problem, shape, activations, potential };
}

describe.each(['marginal', 'weights'] as const)('potential of structured networks: %s', (kind) => {
  it.each(Object.entries(networks))(
    '%s: its gradient is the finite difference of the energy',
    (_, network) => {
      const { potential } = setup(kind, network);
      const position = RandomStream.fromSeed(5).normals(new Float64Array(potential.size));
      const gradient = new Float64Array(potential.size);
      const nowhere = new Float64Array(potential.size);
      potential.evaluate(position, gradient);
      const step = 1e-5;
      for (let i = 0; i < position.length; i++) {
        const at = (shift: number) => {
          const moved = position.slice();
          moved[i] += shift;
          return potential.evaluate(moved, nowhere);
        };
        expect((at(step) - at(-step)) / (2 * step)).toBeCloseTo(gradient[i], 5);
      }
    },
  );

  it.each(Object.entries(networks))(
    '%s: training points given again have the outputs of training',
    (_, network) => {
      const { problem, shape, activations, potential } = setup(kind, network);
      const position = RandomStream.fromSeed(7).normals(new Float64Array(potential.size));
      const output = potential.observe(position).output.data.slice();
      const points = new TestPoints(
        shape,
        activations,
        { x: problem.data.x, beyond: new Float64Array(P) },
        algebra,
      );
      points.outputs(potential, position, RandomStream.fromSeed(1)).mean.data.forEach((value, i) => {
        expect(value).toBeCloseTo(output[i], 9);
      });
    },
  );
});

it.each(Object.entries(networks))(
  '%s: kernels of wide networks of the prior are those of infinite width',
  (_, network) => {
    const { problem, shape, potential } = setup('marginal', network, 300);
    const stream = RandomStream.fromSeed(3);
    const nngp = nngpKernels(problem.network, problem.data.x, compute);
    const means = nngp.slice(1).map(({ rows }) => zeros(rows));
    const draws = 8;
    for (let draw = 0; draw < draws; draw++) {
      const { pass } = potential.observe(stream.normals(new Float64Array(potential.size)));
      pass.fed.forEach((_, l) => {
        const kernel = kernelAboveLayer(shape, pass, l + 1, algebra);
        for (let i = 0; i < kernel.data.length; i++) means[l].data[i] += kernel.data[i] / draws;
      });
    }
    means.forEach((mean, l) => {
      expect(relativeDistance(mean, nngp[l + 1])).toBeLessThan(0.05);
    });
  },
);

it.each(Object.entries(networks))(
  '%s: new points that are the training points are predicted as those',
  async (_, network) => {
    const { problem } = setup('marginal', network);
    const posterior = await solveWith(problem, 'nngp', compute);
    const train = posterior.trainMean();
    posterior.predict(problem.data.x).mean.data.forEach((value, i) => {
      expect(value).toBeCloseTo(train.data[i], 10);
    });
    const fresh = randomMatrix(T, 24, 9);
    const together = posterior.predict(fresh);
    const alone = posterior.predict({ rows: 1, columns: 24, data: fresh.data.slice(24, 48) });
    expect(alone.mean.data[1]).toBeCloseTo(together.mean.data[3], 12);
    expect(alone.variance[0]).toBeCloseTo(together.variance[1], 12);
  },
);
