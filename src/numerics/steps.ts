/** A generator, synchronous or not, whose return value is the result. */
export type Steps<Step, Result> = Generator<Step, Result, void> | AsyncGenerator<Step, Result, void>;

export interface DriveOptions<Step> {
  readonly onStep?: (step: Step) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Milliseconds of work after which the event loop gets a turn, so that pages and progress bars stay alive. */
const TURN = 30;

/** Runs steps to their end, yielding to the event loop. @throws the signal's reason when aborted */
export async function drive<Step, Result>(
  steps: Steps<Step, Result>,
  { onStep, signal }: DriveOptions<Step> = {},
): Promise<Result> {
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
