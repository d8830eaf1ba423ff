/** A worker thread, as much of it as ending it takes. */
export interface Endable {
  /** resolves when it has started: a thread that is loading a library is better not ended */
  readonly started?: Promise<unknown>;
  terminate(): Promise<unknown>;
}

/** Threads that this program started and that have not ended: who ends the program ends them first. */
export const openThreads = new Set<Endable>();
