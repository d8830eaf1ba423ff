import type { Progress } from './theory.js';

/** The steps of a part of the work, as the first `share` of the whole. */
export function* firstShare<Result>(part: Generator<Progress, Result, void>, share: number): Generator<Progress, Result, void> {
  for (;;) {
    const step = part.next();
    if (step.done) return step.value;
    yield { ...step.value, fraction: share * step.value.fraction };
  }
}

/** The steps of what follows the first `share` of the work. */
export function* lastShare<Result>(part: Generator<Progress, Result, void>, share: number): Generator<Progress, Result, void> {
  for (;;) {
    const step = part.next();
    if (step.done) return step.value;
    yield { ...step.value, fraction: share + (1 - share) * step.value.fraction };
  }
}
