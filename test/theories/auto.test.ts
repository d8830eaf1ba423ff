import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { xor } from '#src/datasets/xor.js';
import { zeros } from '#src/numerics/matrix.js';
import type { KernelPosterior } from '#src/posterior/posterior.js';
import { nngpKernels } from '#src/prior/nngpKernels.js';
import { createProblem } from '#src/problem/createProblem.js';
import { ATLAS } from '#src/theories/auto/atlas.js';
import type { Choice } from '#src/theories/auto/auto.js';
import type { AtlasProblem } from '#src/theories/auto/coupling.js';
import { couplingOf, couplingOfClasses } from '#src/theories/auto/coupling.js';
import { expectedError } from '#src/theories/auto/expectedError.js';
import { expectedErrorOf } from '#src/theories/auto/expectedErrorOf.js';
import type { TheoryOptions } from '#src/theories/registry.js';
import { theories, theoryByName } from '#src/theories/registry.js';
import { solveWith } from '#src/theories/solve.js';
import { randomMatrix } from '../support.js';

const compute = await nodeCompute();
const choiceOf = ({ details }: KernelPosterior) => (details as { auto: Choice }).auto;

function problemOf(network: object, samples = 16) {
  const data = xor({ dataset: 'xor', samples, testSamples: 4, dimension: 8, noise: 1, seed: 2 });
  return createProblem({
    data,
    network: { activation: 'erf', weightVariance: 1.5, biasVariance: 0.1, ...network },
    noiseVariance: 0.1,
  });
}
const solve = (problem: ReturnType<typeof problemOf>, options: TheoryOptions = {}) =>
  solveWith(problem, 'auto', compute, options);

describe('coupling', () => {
  it('is trace and pull per neuron, by the eigenvalues of the kernel', () => {
    const problem = problemOf({ hiddenLayers: 2, width: [10, 40], biasVariance: 0 });
    const kernel = nngpKernels(problem.network, problem.data.x, compute)[2];
    const { fluctuation, pull, layers } = couplingOf(problem, kernel, compute);
    const { values, vectors } = compute.algebra.eigenSymmetric(kernel);
    const perNeuron = 1 / 10 + 1 / 40;
    let [trace, sum] = [0, 0];
    values.forEach((value, k) => {
      trace += value / (value + 0.1);
      const y = problem.data.y.data.reduce(
        (total, target, i) => total + target * vectors.data[k * 16 + i],
        0,
      );
      sum += (y * y * value) / (value + 0.1) ** 2;
    });
    expect(layers).toBe(2);
    expect(fluctuation).toBeCloseTo(perNeuron * trace, 9);
    expect(pull).toBeCloseTo(perNeuron * sum, 9);
  });

  it('is the same by a and C̃ alone, as of likelihoods of classes', () => {
    const data = { x: randomMatrix(9, 3, 1), y: randomMatrix(9, 2, 2) };
    const network = { hiddenLayers: 2, width: [10, 40], biasVariance: [0, 0.2, 1] };
    const problem = createProblem({ data, network, noiseVariance: 0.1 });
    const kernel = nngpKernels(problem.network, problem.data.x, compute)[2];
    const free = { ...kernel, data: kernel.data.map((value) => value - 1) };
    const [exact, found] = [
      couplingOf(problem, kernel, compute),
      couplingOfClasses(problem, kernel, free, 1 / 10 + 1 / 40, compute),
    ];
    expect(found.pull / exact.pull).toBeCloseTo(1, 9);
    expect(found.fluctuation / exact.fluctuation).toBeCloseTo(1, 9);
  });

  it('of classes is positive, and at most P/N of modes', () => {
    const one = randomMatrix(12, 3, 1);
    const classes = Array.from({ length: 12 }, (_, i) => [0, 1, 2].map((c) => Number(i % 3 === c)));
    const signs = classes.map(([first]) => [first ? 1 : -1]);
    for (const [likelihood, y] of [
      ['logistic', signs],
      ['softmax', classes],
    ] as const) {
      const network = { hiddenLayers: 1, width: 6, weightVariance: 4 };
      const problem = createProblem({ data: { x: one, y }, network, likelihood });
      const kernel = nngpKernels(problem.network, problem.data.x, compute)[1];
      const { pull, fluctuation } = couplingOf(problem, kernel, compute);
      expect(pull).toBeGreaterThan(0);
      expect(fluctuation).toBeGreaterThan(0);
      expect(fluctuation).toBeLessThan(12 / 6);
    }
  });

  it('does not count the bias of the readout, which no neuron makes', () => {
    const data = { x: randomMatrix(5, 3, 1), y: randomMatrix(5, 1, 2) };
    const problem = createProblem({
      data,
      network: { hiddenLayers: 1, width: 10, biasVariance: [0, 2] },
      noiseVariance: 0.1,
    });
    const none = { ...zeros(5), data: new Float64Array(25).fill(2) };
    const { fluctuation, pull } = couplingOf(problem, none, compute);
    expect(fluctuation).toBeCloseTo(0, 12);
    expect(pull).toBeCloseTo(0, 12);
  });
});

describe('the error that a theory is expected to have', () => {
  const atlas: AtlasProblem[] = [0.1, 0.2, 0.4, 0.8, 1.6].flatMap((fluctuation) => [
    {
      layers: 1,
      fluctuation,
      pull: fluctuation,
      errors: { first: fluctuation / 10, second: fluctuation < 1 ? 0.01 : null },
    },
    { layers: 2, fluctuation, pull: fluctuation, errors: { first: fluctuation, second: null } },
  ]);
  const at = (x: number, layers = 1) => ({ layers, fluctuation: x, pull: x });

  it('is the largest of the three nearest problems of as many layers', () => {
    expect(expectedError('first', at(0.3), atlas)).toBeCloseTo(0.03);
    expect(expectedError('first', at(0.3, 2), atlas)).toBeCloseTo(0.3);
    // 0.01 at 0.2, 0.4 and 0.8, the first scaled up.
    expect(expectedError('second', at(0.3), atlas)).toBeCloseTo(0.015);
    expect(expectedError('second', at(0.3, 2), atlas)).toBe(Number.POSITIVE_INFINITY);
  });

  it('takes the deepest there is for deeper ones, what is weaker than all in proportion, what is stronger for unknown', () => {
    expect(expectedError('first', at(0.3, 7), atlas)).toBe(expectedError('first', at(0.3, 2), atlas));
    expect(expectedError('first', at(1e-6), atlas)).toBeCloseTo(1e-7, 12);
    expect(expectedError('first', at(2.5), atlas)).toBe(Number.POSITIVE_INFINITY);
    expect(expectedError('third', at(0.3), atlas)).toBe(Number.POSITIVE_INFINITY);
  });

  it('holds for seven problems of eight that it has not seen', () => {
    let [kept, all] = [0, 0];
    for (const problem of ATLAS) {
      const rest = ATLAS.filter((other) => other !== problem);
      for (const [theory, error] of Object.entries(problem.errors)) {
        const expected = expectedError(theory, problem, rest);
        if (!Number.isFinite(expected) || expected > 0.3) continue;
        all++;
        if (error !== null && error <= Math.max(1.25 * expected, 0.01)) kept++;
      }
    }
    expect(all).toBeGreaterThan(100);
    expect(kept / all).toBeGreaterThan(0.875);
  });
});

describe('what is said beside a solution', () => {
  it('is the error that auto expects, zero where it is exact, and nothing where nothing is known', () => {
    const problem = problemOf({ hiddenLayers: 1, width: 40 });
    const kernel = nngpKernels(problem.network, problem.data.x, compute)[1];
    for (const theory of ['nngp', 'perturbative', 'multiscale'])
      expect(expectedErrorOf(problem, theory, compute)).toBe(
        expectedError(theory, couplingOf(problem, kernel, compute)),
      );
    expect(expectedErrorOf(problem, 'sampled', compute)).toBe(0);
    expect(
      expectedErrorOf(problemOf({ hiddenLayers: 1, width: 1, featureScale: 1e-4 }), 'nngp', compute),
    ).toBeUndefined();
  });
});

describe('auto', () => {
  it('takes what is exact for linear networks, and infinite width where networks are wide', async () => {
    const linear = await solve(
      problemOf({ activation: 'linear', hiddenLayers: 2, width: 8, biasVariance: 0 }),
    );
    expect(linear.theory).toBe('exactLinear');
    expect(choiceOf(linear)).toMatchObject({ theory: 'exactLinear', expectedError: 0 });
    const wide = await solve(problemOf({ hiddenLayers: 2, width: 1e6 }));
    expect(['nngp', 'linearResponse']).toContain(wide.theory);
    expect(choiceOf(wide).because).toMatch(
      /^(nngp|linearResponse): its error is expected to be [\d.]+ %, within the 5.0 % asked for$/,
    );
  });

  it('takes for convolutions and residual blocks a theory that treats them', async () => {
    const data = { x: randomMatrix(4, 8, 3), y: randomMatrix(4, 1, 4), image: [8, 1] };
    const convolved = [{ convolution: { patch: [3], stride: 2, width: 2000 }, activation: 'linear' }];
    const blocks = [{ dense: 2000 }, { dense: 2000, skip: 1 }];
    for (const layers of [convolved, blocks]) {
      const posterior = await solve(createProblem({ data, network: { layers } }));
      expect(['nngp', 'linearResponse']).toContain(posterior.theory);
      expect(choiceOf(posterior).expectedError).toBeLessThan(0.05);
    }
  });

  it('takes for classes a theory that treats them, and says what its errors were measured under', async () => {
    const { data, network } = problemOf({ hiddenLayers: 1, width: 2000 });
    const wide = await solve(createProblem({ data, network: { width: 2000 }, likelihood: 'logistic' }));
    const { theory, because } = choiceOf(wide);
    expect(['nngp', 'linearResponse']).toContain(theory);
    expect(because).toMatch(/its error at this coupling, measured under Gaussian noise alone, is \S+ %/);
    expect(network.widths).toEqual([2000]);
    const narrow = createProblem({ data, network: { hiddenLayers: 1, width: 2 }, likelihood: 'logistic' });
    const options = { draws: 40, chains: 2, warmUp: 20 };
    expect(choiceOf(await solve(narrow, options)).theory).toBe('sampled');
  });

  it('is the theory that it takes, to the bit', async () => {
    const problem = problemOf({ hiddenLayers: 1, width: 400 });
    const posterior = await solve(problem, { accuracy: 0.02 });
    const { theory } = choiceOf(posterior);
    expect(posterior.theory).toBe(theory);
    const own = await solveWith(problem, theory, compute);
    expect(posterior.kernels.at(-1)?.data).toEqual(own.kernels.at(-1)?.data);
    expect(posterior.logEvidence).toBe(own.logEvidence);
  });

  it('falls back to networks where no theory is right, and to the least error where there is no time for them', async () => {
    const problem = problemOf({ hiddenLayers: 2, width: 4, featureScale: 4 });
    const options = { samples: 1024, draws: 64, chains: 2, sampling: { warmUp: 20 } };
    const networks = await solve(problem, { ...options, accuracy: 1e-4 });
    expect(networks.theory).toBe('sampled');
    const hasty = await solve(problem, { ...options, accuracy: 1e-4, seconds: 0.02 });
    expect(hasty.theory).not.toBe('sampled');
    expect(choiceOf(hasty).because).toMatch(/beyond the 0\.010 % asked for, the least within 0\.02 s/);
  });

  it('asks for no more accuracy than it is asked for: a cheaper theory for a larger error', async () => {
    const cost = theories.map(({ name }) => name);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 60, max: 3000 }), async (width) => {
        const problem = problemOf({ hiddenLayers: 1, width }, 8);
        const options = { samples: 512, draws: 64, chains: 2, sampling: { warmUp: 10 } };
        const [strict, loose] = [
          await solve(problem, { ...options, accuracy: 0.02 }),
          await solve(problem, { ...options, accuracy: 0.3 }),
        ];
        expect(cost.indexOf(loose.theory)).toBeLessThanOrEqual(cost.indexOf(strict.theory));
      }),
      { numRuns: 4 },
    );
  });

  it('takes several outputs of linear networks too, and a singular kernel is told by its noise', async () => {
    const x = randomMatrix(6, 3, 1);
    const y = randomMatrix(6, 2, 2);
    const several = createProblem({
      data: { x, y },
      network: { hiddenLayers: 1, width: 30, activation: 'linear' },
      noiseVariance: 0.1,
    });
    expect((await solve(several)).theory).toBe('exactLinear');
    const singular = createProblem({
      data: { x: [[1], [1 + 1e-15], [1 - 1e-15]], y: [1, -1, 1] },
      network: { hiddenLayers: 1, width: 30 },
      noiseVariance: 0,
    });
    await expect(solve(singular)).rejects.toThrow(/noiseVariance: 0 leaves the output kernel singular/);
  });

  it('is known by its name, and no candidate of itself', () => {
    expect(theoryByName('auto').name).toBe('auto');
    expect(theories.map(({ name }) => name)).not.toContain('auto');
  });
});
