import { describe, expect, it } from 'vitest';
import { activationByName } from '#src/activations/registry.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { xor } from '#src/datasets/xor.js';
import { RandomStream } from '#src/numerics/random.js';
import { createProblem } from '#src/problem/createProblem.js';
import { shapeOf } from '#src/sampling/chains.js';
import { adaptStepSize, Hmc, startStepSize } from '#src/sampling/hmc.js';
import { MarginalPotential } from '#src/sampling/marginalPotential.js';
import { newParameters } from '#src/sampling/weights.js';
import { randomMatrix } from '../support.js';

const { algebra } = await nodeCompute();
const data = xor({ dataset: 'xor', samples: 7, testSamples: 0, dimension: 5, noise: 1, seed: 1 });

describe.each(['erf', 'relu', 'tanh', 'gelu', 'linear', 'sin'])('marginal potential, %s', (activation) => {
  it('its gradient is the finite difference of the energy, for biases, several layers and outputs', () => {
    const y = randomMatrix(7, 2, 3);
    const problem = createProblem({
      data: { x: data.x, y },
      network: {
        hiddenLayers: 3,
        width: [6, 4, 5],
        activation,
        weightVariance: [1.2, 1.5, 1.1, 1.4],
        biasVariance: [0.1, 0, 0.3, 0.2],
        featureScale: 1.7,
      },
    });
    const shape = shapeOf(problem);
    const potential = new MarginalPotential(shape, activationByName(activation), problem.data.x, problem.data.y, 0.1, algebra);
    const position = newParameters(shape);
    RandomStream.fromSeed(5).normals(position);
    const gradient = newParameters(shape);
    const nowhere = newParameters(shape);
    potential.evaluate(position, gradient);
    const step = 1e-5;
    for (let i = 0; i < position.length; i += 3) {
      const at = (shift: number) => {
        const moved = position.slice();
        moved[i] += shift;
        return potential.evaluate(moved, nowhere);
      };
      expect(Math.abs((at(step) - at(-step)) / (2 * step) - gradient[i])).toBeLessThan(1e-6 * Math.max(1, Math.abs(gradient[i])));
    }
  });
});

describe('Hamiltonian Monte Carlo', () => {
  it('leaves a correlated Gaussian with a quartic term as it is: moments by a sum over a grid', () => {
    const energy = (a: number, b: number) => 0.5 * (2 * a * a + 2 * a * b + 1.5 * b * b) + 0.3 * a ** 4;
    const potential = {
      evaluate([a, b]: Float64Array, gradient: Float64Array) {
        gradient[0] = 2 * a + b + 1.2 * a ** 3;
        gradient[1] = a + 1.5 * b;
        return energy(a, b);
      },
    };
    let [mass, aa, ab, bb] = [0, 0, 0, 0];
    for (let a = -6; a <= 6; a += 0.02) {
      for (let b = -8; b <= 8; b += 0.02) {
        const w = Math.exp(-energy(a, b));
        [mass, aa, ab, bb] = [mass + w, aa + w * a * a, ab + w * a * b, bb + w * b * b];
      }
    }
    const sampler = new Hmc(potential, new Float64Array(2), RandomStream.fromSeed(1));
    const step = startStepSize(1);
    for (let k = 0; k < 500; k++) adaptStepSize(step, sampler.transition(step.current, 4).acceptance, 0.8);
    const batches = Array.from({ length: 40 }, () => {
      const sums = [0, 0, 0];
      for (let k = 0; k < 1000; k++) {
        sampler.transition(step.averaged, 4);
        const [a, b] = sampler.position;
        sums[0] += (a * a) / 1000;
        sums[1] += (a * b) / 1000;
        sums[2] += (b * b) / 1000;
      }
      return sums;
    });
    [aa / mass, ab / mass, bb / mass].forEach((exact, k) => {
      const values = batches.map((sums) => sums[k]);
      const mean = values.reduce((sum, value) => sum + value / 40, 0);
      const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (40 * 39));
      expect(error).toBeLessThan(0.02 * Math.abs(exact));
      expect(Math.abs(mean - exact)).toBeLessThan(4.5 * error);
    });
  });

  it('adapts the step size to the acceptance asked for, and calls a far too large one divergent', () => {
    const potential = {
      evaluate(x: Float64Array, gradient: Float64Array) {
        let energy = 0;
        x.forEach((value, i) => {
          gradient[i] = 100 * value;
          energy += 50 * value * value;
        });
        return energy;
      },
    };
    const sampler = new Hmc(potential, new Float64Array(20), RandomStream.fromSeed(2));
    const step = startStepSize(0.5);
    for (let k = 0; k < 400; k++) adaptStepSize(step, sampler.transition(step.current, 5).acceptance, 0.8);
    let acceptance = 0;
    for (let k = 0; k < 400; k++) acceptance += sampler.transition(step.averaged, 5).acceptance / 400;
    expect(Math.abs(acceptance - 0.8)).toBeLessThan(0.08);
    expect(sampler.transition(50, 5)).toEqual({ acceptance: 0, divergent: true });
  });
});
