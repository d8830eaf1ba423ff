import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { copy, type Matrix } from '#src/numerics/matrix.js';
import { keepingLast } from '#src/posterior/rowPath.js';
import { createProblem } from '#src/problem/createProblem.js';
import { meanCorrectionRows, meanCorrections } from '#src/solving/firstOrder/meanCorrection.js';
import { solveWith } from '#src/theories/solve.js';
import { largestDifference, randomMatrix } from '../support.js';

const compute = await nodeCompute();

describe('what was found for new points', () => {
  const asked: Matrix[] = [];
  const sum = keepingLast((points) => {
    asked.push(points);
    return points.data.reduce((total, value) => total + value, 0);
  });

  it('is kept for the same numbers, in another matrix too', () => {
    const points = randomMatrix(3, 2, 1);
    const first = sum(points);
    expect(sum(copy(points))).toBe(first);
    expect(asked.length).toBe(1);
  });

  it('is found again for others, also where the same matrix has changed, and for other shapes', () => {
    const points = randomMatrix(3, 2, 1);
    const before = sum(points);
    points.data[0] += 1;
    expect(sum(points)).toBeCloseTo(before + 1, 12);
    const known = asked.length;
    sum({ ...points, rows: 2, columns: 3 });
    expect(asked.length).toBe(known + 1);
  });
});

const x = randomMatrix(6, 4, 2);
const many = randomMatrix(260, 4, 3);
const problem = createProblem({
  data: { x, y: randomMatrix(6, 1, 4) },
  network: { hiddenLayers: 2, width: 30, activation: 'erf', weightVariance: 1.4, biasVariance: 0.1 },
});
const rowsOf = ({ columns, data }: Matrix, from: number, to: number): Matrix => ({
  rows: to - from,
  columns,
  data: data.slice(from * columns, to * columns),
});

it.each(['nngp', 'linearResponse', 'multiscale'])(
  '%s predicts more points than are treated at once as it predicts each alone',
  async (theory) => {
    const posterior = await solveWith(problem, theory, compute, theory === 'nngp' ? {} : { samples: 512 });
    const whole = posterior.predict(many);
    const kernels = posterior.testKernels(many)?.kernels as readonly Matrix[];
    for (const [from, to] of [
      [0, 1],
      [250, 258],
      [259, 260],
    ]) {
      const points = rowsOf(many, from, to);
      const part = posterior.predict(points);
      expect(largestDifference(part.mean, rowsOf(whole.mean, from, to))).toBeLessThan(1e-9);
      part.variance.forEach((value, t) => {
        expect(value).toBeCloseTo(whole.variance[from + t], 9);
      });
      posterior.testKernels(points)?.kernels.forEach((kernel, l) => {
        for (let i = 0; i < x.rows; i++)
          expect(kernel.data[i * (to - from)]).toBeCloseTo(kernels[l].data[i * many.rows + from], 9);
      });
    }
  },
);

it('corrections of new points do not need those of two new points', () => {
  const { network } = problem;
  const points = rowsOf(many, 0, 5);
  const all: Matrix = { rows: 11, columns: 4, data: Float64Array.of(...x.data, ...points.data) };
  const together = meanCorrections(network, all, compute);
  meanCorrectionRows(network, x, points, compute, 0).forEach(({ cross, own }, l) => {
    own.forEach((value, t) => {
      expect(value).toBeCloseTo(together[l].data[(6 + t) * 12], 13);
      for (let i = 0; i < 6; i++)
        expect(cross.data[t * 6 + i]).toBeCloseTo(together[l].data[(6 + t) * 11 + i], 13);
    });
  });
  expect(together[2].data.some((value) => Math.abs(value) > 1e-4)).toBe(true);
});
