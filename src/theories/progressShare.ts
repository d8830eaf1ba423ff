import type { Progress } from './theory.js';

/** The steps of a part of the work, as the first `share` of the whole. */
export function* firstShare<Result>(part: Generator<Progress, Result, void>, share: number): Generator<Progress, Result, void> {
  for (;;) {
    const step = part.next();
    if (step.done) return step.value;
    yield { ...step.value, fraction: share * step.value.fraction };
  }
}
