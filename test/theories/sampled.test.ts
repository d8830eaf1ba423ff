import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { xor } from '#src/datasets/xor.js';
import { loadProblem } from '#src/io/loadProblem.js';
import { centredAlignment } from '#src/measures/alignment.js';
import { inner, type Matrix, relativeDistance } from '#src/numerics/matrix.js';
import { drawKernels } from '#src/prior/drawKernels.js';
import { nngpKernels } from '#src/prior/nngpKernels.js';
import { createProblem } from '#src/problem/createProblem.js';
import { solveWith } from '#src/theories/solve.js';
import { goldenArrays, referencePath } from '../support.js';

const compute = await nodeCompute();
const data = xor({ dataset: 'xor', samples: 8, testSamples: 5, dimension: 6, noise: 1, seed: 2 });

const meanAndError = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length * (values.length - 1))) };
};

describe('sampled networks', () => {
  it('without information, under enormous noise, are networks drawn from the prior', async () => {
    const network = {
      hiddenLayers: 2,
      width: [12, 9],
      activation: 'erf',
      weightVariance: 1.6,
      biasVariance: 0.1,
    };
    const problem = createProblem({ data, network, noiseVariance: 1e6 });
    const { kernels, uncertainty } = await solveWith(problem, 'sampled', compute, { draws: 4000 });
    const steps = drawKernels(
      problem.network,
      nngpKernels(problem.network, data.x, compute),
      { draws: 20_000, seed: 1 },
      compute,
    );
    let step = steps.next();
    while (!step.done) step = steps.next();
    const drawn = step.value.layers;
    for (const l of [1, 2]) {
      const layer = drawn[l];
      if (!layer) throw new Error('no draws');
      kernels[l].data.forEach((value, i) => {
        const error = Math.hypot(layer.meanError.data[i], uncertainty?.kernels[l].data[i] ?? 0);
        expect(Math.abs(value - layer.mean.data[i])).toBeLessThan(5 * error);
      });
    }
  });

  it('linear, one hidden layer of 4 neurons: training mean by the exact integral over the order parameter', async () => {
    const P = 6;
    const N = 4;
    const kappa = 0.2;
    const x = Array.from({ length: P }, (_, i) =>
      Array.from({ length: P }, (_, j) => (i === j ? Math.sqrt(P) : 0)),
    );
    const y = Array.from({ length: P }, (_, i) => (i % 2 ? 1.3 : -1.3));
    const problem = createProblem({
      data: { x, y },
      network: { hiddenLayers: 1, width: N, activation: 'linear', weightVariance: 1 },
      noiseVariance: kappa,
    });
    // f | q ~ N(0, q K), K = 1, q ~ Gamma(N/2, rate N/2): ⟨f⟩ = ⟨q/(q + κ)⟩ Y.
    let [mass, first] = [0, 0];
    for (let q = 5e-4; q < 40; q += 1e-3) {
      const density =
        q ** (N / 2 - 1) * Math.exp((-N / 2) * q - (0.5 * P * 1.69) / (q + kappa)) * (q + kappa) ** (-P / 2);
      mass += density;
      first += (density * q) / (q + kappa);
    }
    const found: number[] = [];
    for (let seed = 0; seed < 16; seed++) {
      const posterior = await solveWith(problem, 'sampled', compute, { draws: 1000, seed });
      found.push(inner(posterior.trainMean(), problem.data.y) / inner(problem.data.y, problem.data.y));
    }
    const { mean, error } = meanAndError(found);
    expect(error).toBeLessThan(0.01);
    expect(Math.abs(mean - first / mass)).toBeLessThan(4.5 * error);
  });

  it.each(['multiscale_L1', 'multiscale_L2'])(
    '%s: kernels and training mean of an independent sampler',
    async (name) => {
      const { problem } = await loadProblem(referencePath(`cases/${name}.json`));
      const golden = goldenArrays(name);
      const { kernels, uncertainty, convergence, trainMean, alignment } = await solveWith(
        problem,
        'sampled',
        compute,
      );
      expect(convergence.converged).toBe(true);
      const L = kernels.length - 1;
      const reference = golden.matrix('net_L');
      const size = Math.sqrt(
        inner(uncertainty?.kernels[L] as Matrix, uncertainty?.kernels[L] as Matrix) /
          inner(reference, reference),
      );
      expect(relativeDistance(kernels[L], reference)).toBeLessThan(1.5 * size);
      const spread = uncertainty?.cka[L] ?? 0;
      expect(Math.abs(alignment()[L] - centredAlignment(reference, problem.data.y))).toBeLessThan(
        4 * spread + 0.0005,
      );
      expect(
        relativeDistance(
          { ...golden.matrix('net_train_mean'), data: trainMean().data },
          golden.matrix('net_train_mean'),
        ),
      ).toBeLessThan(0.06);
    },
  );

  it('multiscale predicts them on test points better than infinite width does, means and variances', async () => {
    const many = xor({ dataset: 'xor', samples: 24, testSamples: 40, dimension: 12, noise: 1, seed: 6 });
    const problem = createProblem({
      data: many,
      network: { hiddenLayers: 1, width: 60, activation: 'erf', weightVariance: 1.5 },
    });
    const predictionOf = async (theory: string, seed = 0) =>
      (await solveWith(problem, theory, compute, { draws: 4000, seed })).predict(many.xTest as Matrix);
    const [first, second] = [await predictionOf('sampled'), await predictionOf('sampled', 1)];
    const [theory, infinite] = [await predictionOf('multiscale'), await predictionOf('nngp')];
    const truth = {
      ...first.mean,
      data: first.mean.data.map((value, i) => 0.5 * (value + second.mean.data[i])),
    };
    // Half the distance of two independent runs is the noise of their mean.
    const noise = 0.5 * relativeDistance(first.mean, second.mean);
    const away = (mean: Matrix) => Math.sqrt(Math.max(0, relativeDistance(mean, truth) ** 2 - noise ** 2));
    expect(noise).toBeLessThan(0.3 * away(infinite.mean));
    expect(away(theory.mean)).toBeLessThan(0.4 * away(infinite.mean));
    const average = (values: Float64Array) => values.reduce((sum, value) => sum + value / values.length, 0);
    const networks = 0.5 * (average(first.variance) + average(second.variance));
    const missed = (variance: Float64Array) => Math.abs(average(variance) - networks);
    expect(missed(theory.variance)).toBeLessThan(0.2 * missed(infinite.variance));
  });

  it('depend on the seed alone, not on the number of threads; chains differ', async () => {
    const problem = createProblem({ data, network: { hiddenLayers: 2, width: 10, activation: 'tanh' } });
    const single = await nodeCompute({ threads: 1 });
    const [a, b, c] = [
      await solveWith(problem, 'sampled', compute, { draws: 200, seed: 3 }),
      await solveWith(problem, 'sampled', single, { draws: 200, seed: 3 }),
      await solveWith(problem, 'sampled', compute, { draws: 200, seed: 4 }),
    ];
    expect(b.kernels[2].data).toEqual(a.kernels[2].data);
    expect(c.kernels[2].data).not.toEqual(a.kernels[2].data);
    const sizes = a.details?.stepSize as number[];
    expect(new Set(sizes).size).toBe(4);
    const short = await solveWith(problem, 'sampled', compute, { draws: 40, seed: 3 });
    expect(short.convergence.message).toMatch(/run longer/);
    expect(short.convergence.reason).toBe('chains');
  });
});
