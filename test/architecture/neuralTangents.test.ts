import { expect, test } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { createProblem, type NetworkInput } from '#src/problem/createProblem.js';
import { solveWith } from '#src/theories/solve.js';
import { referenceJson } from '../support.js';

interface Case {
  shape: number[];
  layers: NonNullable<NetworkInput['layers']>;
  readout: 'flatten' | 'average';
  x: number[][];
  output: number[][];
}

const { weightVariance, biasVariance, cases } = referenceJson('neural_tangents.json') as {
  weightVariance: number;
  biasVariance: number;
  cases: Record<string, Case>;
};
const compute = await nodeCompute();

// Made by neural-tangents 0.6.5 (test/reference/make_neural_tangents.py).
test.each(Object.entries(cases))(
  'the output kernel of neural-tangents to 1e-9: %s',
  async (_, { shape, layers, readout, x, output }) => {
    const image = shape.length > 1 ? { image: shape } : {};
    const data = { x, y: x.map((_, i) => i), ...image };
    const problem = createProblem({ data, network: { layers, readout, weightVariance, biasVariance } });
    const { kernels } = await solveWith(problem, 'nngp', compute);
    const top = kernels[kernels.length - 1];
    output.flat().forEach((value, i) => {
      expect(Math.abs(top.data[i] - value)).toBeLessThan(1e-9);
    });
  },
);
