import { type Matrix, mirrorRows } from '../matrix.js';
import { type Executor, serialExecutor, type Task } from './executor.js';

const BAND = 32;
/** Below this size threads cost more than they save. */
const WORTHWHILE = 512;

/** Chunk k: rows [32k, 32k + 32). */
export const mirrorTask: Task<Matrix> = {
  name: 'mirrorRows',
  run: (a, chunk) => mirrorRows(a, chunk * BAND, (chunk + 1) * BAND),
};

/** Copies the lower triangle onto the upper one, on all threads if it is large. */
export function mirrorInParallel(a: Matrix, executor: Executor): Matrix {
  (a.rows >= WORTHWHILE ? executor : serialExecutor).run(mirrorTask, a, Math.ceil(a.rows / BAND));
  return a;
}
