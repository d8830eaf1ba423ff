import { describe, expect, it } from 'vitest';
import { portableCompute } from '#src/numerics/compute.js';
import { drawKernels } from '#src/prior/drawKernels.js';
import { nngpKernels } from '#src/prior/nngpKernels.js';
import { priorMoments } from '#src/prior/priorMoments.js';
import { createProblem } from '#src/problem/createProblem.js';

const compute = portableCompute();
const N = 400;

/** N Var C/K² of the variance of one input, layer by layer. */
function relativeVariance(
  activation: string,
  weightVariance: number,
  biasVariance: number,
  depth: number,
): number[] {
  const { network, data } = createProblem({
    data: { x: [[1, 0.5], [-0.5, 1]], y: [1, -1] }, // biome-ignore format: matrix
    network: { hiddenLayers: depth, width: N, activation, weightVariance, biasVariance },
  });
  const steps = priorMoments(network, data.x, compute);
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value.map(({ variance, nngp }) => (N * variance.data[0]) / nngp.data[0] ** 2);
}

describe('fluctuations of kernels', () => {
  it('tanh at its critical point: the relative variance grows by 2/(3N) a layer', () => {
    const all = relativeVariance('tanh', 1, 0, 140);
    expect(all[140] / 140).toBeCloseTo(2 / 3, 1);
    // corrections fall with the logarithm of the depth over it
    expect(Math.abs((all[140] - all[100]) / 40 - 2 / 3)).toBeLessThan(0.03);
  });

  it('ReLU at its critical point: by 5/N a layer, from the first on', () => {
    relativeVariance('relu', 2, 0, 8).forEach((value, l) => {
      expect(value).toBeCloseTo(5 * l, 8);
    });
  });

  it.each([
    ['ordered', 1, 0.2],
    ['chaotic', 3.5, 0.1],
  ])('saturate away from it: erf, %s', (_, g, beta) => {
    const all = relativeVariance('erf', g, beta, 40);
    expect(Math.abs(all[40] / all[39] - 1)).toBeLessThan(1e-6);
    expect(all[40]).toBeLessThan(3);
  });

  it('are those of drawn networks, at depth', () => {
    const { network, data } = createProblem({
      data: { x: [[1, 0.5], [-0.5, 1]], y: [1, -1] }, // biome-ignore format: matrix
      network: { hiddenLayers: 12, width: N, activation: 'tanh', weightVariance: 1, biasVariance: 0 },
    });
    const origins = nngpKernels(network, data.x, compute);
    const steps = drawKernels(network, origins, { draws: 4000, seed: 2 }, compute);
    let step = steps.next();
    while (!step.done) step = steps.next();
    const theory = relativeVariance('tanh', 1, 0, 12);
    for (const l of [1, 4, 12]) {
      const drawn = step.value.layers[l];
      if (!drawn) throw new Error('no draws');
      const scale = N / origins[l].data[0] ** 2;
      // beyond the first order in 1/N networks fluctuate by L/N more
      const allowed = 4 * scale * drawn.varianceError.data[0] + (2 * l * theory[l]) / N;
      expect(Math.abs(scale * drawn.variance.data[0] - theory[l])).toBeLessThan(allowed);
    }
  });
});
