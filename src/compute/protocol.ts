/** Slots of the Int32Array through which the main thread and its workers meet (see threads.ts). */
export const GENERATION = 0;
export const NEXT_CHUNK = 1;
export const FINISHED = 2;
export const SLOTS = 3;

export interface Job {
  readonly task: string;
  readonly args: unknown;
  readonly chunks: number;
}
