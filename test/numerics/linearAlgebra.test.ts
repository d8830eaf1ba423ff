import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Compute } from '#src/numerics/compute.js';
import { NotPositiveDefiniteError } from '#src/numerics/errors.js';
import {
  choleskySolve,
  dropNoisePivots,
  factorSemidefinite,
  logDeterminant,
  squareRootSymmetric,
} from '#src/numerics/linearAlgebra.js';
import {
  addToDiagonal,
  copy,
  fromRows,
  identity,
  type Matrix,
  relativeDistance,
  zeros,
} from '#src/numerics/matrix.js';
import { backends, largestDifference, randomCovariance, randomMatrix } from '../support.js';

/** Plain definition, the reference of all products. */
function naive(a: Matrix, b: Matrix, transposeA: boolean, transposeB: boolean): Matrix {
  const at = (m: Matrix, i: number, j: number, t: boolean) =>
    t ? m.data[j * m.columns + i] : m.data[i * m.columns + j];
  const rows = transposeA ? a.columns : a.rows;
  const depth = transposeA ? a.rows : a.columns;
  const columns = transposeB ? b.rows : b.columns;
  const c = zeros(rows, columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      for (let k = 0; k < depth; k++)
        c.data[i * columns + j] += at(a, i, k, transposeA) * at(b, k, j, transposeB);
    }
  }
  return c;
}

function lowerTriangular(n: number, seed: number): Matrix {
  const l = randomMatrix(n, n, seed);
  for (let i = 0; i < n; i++) {
    l.data.fill(0, i * n + i + 1, (i + 1) * n);
    l.data[i * n + i] = 2 + Math.abs(l.data[i * n + i]) + 0.3 * n ** 0.5;
  }
  return l;
}

const list = await backends();
const size = fc.integer({ min: 1, max: 150 });
const seed = fc.integer({ min: 0, max: 1e6 });

describe.each(list)('%s', (_, { algebra }: Compute) => {
  it('multiplies matrices of any shape, transposed or not, with alpha and beta', () => {
    fc.assert(
      fc.property(
        size,
        size,
        size,
        fc.boolean(),
        fc.boolean(),
        seed,
        (m, n, k, transposeA, transposeB, s) => {
          const a = transposeA ? randomMatrix(k, m, s) : randomMatrix(m, k, s);
          const b = transposeB ? randomMatrix(n, k, s + 1) : randomMatrix(k, n, s + 1);
          const into = randomMatrix(m, n, s + 2);
          const old = copy(into);
          algebra.gemm(a, b, { transposeA, transposeB, alpha: 1.5, beta: -0.5, into });
          const expected = naive(a, b, transposeA, transposeB);
          for (let i = 0; i < m * n; i++) expected.data[i] = 1.5 * expected.data[i] - 0.5 * old.data[i];
          expect(largestDifference(into, expected)).toBeLessThan(1e-12 * k);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('does not read what beta = 0 overwrites', () => {
    const into = zeros(3, 4);
    into.data.fill(Number.NaN);
    algebra.gemm(randomMatrix(3, 2, 1), randomMatrix(2, 4, 2), { into });
    expect(into.data.every(Number.isFinite)).toBe(true);
  });

  it('forms symmetric and triangular products over block borders', () => {
    for (const [rows, columns] of [
      [5, 3],
      [130, 70],
      [300, 257],
    ]) {
      // biome-ignore format: pairs
      const a = randomMatrix(rows, columns, rows);
      expect(relativeDistance(algebra.syrk(a), naive(a, a, false, true))).toBeLessThan(1e-14);
      expect(
        relativeDistance(
          algebra.syrk(a, { transpose: true, alpha: 2 }),
          algebra.gemm(a, a, { transposeA: true, alpha: 2 }),
        ),
      ).toBeLessThan(1e-14);
      const l = lowerTriangular(columns, 3);
      expect(relativeDistance(algebra.multiplyTriangular(a, l), naive(a, l, false, false))).toBeLessThan(
        1e-14,
      );
      expect(
        relativeDistance(algebra.multiplyTriangular(a, l, { transpose: true }), naive(a, l, false, true)),
      ).toBeLessThan(1e-14);
    }
  });

  it('sums products in the lower triangle without mirroring it', () => {
    const [a, b] = [randomMatrix(70, 9, 1), randomMatrix(70, 5, 2)];
    const into = zeros(70);
    algebra.syrk(a, { into, mirror: false });
    algebra.syrk(b, { into, mirror: false, beta: 1, alpha: -2 });
    const expected = naive(a, a, false, true);
    const other = naive(b, b, false, true);
    for (let i = 0; i < 70; i++) {
      for (let j = 0; j <= i; j++)
        expect(into.data[i * 70 + j]).toBeCloseTo(expected.data[i * 70 + j] - 2 * other.data[i * 70 + j], 11);
    }
  });

  it('factorises, solves, inverts', () => {
    for (const n of [1, 2, 63, 64, 65, 200]) {
      const a = addToDiagonal(randomCovariance(n, n + 5, 1, n), 0.1);
      const l = algebra.cholesky(copy(a));
      expect(relativeDistance(naive(l, l, false, true), a)).toBeLessThan(1e-14);
      for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) expect(l.data[i * n + j]).toBe(0);
      const b = randomMatrix(n, 7, 5);
      expect(relativeDistance(naive(l, algebra.solveTriangular(l, copy(b)), false, false), b)).toBeLessThan(
        1e-12,
      );
      expect(
        relativeDistance(naive(l, algebra.solveTriangular(l, copy(b), { transpose: true }), true, false), b),
      ).toBeLessThan(1e-12);
      expect(relativeDistance(naive(a, choleskySolve(algebra, l, b), false, false), b)).toBeLessThan(1e-10);
      const inverse = algebra.choleskyInverse(l);
      expect(relativeDistance(naive(a, inverse, false, false), identity(n))).toBeLessThan(1e-10);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < i; j++) expect(inverse.data[i * n + j]).toBe(inverse.data[j * n + i]);
    }
  });

  it('says that a matrix is not positive definite, and where', () => {
    // biome-ignore format: matrix
    expect(() => algebra.cholesky(fromRows([[1, 2], [2, 1]]))).toThrow(NotPositiveDefiniteError);
    // biome-ignore format: matrix
    expect(() => algebra.cholesky(fromRows([[1, 2], [2, 1]]))).toThrow(/order 2/);
    expect(() => algebra.cholesky(fromRows([[Number.NaN]]))).toThrow(NotPositiveDefiniteError);
  });

  it('diagonalises, ascending, and takes determinants and roots', () => {
    const n = 60;
    const a = addToDiagonal(randomCovariance(n, n, 1, 8), 0.05);
    const { values, vectors } = algebra.eigenSymmetric(a);
    const scaled = copy(vectors);
    for (let k = 0; k < n; k++) for (let j = 0; j < n; j++) scaled.data[k * n + j] *= values[k];
    expect(relativeDistance(naive(vectors, scaled, true, false), a)).toBeLessThan(1e-12);
    expect(relativeDistance(naive(vectors, vectors, false, true), identity(n))).toBeLessThan(1e-12);
    expect([...values]).toEqual([...values].sort((x, y) => x - y));
    const logs = values.reduce((sum, value) => sum + Math.log(value), 0);
    expect(logDeterminant(algebra.cholesky(copy(a)))).toBeCloseTo(logs, 9);
    const root = squareRootSymmetric(algebra, a);
    expect(relativeDistance(naive(root, root, false, false), a)).toBeLessThan(1e-12);
    expect(relativeDistance(root, naive(root, identity(n), true, false))).toBeLessThan(1e-14);
  });

  it('factorises singular covariances with a jitter no larger than rounding', () => {
    const a = randomCovariance(40, 6, 1, 3);
    const l = factorSemidefinite(algebra, a);
    expect(relativeDistance(naive(l, l, false, true), a)).toBeLessThan(1e-11);
    expect(factorSemidefinite(algebra, zeros(3)).data.every((value) => value === 0)).toBe(true);
    // biome-ignore format: matrix
    expect(() => factorSemidefinite(algebra, fromRows([[1, 2], [2, 1]]))).toThrow(NotPositiveDefiniteError);
  });

  it('drops pivots that are rounding: what is drawn is the same for equal points', () => {
    const few = randomCovariance(5, 9, 1, 3);
    // Point 5 repeats point 2.
    const at = (i: number) => (i === 5 ? 2 : i);
    const a = zeros(6);
    for (let i = 0; i < 6; i++) for (let j = 0; j < 6; j++) a.data[i * 6 + j] = few.data[at(i) * 5 + at(j)];
    const l = dropNoisePivots(factorSemidefinite(algebra, a), a);
    expect(relativeDistance(naive(l, l, false, true), a)).toBeLessThan(1e-14);
    expect(l.data[35]).toBe(0);
    for (let j = 0; j < 5; j++) expect(l.data[30 + j]).toBeCloseTo(l.data[12 + j], 14);
    const whole = algebra.cholesky(copy(few));
    expect(dropNoisePivots(copy(whole), few).data).toEqual(whole.data);
  });

  it('refuses shapes that do not fit', () => {
    expect(() => algebra.gemm(zeros(2, 3), zeros(2, 3))).toThrow(/shapes 2×3 and 2×3 do not fit/);
    expect(() => algebra.cholesky(zeros(2, 3))).toThrow(RangeError);
  });
});

describe('backends', () => {
  it('agree to rounding on a whole chain of operations', () => {
    const results = list.map(([, { algebra }]) => {
      const a = addToDiagonal(algebra.syrk(randomMatrix(150, 90, 4)), 1);
      const l = algebra.cholesky(copy(a));
      return algebra.gemm(algebra.choleskyInverse(l), randomMatrix(150, 3, 5));
    });
    for (const result of results.slice(1)) expect(relativeDistance(result, results[0])).toBeLessThan(1e-11);
  });
});
