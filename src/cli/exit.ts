export const DONE = 0;
export const NOT_CONVERGED = 1;
export const BAD_INPUT = 2;
/** Samples do not reach what they are to average over: nothing is wrong, and nothing was written. */
export const OUT_OF_REACH = 3;

/** The user asked to stop. */
export class Interrupted extends Error {
  constructor(message = 'interrupted; nothing was written: run the same command again') {
    super(message);
  }
}
