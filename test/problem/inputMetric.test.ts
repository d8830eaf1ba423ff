import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portableCompute } from '#src/numerics/compute.js';
import { fromRows, identity, type Matrix, relativeDistance } from '#src/numerics/matrix.js';
import { nngpKernels } from '#src/prior/nngpKernels.js';
import { preparedInputs } from '#src/problem/createData.js';
import { createProblem } from '#src/problem/createProblem.js';
import { largestDifference, randomMatrix } from '../support.js';

const compute = portableCompute();
const { algebra } = compute;
const network = { hiddenLayers: 1, width: 10, weightVariance: [1.7, 1], biasVariance: 0 };
const G = 1.7;

const columnOf = (count: number) => Array.from({ length: count }, (_, i) => (i % 2 ? -1 : 1));
const problemOf = (x: Matrix, data: object = {}) =>
  createProblem({ data: { x, y: columnOf(x.rows), ...data }, network });
const inputKernel = (x: Matrix, inputMetric: number) => {
  const problem = problemOf(x, { inputMetric });
  return nngpKernels(problem.network, problem.data.x, compute)[0];
};

/** A symmetric matrix to a power, on the directions with variance. */
function power(a: Matrix, exponent: number): Matrix {
  const { values, vectors } = algebra.eigenSymmetric(a);
  const scaled = { ...vectors, data: vectors.data.slice() };
  values.forEach((value, k) => {
    const factor = value > 1e-10 * values[values.length - 1] ? value ** exponent : 0;
    for (let i = 0; i < a.rows; i++) scaled.data[k * a.rows + i] *= factor;
  });
  return algebra.gemm(scaled, vectors, { transposeA: true });
}

describe('the input metric', () => {
  it.each([
    [7, 4],
    [4, 7],
  ])('of %i points of dimension %i is that of the formula g X Σᵖ Xᵀ/D', (p, d) => {
    const x = randomMatrix(p, d, 1);
    const sigma = algebra.syrk(x, { transpose: true, alpha: 1 / p });
    for (const exponent of [-1, -0.5, 0.5, 2]) {
      const right = algebra.gemm(power(sigma, exponent), x, { transposeB: true });
      const expected = algebra.gemm(x, right, { alpha: G / d });
      expect(relativeDistance(inputKernel(x, exponent), expected), `p = ${exponent}`).toBeLessThan(1e-10);
    }
  });

  it('takes the eigenvalues λ of the Gram matrix to λ^(1 + p), whatever the rotation of the inputs', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.double({ min: -1, max: 2, noNaN: true }),
        (p, d, exponent) => {
          const x = randomMatrix(p, d, p + 10 * d);
          const gram = algebra.syrk(x, { alpha: 1 / p });
          const expected = power(gram, 1 + exponent);
          for (let i = 0; i < expected.data.length; i++) expected.data[i] *= (G * p) / d;
          expect(relativeDistance(inputKernel(x, exponent), expected)).toBeLessThan(1e-8);
        },
      ),
      { numRuns: 25, seed: 1 },
    );
  });

  it('with p = −1 leaves independent points alike, and 0 all as they are', () => {
    const x = randomMatrix(4, 6, 3);
    const whitened = inputKernel(x, -1);
    const expected = identity(4);
    for (let i = 0; i < 16; i++) expected.data[i] *= (G * 4) / 6;
    expect(largestDifference(whitened, expected)).toBeLessThan(1e-10);
    expect(problemOf(x, { inputMetric: 0 }).data.x).toEqual(problemOf(x).data.x);
  });

  it('is that of the training points for test points and new ones, after standardising', () => {
    const x = randomMatrix(8, 3, 4);
    const { data } = problemOf(x, { xTest: x, standardize: { inputs: true }, inputMetric: -0.5 });
    expect(largestDifference(data.xTest as Matrix, data.x)).toBe(0);
    expect(largestDifference(preparedInputs(x, data), data.x)).toBeLessThan(1e-14);
    expect(data.description).toContain('Σ^-0.5');
    // Data that were prepared once are not prepared again.
    expect(createProblem({ data, network }).data).toEqual(data);
  });

  it('is refused where it means nothing, by name', () => {
    const x = randomMatrix(3, 2, 5);
    expect(() => problemOf(x, { inputMetric: 5 })).toThrow(/data\.inputMetric: 5; must be at most 4/);
    expect(() => problemOf(fromRows([[0], [0]]), { inputMetric: 1 })).toThrow(
      /data\.inputMetric: all inputs are zero/,
    );
    expect(() => problemOf(fromRows([[1e-30], [2e-30]]), { inputMetric: -4, xTest: [[1]] })).toThrow(
      /X\[0\]\[0\].*in its metric/,
    );
  });
});
