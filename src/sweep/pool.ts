import { setMaxListeners } from 'node:events';
import { holdLibrary, threadCount } from '../compute/nodeCompute.js';
import { InputError } from '../numerics/errors.js';
import type { PointTask } from './measurePoint.js';
import type { PointResult } from './pointWorker.js';
import { endWithProgram } from './poolThreads.js';

/**
 * Measures points on all cores, one thread a point; results do not depend on their number.
 * @param done called with each index and its record as they come
 * @throws the signal's reason when aborted; InputError of a point that makes no sense
 */
export async function measurePoints(
  tasks: readonly PointTask[],
  done: (index: number, record: Record<string, number>) => void,
  signal: AbortSignal,
): Promise<void> {
  holdLibrary();
  const { Piscina } = await import('piscina');
  const pool = new Piscina({
    filename: new URL('./pointWorker.js', import.meta.url).href,
    maxThreads: threadCount(),
  });
  const forget = endWithProgram(pool);
  // Every point that waits listens to it.
  setMaxListeners(0, signal);
  try {
    await Promise.all(
      tasks.map(async (task, index) => {
        const result: PointResult = await pool.run(task, { signal });
        if ('refused' in result) throw new InputError(result.refused);
        done(index, result.record);
      }),
    );
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    await pool.destroy();
    forget();
  }
}
