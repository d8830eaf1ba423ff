import { describe, expect, it } from 'vitest';
import { type Architecture, architectureOf } from '#src/architecture/architecture.js';
import { smallestArchitecture } from '#src/architecture/samePositions.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { samePositionsOf } from '#src/measures/alignment.js';
import type { Matrix } from '#src/numerics/matrix.js';
import { nngpKernels } from '#src/prior/nngpKernels.js';
import { createProblem, type ProblemInput } from '#src/problem/createProblem.js';
import { drawnCorrections } from '#src/solving/firstOrder/drawnCorrections.js';
import { followDraws } from '#src/solving/firstOrder/drawnFluctuations.js';
import { drawGroups } from '#src/solving/firstOrder/entrywiseBirth.js';
import { structuredProblems } from '../../reference/structuredProblems.js';

const compute = await nodeCompute();
const given = structuredProblems as unknown as Record<string, ProblemInput>;
const conv = (stride: number, skip?: number) => ({
  convolution: { patch: [3, 3], stride, width: 8 },
  activation: 'tanh',
  ...(skip ? { skip } : {}),
});
const problems: Record<string, ProblemInput> = {
  convolutions: given.convolutions,
  'below a dense layer': given.belowDense,
  'residual block': { ...given.convolutions, network: { layers: [conv(2), conv(1, 1), conv(2)] } },
};

const largest = (a: Matrix, b: Matrix): number =>
  a.data.reduce((most, value, i) => Math.max(most, Math.abs(value - b.data[i])), 0);

// Draws have covariances between positions, but what they do at the same position stays there.
describe.each(Object.entries(problems))('fluctuations at the same position, %s', (_, input) => {
  const { network, data } = createProblem(input);
  const points = { known: data.x.rows, all: data.x.rows };
  const nngp = nngpKernels(network, data.x, compute);
  const stream = network.structure?.layers[1].skip ? [1, 2] : [1];

  it('follow from each other, draw by draw', () => {
    const changesOf = (architecture: Architecture): Matrix[][] => {
      const found: Matrix[][] = [];
      const draws = drawGroups(5, 1, 6, 1);
      followDraws(network, stream, nngp, draws, points, compute, architecture, ({ changes }) => {
        found.push(changes.map((change) => ({ ...change, data: change.data.slice() })));
      });
      return found;
    };
    const [all, same] = [changesOf(architectureOf(network)), changesOf(smallestArchitecture(network))];
    expect(same).toHaveLength(6);
    same.forEach((draw, s) => {
      for (let l = 1; l <= network.hiddenLayers; l++)
        expect(largest(draw[l], samePositionsOf(all[s][l], points.all)), `layer ${l}`).toBeLessThan(1e-12);
    });
  });

  it.skipIf(stream.length > 1)('so do corrections of mean kernels', () => {
    const [all, same] = [architectureOf(network), smallestArchitecture(network)].map(
      (architecture) => drawnCorrections(network, architecture, nngp, points.known, compute, 2).all,
    );
    same.forEach((correction, l) => {
      expect(largest(correction, samePositionsOf(all[l], points.all)), `layer ${l}`).toBeLessThan(1e-12);
    });
    expect(same.at(-1)?.data.some((value) => Math.abs(value) > 1e-6)).toBe(true);
  });
});
