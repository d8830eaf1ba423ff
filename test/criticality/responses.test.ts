import { Matrix as DenseMatrix, EigenvalueDecomposition } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { propagate, responses, spectra, spectrumOnData } from '#src/criticality/responses.js';
import { xor } from '#src/datasets/xor.js';
import { portableCompute } from '#src/numerics/compute.js';
import { addScaled, copy, frobenius, inner, type Matrix, zeros } from '#src/numerics/matrix.js';
import { nextKernel, nngpKernels } from '#src/prior/nngpKernels.js';
import { createProblem } from '#src/problem/createProblem.js';
import { randomCovariance, randomMatrix } from '../support.js';

const compute = portableCompute();
const data = xor({ dataset: 'xor', samples: 8, testSamples: 0, dimension: 6, noise: 1, seed: 2 });
const problem = createProblem({
  data,
  network: {
    hiddenLayers: 3,
    width: 20,
    activation: 'tanh',
    weightVariance: [1.2, 1.6, 1.4, 1.1],
    biasVariance: 0.1,
  },
});
const nngp = nngpKernels(problem.network, problem.data.x, compute);

function symmetric(seed: number): Matrix {
  const g = randomMatrix(8, 8, seed);
  const s = zeros(8);
  for (let i = 0; i < 8; i++)
    for (let j = 0; j < 8; j++) s.data[i * 8 + j] = g.data[i * 8 + j] + g.data[j * 8 + i];
  return addScaled(zeros(8), 1 / frobenius(s), s);
}

describe('responses', () => {
  it('forward are finite differences of the kernels of later layers', () => {
    const matrix = symmetric(3);
    const { forward, kept } = propagate(problem.network, nngp, { name: 'any', matrix }, compute);
    for (const l of [0, 1, 2]) {
      const at = (step: number) => {
        let kernel = addScaled(copy(nngp[l]), step, matrix);
        for (let m = l + 1; m <= 3; m++) kernel = nextKernel(problem.network, m, kernel, compute);
        return kernel;
      };
      const difference = addScaled(copy(at(1e-5)), -1, at(-1e-5));
      expect(frobenius(difference) / 2e-5).toBeCloseTo(forward[l][3 - l], 6);
      expect(inner(difference, matrix) / 2e-5).toBeCloseTo(kept[l][3 - l], 6);
    }
  });

  it('backward are the adjoint of forward ones', () => {
    // ‖RᵀS‖² = ⟨S, R RᵀS⟩: with the direction RᵀS/‖RᵀS‖ sent forward, its part along S is ‖RᵀS‖.
    const matrix = symmetric(5);
    const last = propagate(problem.network, nngp.slice(0, 4), { name: 'any', matrix }, compute);
    expect(last.backward).toHaveLength(4);
    expect(last.backward[3]).toBe(1);
    const step = 1e-5;
    // d⟨S, K(C + εT)⟩/dε over an orthonormal basis of symmetric T gives RᵀS, entry by entry.
    let squares = 0;
    for (let i = 0; i < 8; i++) {
      for (let j = 0; j <= i; j++) {
        const t = zeros(8);
        t.data[i * 8 + j] = t.data[j * 8 + i] = i === j ? 1 : Math.SQRT1_2;
        const at = (sign: number) =>
          inner(matrix, nextKernel(problem.network, 3, addScaled(copy(nngp[2]), sign * step, t), compute));
        squares += ((at(1) - at(-1)) / (2 * step)) ** 2;
      }
    }
    expect(Math.sqrt(squares)).toBeCloseTo(last.backward[2], 6);
  });

  it('decay as χ_q from layer to layer where the kernel is at its fixed point: one variance alone', () => {
    const deep = createProblem({
      data: { x: [[1, 0], [0, 1]], y: [1, -1] }, // biome-ignore format: matrix
      network: { hiddenLayers: 30, width: 50, activation: 'erf', weightVariance: 1.3, biasVariance: 0.2 },
    });
    const { propagations, phase } = responses(deep, compute);
    const variances = propagations.find(({ name }) => name === 'variances');
    const back = variances?.backward as readonly number[];
    // c* = 1: both points become one, and the whole kernel follows the variance
    expect(phase.phase).toBe('ordered');
    const ratio = (variances?.forward[0][30] ?? 0) / (variances?.forward[0][29] ?? 1);
    expect(ratio).toBeCloseTo(Math.max(phase.chiQ, phase.chiC), 2);
    expect(back).toHaveLength(31);
  });

  it('of the data are directions of unit norm without common parts of rows', () => {
    const { propagations } = responses(problem, compute);
    expect(propagations.map(({ name }) => name)).toEqual(['targets', 'variances']);
    expect(
      propagations.every(({ backward, forward }) => backward.length === 4 && forward[0].length === 4),
    ).toBe(true);
    const equal = createProblem({
      data: { x: randomCovariance(4, 4, 1, 1), y: [1, 1, 1, 1] },
      network: { activation: 'erf' },
    });
    expect(responses(equal, compute).propagations.map(({ name }) => name)).toEqual(['variances']);
  });

  it('have the eigenvalues of the matrix that finite differences give', () => {
    const { network } = problem;
    const n = 8;
    const entries = Array.from({ length: n }, (_, i) =>
      Array.from({ length: i + 1 }, (_, j) => [i, j] as const),
    ).flat();
    const column = ([i, j]: readonly [number, number]): number[] => {
      const at = (step: number) => {
        let kernel = copy(nngp[1]);
        kernel.data[i * n + j] = kernel.data[j * n + i] += step;
        for (let m = 2; m <= 3; m++) kernel = nextKernel(network, m, kernel, compute);
        return kernel.data;
      };
      const [up, down] = [at(1e-5), at(-1e-5)];
      return entries.map(([a, b]) => (up[a * n + b] - down[a * n + b]) / 2e-5);
    };
    const numeric = new EigenvalueDecomposition(new DenseMatrix(entries.map(column)));
    for (const part of numeric.imaginaryEigenvalues) expect(Math.abs(part)).toBeLessThan(1e-7);
    const { eigenvalues } = spectra(network, nngp, compute)[1];
    const ours = entries.map(([i, j]) => eigenvalues.data[i * n + j]).sort((a, b) => a - b);
    const theirs = [...numeric.realEigenvalues].sort((a, b) => a - b);
    ours.forEach((value, k) => {
      expect(value).toBeCloseTo(theirs[k], 7);
    });
  });

  it('are told apart by the targets of a pair', () => {
    const eigenvalues = zeros(3);
    eigenvalues.data.set([9, 1, 2, 1, 8, 3, 2, 3, 7]);
    const y = { rows: 3, columns: 1, data: Float64Array.of(1, 1, -1) };
    expect(spectrumOnData({ layer: 0, eigenvalues }, y)).toEqual({
      same: [1, 1, 1],
      different: [2, 2, 3],
      variances: [7, 8, 9],
    });
  });
});
