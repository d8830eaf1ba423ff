import { describe, expect, it } from 'vitest';
import { architectureOf } from '#src/architecture/architecture.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { likelihoodFor } from '#src/likelihood/likelihoodOf.js';
import { fromRows, type Matrix } from '#src/numerics/matrix.js';
import { RandomStream } from '#src/numerics/random.js';
import { createProblem } from '#src/problem/createProblem.js';
import { SamplingRun } from '#src/sampling/run.js';
import { samplingSettings } from '#src/sampling/settings.js';
import { WeightPotential } from '#src/sampling/weightPotential.js';
import { shapeOf } from '#src/sampling/weights.js';
import { randomMatrix, referenceJson } from '../support.js';

const compute = await nodeCompute();
const likelihoods = ['logistic', 'softmax'] as const;

const targets = {
  logistic: [[1], [-1], [1], [1], [-1]],
  softmax: [0, 2, 1, 1, 0].map((c) => [0, 1, 2].map((k) => Number(k === c))),
};

describe.each(likelihoods)('networks of a %s likelihood', (likelihood) => {
  it('have the gradient of finite differences, readout and biases included', () => {
    const network = {
      hiddenLayers: 2,
      width: [4, 3],
      activation: 'tanh',
      weightVariance: [1.2, 1.5, 2],
      biasVariance: 0.2,
    };
    const problem = createProblem({
      data: { x: randomMatrix(5, 3, 1), y: targets[likelihood] },
      network,
      likelihood,
    });
    const activations = architectureOf(problem.network).layers.map(({ activation }) => activation);
    const { x, y } = problem.data;
    const potential = new WeightPotential(
      shapeOf(problem, 3),
      activations,
      x,
      likelihoodFor(likelihood, y, 0),
      compute.algebra,
    );
    const position = RandomStream.fromSeed(2).normals(new Float64Array(potential.size));
    const gradient = new Float64Array(potential.size);
    potential.evaluate(position, gradient);
    for (let i = 0; i < position.length; i++) {
      const at = (step: number) => {
        const moved = position.slice();
        moved[i] += step;
        return potential.evaluate(moved, new Float64Array(potential.size));
      };
      expect(gradient[i]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 7);
    }
  });

  it('of one neuron have the kernel, outputs and probabilities of a sum over all weights', () => {
    const exact = referenceJson('classes.json').neuron[likelihood];
    const y = targets[likelihood].slice(0, 3);
    const xTest = exact.new.map((value: number) => [value]);
    const problem = createProblem({
      data: { x: exact.x, y, xTest },
      network: { hiddenLayers: 1, width: 1, activation: 'erf', weightVariance: [1.5, 4] },
      likelihood,
    });
    const run = new SamplingRun(problem, compute, samplingSettings({ draws: 600, seed: 3 }, likelihood));
    for (const _ of run.steps());
    const near = (found: Matrix, error: Matrix, right: ArrayLike<number>, most: number) => {
      for (let k = 0; k < found.data.length; k++) {
        expect(error.data[k]).toBeLessThan(most);
        expect(Math.abs(found.data[k] - right[k])).toBeLessThan(4.5 * error.data[k] + 1e-9);
      }
    };
    const { mean, error } = run.kernel(1);
    near(mean, error, exact.kernel, 0.12);
    const train = run.trainOutput();
    near(train.mean, train.error, exact.outputs, 0.12);
    const test = run.testOutputs();
    near(test?.probabilities as Matrix, test?.probabilitiesError as Matrix, exact.probabilities, 0.015);
    // Networks that are kept are fewer, and say nearly the same.
    const kept = run.kept.predict(fromRows(xTest)).probabilities as Matrix;
    expect(kept.columns).toBe(Math.max(2, y[0].length));
    for (let k = 0; k < kept.data.length; k++)
      expect(Math.abs(kept.data[k] - exact.probabilities[k])).toBeLessThan(0.12);
  });

  it('go on from a snapshot to the same bits', () => {
    const network = { hiddenLayers: 1, width: 3 };
    const problem = createProblem({
      data: { x: randomMatrix(5, 2, 1), y: targets[likelihood], xTest: [[1, 0]] },
      network,
      likelihood,
    });
    const settings = samplingSettings({ chains: 2, draws: 16, warmUp: 10 }, likelihood);
    const whole = new SamplingRun(problem, compute, settings);
    for (const _ of whole.steps());
    const first = new SamplingRun(problem, compute, settings);
    const steps = first.steps();
    for (let k = 0; k < 12; k++) steps.next();
    const second = new SamplingRun(problem, compute, settings);
    second.restore(structuredClone(first.snapshot()));
    for (const _ of second.steps());
    expect(second.testOutputs()).toEqual(whole.testOutputs());
    expect(second.diagnoses()).toEqual(whole.diagnoses());
  });

  it('do not integrate their readout out', () => {
    expect(samplingSettings({}, likelihood).potential).toBe('weights');
    expect(() => samplingSettings({ potential: 'marginal' }, likelihood)).toThrow(
      `potential: "marginal" integrates the readout out, which Gaussian noise alone allows; likelihood "${likelihood}" takes "weights"`,
    );
  });
});
