import { allocate, type Matrix } from '../matrix.js';
import type { Executor, Task } from './executor.js';
import { chunksOf, rowDots, rowsAtOnce, scaleRows } from './rows.js';

interface DotArgs {
  readonly a: Matrix;
  readonly b: Matrix;
  readonly positions: number;
  readonly scale: number;
  readonly out: Float64Array;
}

export const blockDotsTask: Task<DotArgs> = {
  name: 'blockDots',
  run({ a, b, positions: r, scale, out }, chunk) {
    const { rows, columns } = a;
    const count = rowsAtOnce(columns);
    for (let s = chunk * count; s < Math.min(rows, (chunk + 1) * count); s++) {
      const dots = out.subarray(s * r * r, (s + 1) * r * r);
      dots.fill(0);
      for (let i = s * columns; i < (s + 1) * columns; i += r) {
        for (let mu = 0, k = 0; mu < r; mu++) {
          const left = scale * a.data[i + mu];
          for (let nu = 0; nu < r; nu++, k++) dots[k] += left * b.data[i + nu];
        }
      }
    }
  },
};

/**
 * scale Σ_α a_s,αμ b_s,αν of every row s, r×r numbers (μ, ν) each, on all threads.
 * @param a rows of numbers at r positions, column αr + μ
 * @param b of the same shape
 */
export function blockDots(
  a: Matrix,
  b: Matrix,
  positions: number,
  scale: number,
  executor: Executor,
): Float64Array {
  if (positions === 1) return rowDots(a, b, scale, executor);
  const out = allocate(a.rows * positions ** 2);
  executor.run(blockDotsTask, { a, b, positions, scale, out }, chunksOf(a));
  return out;
}

interface ScaleArgs {
  readonly a: Matrix;
  readonly factors: Float64Array;
  readonly positions: number;
  readonly out: Matrix;
}

export const scaleBlocksTask: Task<ScaleArgs> = {
  name: 'scaleBlocks',
  run({ a, factors, positions: r, out }, chunk) {
    const { rows, columns } = a;
    const count = rowsAtOnce(columns);
    const given = new Float64Array(r);
    for (let s = chunk * count; s < Math.min(rows, (chunk + 1) * count); s++) {
      for (let i = s * columns; i < (s + 1) * columns; i += r) {
        given.set(a.data.subarray(i, i + r));
        for (let mu = 0, k = s * r * r; mu < r; mu++) {
          let sum = 0;
          for (let nu = 0; nu < r; nu++, k++) sum += factors[k] * given[nu];
          out.data[i + mu] = sum;
        }
      }
    }
  },
};

/**
 * out_s,αμ ← Σ_ν x_s,μν a_s,αν of every row s, on all threads; `out` may be a.
 * @param a rows of numbers at r positions, column αr + μ
 * @param factors x, r×r for each row
 */
export function scaleBlocks(
  a: Matrix,
  factors: Float64Array,
  positions: number,
  out: Matrix,
  executor: Executor,
): Matrix {
  if (positions === 1) return scaleRows(a, factors, out, executor);
  executor.run(scaleBlocksTask, { a, factors, positions, out }, chunksOf(a));
  return out;
}
