import type { Piscina } from 'piscina';
import { type Endable, openThreads } from '../numerics/parallel/openThreads.js';

/**
 * Lets the threads of a pool end with the program, whenever that is. @returns forgets the pool, once it has
 * ended by itself
 */
export function endWithProgram(pool: Piscina): () => void {
  const threads: Endable = { terminate: () => Promise.all(pool.threads.map((thread) => thread.terminate())) };
  openThreads.add(threads);
  return () => {
    openThreads.delete(threads);
  };
}
