/** A worker thread, as much of it as ending it takes. */
export interface Endable {
  terminate(): Promise<unknown>;
}

/** Threads that this program started and that have not ended: who ends the program ends them first. */
export const openThreads = new Set<Endable>();
