import { describe, expect, it } from 'vitest';
import { loadProblem } from '#src/io/loadProblem.js';
import { addScaled, copy, frobenius, inner, type Matrix } from '#src/numerics/matrix.js';
import { solveWith } from '#src/theories/solve.js';
import { backends, goldenArrays, largestDifference, referencePath } from '../support.js';

const load = async (name: string) => (await loadProblem(referencePath(`cases/${name}.json`))).problem;

// Golden cases made by an independent NumPy implementation (test/reference/cases).
describe.each(await backends())('golden cases, %s', (_, compute) => {
  it.each(['nngp_erf', 'nngp_relu', 'nngp_linear', 'nngp_tanh', 'nngp_gelu'])(
    '%s: kernels to 1e-9',
    async (name) => {
      const golden = goldenArrays(name);
      const { kernels } = await solveWith(await load(name), 'nngp', compute);
      expect(golden.names.length).toBe(kernels.length);
      kernels.forEach((kernel, l) => {
        expect(largestDifference(kernel, golden.matrix(`kernel_${l}`))).toBeLessThan(1e-11);
      });
    },
  );

  it.each(['conv_flatten', 'conv_average'])(
    '%s: the output kernel of two convolutions to 1e-12',
    async (name) => {
      const { kernels } = await solveWith(await load(name), 'nngp', compute);
      expect(kernels.map(({ rows }) => rows)).toEqual([384, 384, 6]);
      expect(largestDifference(kernels[2], goldenArrays(name).matrix('output'))).toBeLessThan(1e-12);
    },
  );

  it.each([
    ['linear_std', 'map', 1e-7],
    ['linear_feat', 'map', 1e-7],
    ['pert', 'perturbative', 1e-6],
  ])('%s by %s: kernels and conjugates to %f', async (name, theory, tolerance) => {
    const golden = goldenArrays(name);
    const { kernels, conjugates, convergence } = await solveWith(await load(name), theory, compute);
    expect(convergence.converged).toBe(true);
    kernels.forEach((kernel, l) => {
      expect(largestDifference(kernel, golden.matrix(`kernel_${l}`))).toBeLessThan(tolerance);
    });
    for (let l = 1; l < kernels.length; l++) {
      expect(largestDifference(conjugates?.[l] as never, golden.matrix(`conjugate_${l}`))).toBeLessThan(
        tolerance,
      );
    }
  });

  it('xor_60 by perturbative: within the Monte Carlo error of the reference, 1 % of the shift', async () => {
    const golden = goldenArrays('xor_60');
    const { kernels, nngp, alignment } = await solveWith(await load('xor_60'), 'perturbative', compute);
    expect(largestDifference(nngp[2], golden.matrix('nngp'))).toBeLessThan(1e-11);
    for (const l of [1, 2]) {
      const reference = golden.matrix(`pert_${l}`);
      const shift = addScaled(copy(kernels[l]), -1, nngp[l]);
      const noise = addScaled(copy(reference), -1, kernels[l]);
      const size = (m: Matrix) => frobenius(m) / 20;
      // Its four-point functions are sampled: noise that has no direction (along the shift less than 3 %), no
      // outliers, and entries of the size that a few thousand plain samples leave.
      expect(Math.abs(inner(noise, shift)) / inner(shift, shift)).toBeLessThan(0.03);
      expect(largestDifference(reference, kernels[l])).toBeLessThan(4.5 * size(noise));
      expect(size(noise)).toBeLessThan(0.2 * size(shift));
    }
    expect(Math.abs(alignment()[2] - golden.matrix('cka').data[1])).toBeLessThan(
      0.01 * golden.matrix('cka').data[1],
    );
  });
});
