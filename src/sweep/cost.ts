import type { Problem } from '../problem/problem.js';
import { secondsOf as secondsOfTheory } from '../theories/cost.js';
import { theoryByName } from '../theories/registry.js';
import { bytesOf, refusalOf } from '../theories/requirements.js';
import type { Theory } from '../theories/theory.js';
import { outline } from './outline.js';
import type { SweepTask } from './task.js';

/** A worker before its first task: Node, the libraries, buffers. */
const WORKER_BYTES = 2.5e8;

/** What a theory says of a task; 0 of one that it refuses, which ends before it starts. */
function estimated(
  { spec, size, theory: name, options }: SweepTask,
  estimate: (theory: Theory, problem: Problem) => number,
): number {
  const theory = theoryByName(name);
  const problem = outline(spec, size);
  return refusalOf(theory, problem, options) === undefined ? estimate(theory, problem) : 0;
}

/** Bytes that a task takes at most, its worker included. */
export const memoryOf = (task: SweepTask): number =>
  WORKER_BYTES + estimated(task, (theory, problem) => bytesOf(theory, problem, task.options));

/** About how many seconds a task takes on one thread (`cost.ts` of the theories). */
export const secondsOf = (task: SweepTask): number =>
  estimated(task, (theory, problem) => secondsOfTheory(theory, problem, task.options));

/** Bytes of the most demanding of these tasks, of which there may be a million. */
export const largestMemory = (tasks: readonly SweepTask[]): number =>
  tasks.reduce((most, task) => Math.max(most, memoryOf(task)), 0);
