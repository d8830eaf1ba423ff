import { createProblem } from '../problem/createProblem.js';
import type { Problem } from '../problem/problem.js';
import { secondsOf as secondsOfTheory } from '../theories/cost.js';
import { theoryByName } from '../theories/registry.js';
import type { SweepTask } from './task.js';

/** A worker before its first task: Node, the libraries, buffers. */
const WORKER_BYTES = 2.5e8;

/** The problem of a task without its numbers: enough to count matrices and operations. */
export function outline({ spec, size }: Pick<SweepTask, 'spec' | 'size'>): Problem {
  const problem = createProblem({
    data: { x: [[0], [1]], y: [0, 1] },
    network: spec.network,
    noiseVariance: 0.1,
  });
  const empty = (rows: number, columns: number) => ({ rows, columns, data: new Float64Array(0) });
  return {
    ...problem,
    data: { ...problem.data, x: empty(size.samples, size.dimension), y: empty(size.samples, 1) },
  };
}

/** Bytes that a task takes at most, its worker included. */
export function memoryOf(task: SweepTask): number {
  const { samples, dimension } = task.size;
  const matrices = theoryByName(task.theory).matrices(outline(task), task.options);
  return WORKER_BYTES + 8 * samples ** 2 * matrices + 16 * samples * dimension;
}

/** About how many seconds a task takes on one thread (`cost.ts` of the theories). */
export const secondsOf = (task: SweepTask): number =>
  secondsOfTheory(theoryByName(task.theory), outline(task), task.options);

/** Bytes of the most demanding of these tasks, of which there may be a million. */
export const largestMemory = (tasks: readonly SweepTask[]): number =>
  tasks.reduce((most, task) => Math.max(most, memoryOf(task)), 0);
