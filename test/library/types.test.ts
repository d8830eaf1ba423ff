import { describe, expect, it } from 'vitest';
import * as activations from '#src/entry/activations.js';
import * as numerics from '#src/entry/numerics.js';
import * as byName from '#src/entry/theories.js';
import { createProblem, type KernelPosterior, portableCompute, solve, theoryByName } from '#src/index.js';
import { auto, theories } from '#src/theories/registry.js';

const compute = portableCompute();
const problem = createProblem({
  data: {
    x: [
      [1, 0],
      [0.2, -1],
      [0.5, 0.5],
    ],
    y: [1, -1, 0.3],
  },
  network: { hiddenLayers: 1, width: 20 },
});

/** What the compiler takes, never called. */
export async function takenByTheCompiler(): Promise<void> {
  await solve(problem, 'auto', {
    accuracy: 0.1,
    seconds: 3,
    variant: 'full',
    draws: 100,
    start: [],
    seed: 1,
  });
  await solve(problem, 'sampled', {
    draws: 100,
    sampling: { sampler: 'mala', thin: 3 },
    onProgress: () => {},
  });
  await solve(problem, 'nngp', { seed: 1 });
  await solve(problem, byName.multiscale, { samples: 64, tolerance: 1e-3, compute });
}

/** What the compiler refuses, never called: `npm run typecheck` fails where it does not. */
export async function refusedByTheCompiler(name: string): Promise<void> {
  // @ts-expect-error: no theory of this name
  await solve(problem, 'multiscal');
  // @ts-expect-error: any text may be none
  await solve(problem, name);
  // @ts-expect-error: nngp takes no samples
  await solve(problem, 'nngp', { samples: 64 });
  // @ts-expect-error: variants are of rescaling
  await solve(problem, 'multiscale', { variant: 'nested' });
  // @ts-expect-error: no such variant
  await solve(problem, 'rescaling', { variant: 'nestd' });
  // @ts-expect-error: no such option of any theory
  await solve(problem, 'sampled', { draw: 100 });
  // @ts-expect-error: a number
  await solve(problem, 'perturbative', { tolerance: '1e-9' });
  // @ts-expect-error: by import as by name
  await solve(problem, byName.perturbative, { draws: 100 });
  // @ts-expect-error: no such variant
  await solve(problem, byName.rescaling, { variant: 'nestd' });
  // @ts-expect-error: a list of matrices
  await solve(problem, 'map', { start: 'cold' });
  // @ts-expect-error: no such sampler
  await solve(problem, 'sampled', { sampling: { sampler: 'hcm' } });
  // @ts-expect-error: data that are missing
  createProblem({ network: { width: 3 } });
  // @ts-expect-error: results are not to be changed
  ((await solve(problem, 'nngp')) as KernelPosterior).theory = 'mine';
}

describe('theories', () => {
  it('may be given by name, as what a name stands for, or by import', async () => {
    const seeded = { seed: 1, compute };
    const all = [
      await solve(problem, 'perturbative', { ...seeded, tolerance: 1e-9 }),
      await solve(problem, theoryByName('perturbative'), seeded),
      await solve(problem, byName.perturbative, seeded),
    ];
    for (const { kernels } of all) expect(kernels[1]).toEqual(all[0].kernels[1]);
  });
});

describe('entries of the package', () => {
  it('have every theory by its name', () => {
    for (const theory of [...theories, auto])
      expect(Object.entries(byName)).toContainEqual([theory.name, theory]);
  });

  it('make a theory of one’s own from the toolkit alone', async () => {
    const { createPosterior, gaussianOf, nngpKernels, nngpRows } = byName;
    const twice: byName.Theory = {
      name: 'twice',
      summary: 'infinite width, twice as large',
      matrices: ({ network }) => network.hiddenLayers + 3,
      cost: { terms: (asked) => [asked.data.x.rows ** 2], seconds: [1e-8] },
      *iterate(asked, on) {
        const { network, data } = asked;
        const nngp = nngpKernels(network, data.x, on);
        const kernels = nngp.map((kernel) => numerics.addScaled(numerics.copy(kernel), 1, kernel));
        yield { iteration: 1, residual: 0, widthScale: 1, fraction: 1, stage: 'kernels' };
        const convergence = { converged: true, residual: 0, iterations: 1, widthScale: 1 };
        const logEvidence = gaussianOf(asked).logEvidence(kernels[network.hiddenLayers], on.algebra);
        const fields = { theory: 'twice', problem: asked, kernels, nngp, convergence, logEvidence };
        return createPosterior(fields, nngpRows(network, nngp, on), on);
      },
    };
    const { kernels, nngp } = await solve(problem, twice, { compute });
    expect(numerics.relativeDistance(kernels[1], nngp[1])).toBeCloseTo(1, 12);
  });

  it('know activations and their expectations', () => {
    const erf = activations.activationByName('erf');
    expect(activations.activationNames).toContain('relu');
    const kernel = activations.kernelOf(erf, numerics.identity(2), compute);
    expect(kernel.data[0]).toBeCloseTo((2 / Math.PI) * Math.asin(2 / 3), 12);
    expect(kernel.data[1]).toBeCloseTo(0, 12);
  });
});
