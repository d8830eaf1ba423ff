import { type Matrix, mirrorRows } from '../matrix.js';
import { type Executor, serialExecutor, type Task } from './executor.js';

const BAND = 32;
/** Below this size threads cost more than they save. */
const WORTHWHILE = 512;

interface MirrorArgs {
  readonly a: Matrix;
  readonly shift: number;
}

/** Chunk k: rows [32k, 32k + 32). */
export const mirrorTask: Task<MirrorArgs> = {
  name: 'mirrorRows',
  run({ a, shift }, chunk) {
    const [from, to] = [chunk * BAND, Math.min(a.rows, (chunk + 1) * BAND)];
    if (shift !== 0) {
      for (let i = from; i < to; i++) for (let p = i * a.rows; p <= i * a.rows + i; p++) a.data[p] += shift;
    }
    mirrorRows(a, from, to);
  },
};

/** Adds `shift` to the lower triangle and copies it onto the upper one, on all threads if it is large. */
export function mirrorInParallel(a: Matrix, executor: Executor, shift = 0): Matrix {
  (a.rows >= WORTHWHILE ? executor : serialExecutor).run(mirrorTask, { a, shift }, Math.ceil(a.rows / BAND));
  return a;
}
