import { checkFunction, checkObject, checkSignal, refuse } from './arguments.js';

/** A generator, synchronous or not, whose return value is the result. */
export type Steps<Step, Result> = Generator<Step, Result, void> | AsyncGenerator<Step, Result, void>;

/** How `drive` runs a computation. */
export interface DriveOptions<Step> {
  /** called with what every step yields */
  readonly onStep?: (step: Step) => void;
  /** ends the computation between two steps */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Milliseconds of work after which the event loop gets a turn, so that pages and progress bars stay alive.
 */
const TURN = 30;

/**
 * Runs steps to their end, yielding to the event loop.
 * @param steps a generator, whose return value is the result
 * @param options what is called after every step, and what aborts
 * @throws InputError for what is no generator or no option; the signal's reason when aborted
 */
export async function drive<Step, Result>(
  steps: Steps<Step, Result>,
  options: DriveOptions<Step> = {},
): Promise<Result> {
  if (typeof (steps as Partial<typeof steps> | null)?.next !== 'function')
    refuse('steps', steps, 'must be a generator');
  checkObject('options', options);
  const { onStep, signal } = options as DriveOptions<Step>;
  if (onStep !== undefined) checkFunction('onStep', onStep);
  if (signal !== undefined) checkSignal('signal', signal);
  let turn = performance.now();
  for (;;) {
    signal?.throwIfAborted();
    const step = await steps.next();
    if (step.done) return step.value;
    onStep?.(step.value);
    if (performance.now() - turn < TURN) continue;
    await new Promise((resolve) => setTimeout(resolve));
    turn = performance.now();
  }
}
