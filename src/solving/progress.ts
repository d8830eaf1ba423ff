import type { Matrix } from '../numerics/matrix.js';

/** How far a solver is. */
export interface Progress {
  /** from 1, over all widths */
  readonly iteration: number;
  /** largest relative change of a kernel that one more application of the equations would make */
  readonly residual: number;
  /** the equations are being solved for widths N_l times this factor: 1 at the end */
  readonly widthScale: number;
  /** rough share of the work done, from 0 to 1 */
  readonly fraction: number;
  /** what it is doing, for people */
  readonly stage: string;
  /** C⁽⁰⁾ … C⁽ᴸ⁾ as they are now, P×P each; overwritten by the next step */
  readonly kernels?: readonly Matrix[];
}

/** The steps of a part of the work, as the first `share` of the whole. */
export function* firstShare<Result>(
  part: Generator<Progress, Result, void>,
  share: number,
): Generator<Progress, Result, void> {
  for (;;) {
    const step = part.next();
    if (step.done) return step.value;
    yield { ...step.value, fraction: share * step.value.fraction };
  }
}

/** The steps of what follows the first `share` of the work. */
export function* lastShare<Result>(
  part: Generator<Progress, Result, void>,
  share: number,
): Generator<Progress, Result, void> {
  for (;;) {
    const step = part.next();
    if (step.done) return step.value;
    yield { ...step.value, fraction: share + (1 - share) * step.value.fraction };
  }
}
