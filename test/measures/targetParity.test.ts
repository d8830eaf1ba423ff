import { describe, expect, it } from 'vitest';
import { ising } from '#src/datasets/ising.js';
import { mnist } from '#src/datasets/mnist.js';
import { teacher } from '#src/datasets/teacher.js';
import { xor } from '#src/datasets/xor.js';
import { packagedDigits } from '#src/io/digits.js';
import { leaveOneOut } from '#src/measures/leaveOneOut.js';
import { targetParity } from '#src/measures/targetParity.js';
import { portableCompute } from '#src/numerics/compute.js';
import { choleskySolve } from '#src/numerics/linearAlgebra.js';
import { addToDiagonal, fromRows, gather, type Matrix } from '#src/numerics/matrix.js';
import { RandomStream } from '#src/numerics/random.js';
import type { Data } from '#src/problem/problem.js';
import { standardized } from '#src/problem/standardize.js';

const of = ({ x, y }: Pick<Data, 'x' | 'y'>) => targetParity(x, y);
const normals = (stream: RandomStream, rows: number, columns: number): Matrix => ({
  rows,
  columns,
  data: stream.normals(new Float64Array(rows * columns)),
});
/** Targets as functions of one of D normal inputs, or of all. */
const made = (samples: number, dimension: number, f: (x: Float64Array) => number[], seed = 0) => {
  const x = normals(RandomStream.fromSeed(seed), samples, dimension);
  const row = (i: number) => x.data.subarray(i * dimension, (i + 1) * dimension);
  return { x, y: fromRows(Array.from({ length: samples }, (_, i) => f(row(i)))) };
};

describe('the parity of targets', () => {
  it.each([16, 20, 64, 300])('is even for XOR of %i samples', (samples) => {
    for (const seed of [0, 1, 2]) {
      const data = xor({ dataset: 'xor', samples, testSamples: 0, dimension: 20, noise: 1, seed });
      expect(of(data)).toBe('even');
      // What is added to all targets, and their scale, say nothing about it.
      const shifted = { ...data.y, data: data.y.data.map((value) => 1e40 * (value + 3)) };
      expect(targetParity(data.x, shifted)).toBe('even');
      const tiny = ({ data: values, ...shape }: Matrix) => ({
        ...shape,
        data: values.map((value) => 1e-200 * value),
      });
      expect(targetParity(tiny(data.x), tiny(data.y))).toBe('even');
    }
  });

  it.each(['erf', 'tanh', 'linear', 'sin'])('is odd for teachers of %s', (teacherActivation) => {
    const spec = {
      dataset: 'teacher',
      testSamples: 0,
      dimension: 20,
      teacherWidth: 20,
      noise: 0.1,
      seed: 0,
    } as const;
    for (const samples of [60, 200]) expect(of(teacher({ ...spec, samples, teacherActivation }))).toBe('odd');
  });

  it('is even for teachers of abs and cos, which are', () => {
    const spec = {
      dataset: 'teacher',
      testSamples: 0,
      samples: 100,
      dimension: 2,
      teacherWidth: 5,
      noise: 0.1,
      seed: 0,
    } as const;
    for (const teacherActivation of ['abs', 'cos'])
      expect(of(teacher({ ...spec, teacherActivation }))).toBe('even');
  });

  it('is found in one dimension', () => {
    expect(of(made(60, 1, ([x]) => [x * x]))).toBe('even');
    expect(of(made(60, 1, ([x]) => [Math.sin(2 * x)]))).toBe('odd');
    expect(of(made(40, 1, ([x]) => [Math.max(x, 0)]))).toBeUndefined();
  });

  it('is found in several outputs together, if they have one', () => {
    expect(of(made(60, 3, (x) => [x[0] * x[1], x[2] * x[2] - 1]))).toBe('even');
    expect(of(made(60, 3, (x) => [x[0], x[1] ** 3, -x[2]]))).toBe('odd');
    expect(of(made(60, 3, (x) => [x[0], x[1] * x[2]]))).toBeUndefined();
  });

  it.each(['relu', 'gelu', 'softplus'])('is none for teachers of %s', (teacherActivation) => {
    const spec = { dataset: 'teacher', testSamples: 0, dimension: 2, teacherWidth: 5, noise: 0.1 } as const;
    for (const seed of [0, 1, 2])
      expect(of(teacher({ ...spec, samples: 200, seed, teacherActivation }))).not.toBe('even');
  });

  it.each([[[0, 3]], [[4, 9]], [[1, 7]], [[3, 8]], [[0, 1, 2]]])(
    'is none for the digits %j as pixels and centred, of which functions of either parity learn',
    async (classes) => {
      for (const samples of [12, 40, 100])
        for (const scaling of ['centred', 'raw'] as const) {
          const spec = { dataset: 'mnist', scaling, classes, samples, testSamples: 0, seed: 0 } as const;
          const data = await mnist(spec, packagedDigits());
          expect(of(data), `${samples}, ${scaling}`).toBeUndefined();
          expect(of(standardized(data, true)), `${samples}, standardised`).toBeUndefined();
        }
    },
  );

  it('is never even for Ising data, whose classes are opposite', () => {
    for (const samples of [4, 16, 100])
      for (const bias of [0.1, 0.3]) {
        const data = ising({ dataset: 'ising', samples, testSamples: 0, dimension: 30, bias, seed: 0 });
        expect(of(data)).not.toBe('even');
      }
  });

  it('is none for random targets, but for one in two thousand', () => {
    const stream = RandomStream.fromSeed(3);
    let [drawn, alarms] = [0, 0];
    for (const samples of [1, 2, 3, 4, 6, 10, 16, 30])
      for (const dimension of [1, 2, 20])
        for (let k = 0; k < 12; k++) {
          const x = normals(stream, samples, dimension);
          const y = normals(stream, samples, k % 3 === 0 ? 3 : 1);
          const threshold = k % 4 === 1 ? 0 : 1;
          const targets = k % 2 ? { ...y, data: y.data.map((value) => (value > threshold ? 1 : -1)) } : y;
          drawn++;
          if (targetParity(x, targets) !== undefined) alarms++;
        }
    expect(drawn).toBe(288);
    // The rate found over 40 000 draws is 5·10⁻⁴: the chance of more than two among these is 4·10⁻⁴.
    expect(alarms).toBeLessThanOrEqual(2);
  });

  it('leaves out one by one as solving without each would', () => {
    const algebra = portableCompute().algebra;
    const x = normals(RandomStream.fromSeed(4), 6, 9);
    const kernel = addToDiagonal(algebra.syrk(x), 0.5);
    const y = normals(RandomStream.fromSeed(5), 6, 2);
    const left = leaveOneOut(kernel, y, algebra);
    for (let a = 0; a < 6; a++) {
      const others = [0, 1, 2, 3, 4, 5].filter((b) => b !== a);
      const weights = choleskySolve(
        algebra,
        algebra.cholesky(gather(kernel, others, others)),
        gather(y, others, [0, 1]),
      );
      const expected = algebra.gemm(gather(kernel, [a], others), weights);
      for (const k of [0, 1]) expect(left.data[2 * a + k]).toBeCloseTo(expected.data[k], 12);
    }
  });

  it('is none where nothing can be compared', () => {
    expect(targetParity(fromRows([[1, 2]]), fromRows([[1]]))).toBeUndefined();
    const zero = fromRows(Array.from({ length: 20 }, () => [0, 0]));
    expect(targetParity(zero, fromRows(Array.from({ length: 20 }, (_, i) => [i])))).toBeUndefined();
    const x = normals(RandomStream.fromSeed(0), 20, 3);
    expect(targetParity(x, fromRows(Array.from({ length: 20 }, () => [1])))).toBeUndefined();
    expect(targetParity({ ...x, data: x.data.map((value) => 1e50 * value) }, x)).not.toBe('even');
  });
});
