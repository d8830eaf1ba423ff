import { setMaxListeners } from 'node:events';
import { holdLibrary, threadCount } from '../compute/nodeCompute.js';
import { InputError } from '../numerics/errors.js';
import { usableMemory } from '../numerics/native/memory.js';
import { largestMemory } from './cost.js';
import { endWithProgram } from './poolThreads.js';
import { SweepStore } from './store.js';
import type { SweepTask } from './task.js';
import type { TaskEnd, TaskOrder } from './taskWorker.js';

export interface LocalRun {
  readonly folder: string;
  readonly arrays: boolean;
  /** workers at most; one a core by default */
  readonly threads?: number | undefined;
}

/** Workers that fit the cores and, each with the largest of the tasks, the memory. */
export function workersFor(tasks: readonly SweepTask[], threads?: number): number {
  const cores = threadCount(threads);
  const largest = largestMemory(tasks);
  return Math.max(1, Math.min(cores, tasks.length, Math.floor(usableMemory() / largest)));
}

/**
 * Runs tasks on the cores of this machine, one thread a task, so that cores are never oversubscribed. Results
 * are written by the workers; a worker that dies is a failure of its task.
 * @param ended called after every task
 * @throws the signal's reason when aborted; InputError when results cannot be written
 */
export async function runTasks(
  tasks: readonly SweepTask[],
  { folder, arrays, threads }: LocalRun,
  ended: (end: TaskEnd) => void,
  signal: AbortSignal,
): Promise<void> {
  if (tasks.length === 0) return;
  holdLibrary();
  const { Piscina } = await import('piscina');
  const pool = new Piscina({
    filename: new URL('./taskWorker.js', import.meta.url).href,
    maxThreads: workersFor(tasks, threads),
    minThreads: 1,
  });
  const forgets = [endWithProgram(pool), new SweepStore(folder).removeUnfinishedIfInterrupted()];
  // Every task that waits listens to it.
  setMaxListeners(0, signal);
  try {
    await Promise.all(
      tasks.map(async (task) => {
        const order: TaskOrder = { task, folder, arrays };
        const end: TaskEnd = await pool.run(order, { signal }).catch((error: Error) => {
          if (signal.aborted) throw error;
          const failed = `the worker died: ${error.message}`;
          new SweepStore(folder).writeFailure({ key: task.key, reason: 'internal', message: failed });
          return { key: task.key, failed };
        });
        if ('refused' in end) throw new InputError(end.refused);
        ended(end);
      }),
    );
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    await pool.destroy();
    for (const forget of signal.aborted ? [] : forgets) forget();
  }
}
