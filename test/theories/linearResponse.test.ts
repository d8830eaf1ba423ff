import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { xor } from '#src/datasets/xor.js';
import { gaussianOf } from '#src/likelihood/gaussian.js';
import { addScaled, copy, type Matrix, relativeDistance } from '#src/numerics/matrix.js';
import { ExactFourPoint } from '#src/prior/fourPoint/exactFourPoint.js';
import { nngpKernels } from '#src/prior/nngpKernels.js';
import { contractCovariance, responsesByOrigin, sourcesBelow } from '#src/prior/response.js';
import { createProblem } from '#src/problem/createProblem.js';
import { meanCorrections } from '#src/solving/firstOrder/meanCorrection.js';
import { solveWith } from '#src/theories/solve.js';
import { largestDifference, randomMatrix } from '../support.js';

const compute = await nodeCompute();
const data = xor({ dataset: 'xor', samples: 8, testSamples: 5, dimension: 6, noise: 1, seed: 4 });
const problemOf = (width: number, settings: object = {}) =>
  createProblem({
    data,
    network: {
      hiddenLayers: 3,
      width,
      activation: 'erf',
      weightVariance: 1.4,
      biasVariance: 0.05,
      ...settings,
    },
  });

describe('linearResponse', () => {
  it.each([0.3, 1, 30])(
    'never converges to more evidence than that of a perfect fit, nor to hidden kernels that are none: targets of %f',
    async (size) => {
      const x = randomMatrix(32, 4, 1);
      const y = randomMatrix(32, 1, 2);
      const network = {
        hiddenLayers: 2,
        width: 10,
        activation: 'relu',
        weightVariance: 2,
        biasVariance: 0.1,
      };
      const targets = { ...y, data: y.data.map((value) => size * value) };
      const problem = createProblem({ data: { x, y: targets }, network, noiseVariance: 0.01 });
      for (const theory of size < 1
        ? ['linearResponse', 'perturbative', 'rescaling']
        : ['linearResponse', 'rescaling']) {
        const { convergence, kernels, logEvidence } = await solveWith(problem, theory, compute);
        if (!convergence.converged) {
          expect(convergence.message).toMatch(
            /targets are|no small correction|no covariance|no solution|stuck|width/,
          );
          continue;
        }
        expect(logEvidence, theory).toBeLessThan(-16 * Math.log(2 * Math.PI * 0.01));
        for (const kernel of kernels) {
          const { values } = compute.algebra.eigenSymmetric(kernel);
          expect(values[0], theory).toBeGreaterThan(-2e-3 * values.reduce((sum, value) => sum + value, 0));
        }
      }
      if (size >= 1)
        expect((await solveWith(problem, 'linearResponse', compute)).convergence.converged).toBe(false);
    },
  );

  it('differs from perturbative by 1/N², predictions and kernels but for the correction of the mean', async () => {
    const distances: { kernel: number; mean: number }[] = [];
    for (const width of [400, 1600]) {
      const problem = problemOf(width);
      const [one, self] = [
        await solveWith(problem, 'linearResponse', compute),
        await solveWith(problem, 'perturbative', compute),
      ];
      const correction = meanCorrections(problem.network, data.x, compute)[3];
      distances.push({
        kernel: relativeDistance(addScaled(copy(one.kernels[3]), -1, correction), self.kernels[3]),
        mean: relativeDistance(
          one.predict(data.xTest as Matrix).mean,
          self.predict(data.xTest as Matrix).mean,
        ),
      });
    }
    expect(distances[0].kernel / distances[1].kernel).toBeGreaterThan(13);
    expect(distances[0].kernel / distances[1].kernel).toBeLessThan(19);
    expect(distances[0].mean / distances[1].mean).toBeGreaterThan(12);
  });

  it('is the mean before data plus the covariance with the output kernel contracted with the pull of the data, in every layer', async () => {
    const problem = problemOf(50);
    const { network } = problem;
    const nngp = nngpKernels(network, data.x, compute);
    const pull = gaussianOf(problem).conjugate(nngp[3], compute.algebra);
    const shifts = contractCovariance(
      network,
      nngp,
      3,
      pull,
      new ExactFourPoint(network.activation, compute),
      compute,
    );
    const { kernels } = await solveWith(problem, 'linearResponse', compute);
    const corrections = meanCorrections(network, data.x, compute);
    for (const l of [1, 2, 3]) {
      const moved = addScaled(addScaled(copy(nngp[l]), 1, shifts[l]), 1, corrections[l]);
      expect(largestDifference(kernels[l], moved)).toBeLessThan(1e-12);
    }
  });

  it('the total response is the sum over the layers in which fluctuations are born, each linear in 1/N of its layer', () => {
    const parts = [30, 60].map((width) => {
      const { network } = problemOf(100, { width: [100, width, 100] });
      const nngp = nngpKernels(network, data.x, compute);
      const sources = sourcesBelow(
        network,
        nngp,
        3,
        gaussianOf(problemOf(100)).conjugate(nngp[3], compute.algebra),
        compute,
      );
      return responsesByOrigin(
        network,
        nngp,
        sources,
        new ExactFourPoint(network.activation, compute),
        compute,
      );
    });
    expect(relativeDistance(parts[0][1][3], parts[1][1][3])).toBeLessThan(1e-12);
    const half = { ...parts[0][2][3], data: parts[0][2][3].data.map((value) => value / 2) };
    expect(relativeDistance(half, parts[1][2][3])).toBeLessThan(1e-12);
  });

  it('says so where the first-order shift is too large for a covariance, with the width it holds for', async () => {
    const problem = createProblem({
      data,
      network: { hiddenLayers: 2, width: 2, activation: 'erf', weightVariance: 1.4 },
      noiseVariance: 0.01,
    });
    const { convergence } = await solveWith(problem, 'linearResponse', compute);
    expect(convergence.converged).toBe(false);
    expect(convergence.widthScale * problem.network.widths[0]).toBeGreaterThan(2);
    expect(convergence.message).toMatch(/first-order shift/);
    expect(convergence.reason).toBe('noExpansion');
  });
});
