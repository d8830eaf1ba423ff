import { expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { createProblem } from '#src/problem/createProblem.js';
import { solveWith } from '#src/theories/solve.js';
import { referenceJson } from '../support.js';

interface Case {
  readonly activation: string;
  readonly readout: 'flatten' | 'average';
  readonly kernel: number[];
  readonly rows: number[];
  readonly mean: number[];
  readonly variance: number[];
}

// Made by deepbays 0.1.11, one convolutional layer (test/reference/make_deepbays.py).
const { side, mask, x, xTest, y, weightVariance, noiseVariance, cases } = referenceJson('deepbays.json');
const compute = await nodeCompute();

it.each(cases as Case[])(
  '$activation, $readout: kernels and predictions of deepbays at infinite width',
  async (expected) => {
    const { activation, readout } = expected;
    const convolution = { patch: [mask, mask], stride: mask, width: 100 };
    const problem = createProblem({
      data: { x, y, xTest, image: [side, side, 1] },
      network: { layers: [{ convolution, activation }], readout, weightVariance, biasVariance: 0 },
      noiseVariance,
    });
    const posterior = await solveWith(problem, 'nngp', compute);
    const xNew = problem.data.xTest as never;
    const { mean, variance } = posterior.predict(xNew);
    const rows = posterior.testKernels(xNew)?.kernels[1];
    const [p, t] = [y.length, xTest.length];
    const found = {
      kernel: posterior.kernels[1].data,
      rows: Float64Array.from(
        { length: p * t },
        (_, i) => rows?.data[(i % p) * t + Math.floor(i / p)] ?? Number.NaN,
      ),
      mean: mean.data,
      variance,
    };
    for (const name of ['kernel', 'rows', 'mean', 'variance'] as const) {
      expect(found[name].length).toBe(expected[name].length);
      expected[name].forEach((value, i) => {
        expect(Math.abs(found[name][i] - value), `${name} ${i}`).toBeLessThan(1e-9);
      });
    }
  },
);
