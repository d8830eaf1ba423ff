import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { teacher } from '#src/datasets/teacher.js';
import { likelihoodOf } from '#src/likelihood/likelihoodOf.js';
import { layerAlignment } from '#src/measures/alignment.js';
import { addScaled, copy, inner, type Matrix } from '#src/numerics/matrix.js';
import { entryCovariance } from '#src/prior/entryCovariance.js';
import { nngpKernels } from '#src/prior/nngpKernels.js';
import { createProblem } from '#src/problem/createProblem.js';
import { generatedSpec } from '#src/problem/dataSchema.js';
import { theories } from '#src/theories/registry.js';
import { restorePosterior } from '#src/theories/saving/restorePosterior.js';
import { savePosterior } from '#src/theories/saving/savePosterior.js';
import { solveWith } from '#src/theories/solve.js';
import { largestDifference } from '../support.js';

const compute = await nodeCompute();
const data = teacher(
  generatedSpec('teacher', { samples: 8, testSamples: 4, dimension: 3, teacherWidth: 2, seed: 1 }),
);
const likelihoods = ['logistic', 'softmax'] as const;
const classes = (y: Matrix, count: number): number[][] =>
  Array.from(y.data, (value) =>
    count === 2
      ? [value > 0 ? 1 : -1]
      : [0, 1, 2].map((c) => Number(c === (value > 0.3 ? 2 : value > -0.3 ? 1 : 0))),
  );

function problemOf(likelihood: (typeof likelihoods)[number], width: number, hiddenLayers = 1) {
  const count = likelihood === 'softmax' ? 3 : 2;
  const [y, yTest] = [data.y, data.yTest as Matrix].map((targets) => classes(targets, count));
  return createProblem({
    data: { x: data.x, y, xTest: data.xTest, yTest },
    network: {
      hiddenLayers,
      width,
      weightVariance: [1.5, ...Array(hiddenLayers).fill(3)],
      biasVariance: 0.1,
    },
    likelihood,
  });
}

describe.each(likelihoods)('theories of a %s likelihood', (likelihood) => {
  it('nngp: evidence, outputs and probabilities are those of the kernel at infinite width', async () => {
    const problem = problemOf(likelihood, 30);
    const posterior = await solveWith(problem, 'nngp', compute);
    const kernel = nngpKernels(problem.network, problem.data.x, compute)[1];
    const expected = likelihoodOf(problem);
    expect(posterior.logEvidence).toBeCloseTo(expected.logEvidence(kernel, compute.algebra), 12);
    expect(
      largestDifference(posterior.trainMean(), expected.given(kernel, compute.algebra).trainMean()),
    ).toBeLessThan(1e-12);
    // Points predicted in blocks, or among the training points, are the same.
    const own = Float64Array.from({ length: 8 }, (_, i) => kernel.data[9 * i]);
    const there = expected.given(kernel, compute.algebra).predict({ cross: kernel, own });
    const again = posterior.predict(problem.data.x);
    expect(largestDifference(again.mean, there.mean)).toBeLessThan(1e-10);
    expect(largestDifference(again.probabilities as Matrix, there.probabilities as Matrix)).toBeLessThan(
      1e-10,
    );
  });

  it('linearResponse: kernels move by the covariance of the prior times the slope of the evidence', async () => {
    const problem = problemOf(likelihood, 200);
    const posterior = await solveWith(problem, 'linearResponse', compute, { fourPoint: 'exact' });
    const [kernel] = posterior.nngp.slice(-1);
    const slope = likelihoodOf(problem).conjugate(kernel, compute.algebra);
    // One hidden layer corrects no mean.
    const entries = Array.from({ length: 64 }, (_, k) => [Math.floor(k / 8), k % 8] as const);
    const [{ covariance }] = entryCovariance(problem.network, posterior.nngp, entries, compute);
    const move = compute.algebra.gemm(covariance, { rows: 64, columns: 1, data: slope.data });
    const moved = addScaled(copy(posterior.kernels[1]), -1, kernel);
    expect(largestDifference({ ...moved, rows: 64, columns: 1 }, move)).toBeLessThan(1e-9);
    expect(inner(moved, slope)).toBeGreaterThan(1e-3);
  });

  it('linearResponse is within standard errors of sampled networks, which infinite width is not', async () => {
    const problem = problemOf(likelihood, 20);
    const sampled = await solveWith(problem, 'sampled', compute, { draws: 1000, seed: 2 });
    const first = await solveWith(problem, 'linearResponse', compute, { fourPoint: 'exact' });
    const error = sampled.uncertainty?.cka[1] as number;
    const [networks, theory] = [sampled, first].map((posterior) => posterior.alignment()[1]);
    expect(Math.abs(theory - networks)).toBeLessThan(4.5 * error);
    expect(Math.abs(layerAlignment(first.nngp[1], problem.data.y) - networks)).toBeGreaterThan(5 * error);
  });

  it('are saved with their posterior, and predict the same', async () => {
    const problem = problemOf(likelihood, 12);
    for (const [name, options] of [
      ['nngp', {}],
      ['sampled', { draws: 64, chains: 2 }],
    ] as const) {
      const posterior = await solveWith(problem, name, compute, options);
      const restored = await restorePosterior(savePosterior(posterior), 'file', compute);
      expect(restored.problem.likelihood).toBe(likelihood);
      for (const x of [problem.data.xTest as Matrix, problem.data.x]) {
        const [before, after] = [posterior, restored].map((each) => each.predict(x).probabilities as Matrix);
        expect(largestDifference(before, after)).toBeLessThan(1e-10);
      }
    }
  });

  it('refuse it by name where they do not treat it', async () => {
    const problem = problemOf(likelihood, 30);
    const treat = ['nngp', 'linearResponse', 'sampled'];
    expect(
      theories.filter((theory) => theory.likelihoods?.includes(likelihood)).map(({ name }) => name),
    ).toEqual(treat);
    for (const theory of theories.filter(({ name }) => !treat.includes(name)))
      await expect(solveWith(problem, theory, compute)).rejects.toThrow(
        `theory ${theory.name} treats Gaussian noise alone, and not likelihood "${likelihood}"; nngp, linearResponse and sampled do`,
      );
  });
});
