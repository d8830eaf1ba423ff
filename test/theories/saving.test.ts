import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { defineActivation } from '#src/activations/defineActivation.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { openNpz, readNpz, writeNpz } from '#src/formats/npz.js';
import { portableCompute } from '#src/numerics/compute.js';
import { InputError } from '#src/numerics/errors.js';
import { type Matrix, relativeDistance } from '#src/numerics/matrix.js';
import type { KernelPosterior } from '#src/posterior/posterior.js';
import { createProblem } from '#src/problem/createProblem.js';
import type { Problem } from '#src/problem/problem.js';
import type { TheoryOptions } from '#src/theories/registry.js';
import { theories } from '#src/theories/registry.js';
import { restorePosterior } from '#src/theories/saving/restorePosterior.js';
import { savePosterior } from '#src/theories/saving/savePosterior.js';
import { solveWith } from '#src/theories/solve.js';
import { randomMatrix } from '../support.js';

const compute = await nodeCompute({ warn: () => {} });
const x = randomMatrix(8, 5, 1);
const y = randomMatrix(8, 2, 2);
const one = { ...y, columns: 1, data: y.data.slice(0, 8) };
const xNew = randomMatrix(7, 5, 3);
const network = {
  hiddenLayers: 2,
  width: [40, 30],
  weightVariance: [1.2, 1.3, 0.9],
  biasVariance: [0, 0.1, 0.2],
  featureScale: 1.5,
};
const linear = { ...network, activation: 'linear', biasVariance: [0.1, 0, 0.2] };

/** Theories, networks, targets and options that are predicted with in ways of their own. */
const CASES: readonly [string, object, Matrix, TheoryOptions][] = [
  ['nngp', network, y, {}],
  ['rescaling', network, y, {}],
  ['rescaling', network, one, { variant: 'nested' }],
  ['exactLinear', linear, one, {}],
  ['exactLinear', linear, y, { seed: 3 }],
  ['linearResponse', network, y, { fourPoint: 'sampled', samples: 256, seed: 4 }],
  ['perturbative', network, y, {}],
  ['perturbative', { ...network, activation: 'tanh' }, y, { samples: 256, seed: 5 }],
  ['map', linear, y, {}],
  ['map', network, y, { samples: 512, seed: 6 }],
  ['multiscale', network, y, { samples: 512, seed: 7 }],
  ['sampled', network, y, { draws: 64, chains: 2, seed: 8 }],
  ['sampled', network, one, { draws: 64, chains: 2, sampling: { potential: 'weights', warmUp: 10 } }],
];

const kernelsAt = (posterior: KernelPosterior, points: Matrix) =>
  posterior.testKernels(points)?.kernels ?? [];

function expectSame(restored: KernelPosterior, solved: KernelPosterior, points: Matrix, close: number): void {
  const [there, here] = [restored.predict(points), solved.predict(points)];
  expect(relativeDistance(there.mean, here.mean), 'mean').toBeLessThan(close);
  there.variance.forEach((value, t) => {
    expect(Math.abs(value - here.variance[t]), `variance of ${t}`).toBeLessThan(
      close * Math.max(1, here.variance[t]),
    );
  });
  expect(relativeDistance(restored.trainMean(), solved.trainMean()), 'training').toBeLessThan(close);
  const kernels = kernelsAt(restored, points);
  kernelsAt(solved, points).forEach((kernel, l) => {
    expect(relativeDistance(kernels[l], kernel), `kernel ${l}`).toBeLessThan(close);
  });
}

describe('a saved posterior', () => {
  it('is tried for every theory', () => {
    expect([...new Set(CASES.map(([theory]) => theory))].sort()).toEqual(
      theories.map(({ name }) => name).sort(),
    );
  });

  it.each(CASES)('of %s, %j predicts as it did when it was solved', async (theory, net, targets, options) => {
    const problem = createProblem({ data: { x, y: targets, xTest: xNew }, network: net });
    const solved = await solveWith(problem, theory, compute, options);
    const bytes = savePosterior(solved);
    const restored = await restorePosterior(bytes, 'posterior.npz', compute);
    const { kernels } = restored;
    solved.kernels.forEach((kernel, l) => {
      expect(relativeDistance(kernels[l], kernel)).toBeLessThan(1e-12);
    });
    expect(restored.convergence).toEqual(solved.convergence);
    expect(restored.alignment()).toEqual(solved.alignment());
    expect([restored.theory, restored.options]).toEqual([solved.theory, solved.options]);
    // Networks draw what no training point knows of a point in the order of the points: the same points in
    // the same order.
    expectSame(restored, solved, randomMatrix(9, 5, 9), 1e-9);
    if (theory === 'sampled') expectSame(restored, solved, xNew, 1e-9);
    // Saved again, it is the same file.
    expect(
      relativeDistance(
        readNpz(savePosterior(restored), 'again').get('kernel_2')?.matrix('k') as Matrix,
        solved.kernels[2],
      ),
    ).toBeLessThan(1e-12);
  });

  it.each<[string, TheoryOptions]>([
    ['nngp', {}],
    ['perturbative', { samples: 256 }],
    ['map', { samples: 256 }],
    ['multiscale', { samples: 256 }],
    ['sampled', { draws: 64, chains: 2, sampling: { warmUp: 10 } }],
  ])('of convolutions and layers of different activations, of %s, does too', async (theory, options) => {
    const layers = [
      { convolution: { patch: [2], stride: 1, padding: 'circular' as const, width: 12 }, activation: 'relu' },
      { dense: 10, activation: 'erf' },
    ];
    const images = { x: randomMatrix(5, 4, 21), y: one.data.slice(0, 5), image: [4, 1] };
    const problem = createProblem({ data: images, network: { layers, biasVariance: 0.1 } });
    const solved = await solveWith(problem, theory, compute, options);
    const restored = await restorePosterior(savePosterior(solved), 'p', compute);
    const points = randomMatrix(3, 4, 22);
    const [there, here] = [restored.predict(points), solved.predict(points)];
    expect(relativeDistance(there.mean, here.mean)).toBeLessThan(1e-9);
    expect(relativeDistance(restored.kernels[1], solved.kernels[1])).toBeLessThan(1e-12);
    expect(restored.problem.network).toEqual(solved.problem.network);
  });

  it('predicts alike on another backend, networks of more inputs than points included', async () => {
    const wide = randomMatrix(4, 12, 11);
    const problem = createProblem({
      data: { x: wide, y: one.data.slice(0, 4) },
      network: { hiddenLayers: 1, width: 10 },
    });
    const solved = await solveWith(problem, 'sampled', compute, { draws: 64, chains: 2 });
    const restored = await restorePosterior(savePosterior(solved), 'p', portableCompute());
    // Training points given again, of which the networks know all.
    const [there, here] = [restored.predict(wide), solved.predict(wide)];
    expect(relativeDistance(there.mean, here.mean)).toBeLessThan(1e-9);
  });

  it('keeps what was done to inputs and targets', async () => {
    const data = {
      x,
      y: ['a', 'b', 'c', 'a', 'b', 'c', 'a', 'b'],
      standardize: { inputs: true },
      inputMetric: -0.5,
    };
    const solved = await solveWith(createProblem({ data, network }), 'nngp', compute);
    const { problem } = await restorePosterior(savePosterior(solved), 'p', compute);
    expect(problem.data).toEqual(solved.problem.data);
    const numbers = createProblem({ data: { x, y: one, standardize: true }, network });
    const scaled = await restorePosterior(
      savePosterior(await solveWith(numbers, 'nngp', compute)),
      'p',
      compute,
    );
    expect(scaled.problem.data.targetScale).toEqual(numbers.data.targetScale);
  });

  it('says that it did not converge if it did not', async () => {
    const problem = createProblem({
      data: { x, y: { ...one, data: one.data.map((value) => 30 * value) } },
      network: { ...network, width: 5 },
    });
    const solved = await solveWith(problem, 'perturbative', compute, { maxIterations: 20 });
    expect(solved.convergence.converged).toBe(false);
    const restored = await restorePosterior(savePosterior(solved), 'p', compute);
    expect(restored.convergence).toEqual(solved.convergence);
  });

  it('is not made of functions that no file holds', async () => {
    const activation = defineActivation({ name: 'mine', value: (h) => h / (1 + Math.abs(h)), kinks: [0] });
    const problem = createProblem({ data: { x, y }, network: { ...network, activation } });
    const solved = await solveWith(problem, 'nngp', compute);
    expect(() => savePosterior(solved)).toThrow(/network\.activation: mine is a function of this program/);
    expect(() => savePosterior({ ...solved, theory: 'mine' })).toThrow(/theory mine: is not one of nngp, /);
  });
});

describe('a file that is no saved posterior', () => {
  let bytes: Uint8Array;
  beforeAll(async () => {
    const problem: Problem = createProblem({ data: { x, y: one }, network: { hiddenLayers: 1, width: 20 } });
    bytes = savePosterior(await solveWith(problem, 'multiscale', compute, { samples: 512 }));
  });
  const restored = (given: Uint8Array) => restorePosterior(given, 'p.npz', compute);
  /** The file with its arrays, or its head, changed. */
  function changed(
    arrays: (all: Record<string, Matrix>) => void,
    head: (all: Record<string, never>) => void = () => {},
  ): Uint8Array {
    const file = openNpz(bytes, 'p.npz');
    const json = JSON.parse(new TextDecoder().decode(file.bytes('posterior.json')));
    const all = Object.fromEntries(
      file.names
        .filter((name) => name !== 'posterior.json')
        .map((name) => [name, file.read(name).matrix(name)]),
    );
    arrays(all);
    head(json);
    return writeNpz(all, { 'posterior.json': JSON.stringify(json) });
  }

  it.each<[string, () => Uint8Array, RegExp]>([
    [
      'another npz',
      () => writeNpz({ X: x }),
      /^p\.npz: is no posterior; give a file that solve --save has written$/,
    ],
    ['a text', () => new TextEncoder().encode('{}'), /^p\.npz: truncated or not an \.npz file$/],
    ['one that ends early', () => bytes.subarray(0, bytes.length - 40), /^p\.npz: truncated/],
    [
      'a later version',
      () =>
        changed(
          () => {},
          (head) => Object.assign(head, { version: 9 }),
        ),
      /^p\.npz: is of version 9, and this program reads version 1/,
    ],
    [
      'a head of something else',
      () =>
        changed(
          () => {},
          (head) => Object.assign(head, { format: 'x' }),
        ),
      /^p\.npz: is no posterior/,
    ],
    // biome-ignore format: table
    ['a head without a network', () => changed(() => {}, (head) => { delete head.network; }), /^p\.npz: damaged: posterior\.json has no network/],
    [
      'an unknown theory',
      () =>
        changed(
          () => {},
          (head) => Object.assign(head, { theory: 'guess' }),
        ),
      /^p\.npz: theory guess is not one/,
    ],
    // biome-ignore format: table
    ['no inputs', () => changed((all) => { delete all.X; }), /^p\.npz: X: missing/],
    // biome-ignore format: table
    ['no kernel', () => changed((all) => { delete all.kernel_1; }), /^p\.npz: damaged: kernel\[1\]: missing/],
    // biome-ignore format: table
    ['a kernel of another size', () => changed((all) => { all.kernel_1 = randomMatrix(3, 3, 1); }), /^p\.npz: damaged: kernel\[1\]: 3×3; must be 8×8/],
    // biome-ignore format: table
    ['no conjugate kernel', () => changed((all) => { delete all.conjugate_1; }), /^p\.npz: damaged: array conjugate_1 is missing/],
    // biome-ignore format: table
    ['no state', () => changed((all) => { delete all.state_samples; }), /^p\.npz: damaged: array state_samples is missing/],
    // biome-ignore format: table
    ['no fluctuations', () => changed((all) => { delete all.state_precision; }), /^p\.npz: damaged: the fluctuations of the output/],
    // biome-ignore format: table
    ['a random stream that is none', () => changed((all) => { all.state_stream_1.data[0] = 0.5; }), /^p\.npz: damaged: the state of a random stream/],
  ])('%s is told in one line', async (_, given, said) => {
    await expect(restored(given())).rejects.toThrow(InputError);
    await expect(restored(given())).rejects.toThrow(said);
  });

  it('with any byte changed is refused in one line that names it, or the same', async () => {
    const file = openNpz(bytes, 'p.npz');
    expect(file.names.length).toBeGreaterThan(8);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const damaged = bytes.slice();
        damaged[at] ^= by;
        try {
          await restored(damaged);
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.message).toMatch(/^p\.npz: [^\n]+$/);
        }
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});
