import { leavesRegion } from '../numerics/errors.js';
import { AndersonMixer } from '../numerics/fixedPoint.js';
import { release } from '../numerics/matrix.js';
import { Falling } from './falling.js';
import { type KernelState, pack, releaseUnknowns, residualOf, unpack } from './kernelState.js';
import type { KernelSystem } from './kernelSystem.js';

const ANDERSON_DEPTH = 6;
/** Iterations without a smaller residual after which the damping is halved: many modes overshoot at once. */
const STAGNATION = 8;
/** A residual that takes more than this many iterations to fall by this factor gets nowhere. */
const RESIDUAL_WINDOW = 16;
const RESIDUAL_FACTOR = 0.5;

export interface Iterate<State> {
  readonly residual: number;
  readonly state: State;
}

export interface Waypoint<State> {
  readonly state: State;
  readonly residual: number;
  readonly solved: boolean;
}

/**
 * Fixed point at one width scale by Anderson acceleration. A step that leaves the region where the equations
 * hold, a residual that explodes, or none that falls for a while, sends it back to the best point with half
 * the damping. It gives up when the residual no longer falls at a rate worth waiting for.
 */
export function* fixedPoint<State extends KernelState>(
  system: KernelSystem<State>,
  start: State,
  scale: number,
  tolerance: number,
  patience = Number.POSITIVE_INFINITY,
): Generator<Iterate<State>, Waypoint<State>, void> {
  const mixer = new AndersonMixer(ANDERSON_DEPTH, 0.5);
  const progress = new Falling(RESIDUAL_FACTOR, RESIDUAL_WINDOW);
  let state = start;
  let best: { state: State; image: State | undefined; residual: number } = {
    state: start,
    image: undefined,
    residual: Number.POSITIVE_INFINITY,
  };
  let sinceBest = 0;
  for (let iteration = 0; iteration < patience; iteration++) {
    let image: State | undefined;
    try {
      const swept = system.sweep(state, scale);
      image = swept.image;
      release(...swept.conjugates);
    } catch (error) {
      if (!leavesRegion(error)) throw error;
    }
    const residual = image ? residualOf(state, image) : Number.NaN;
    yield { residual, state };
    if (image && residual <= tolerance) return { state, residual, solved: true };
    sinceBest++;
    if (image && residual < best.residual) {
      best = { state, image, residual };
      sinceBest = 0;
    }
    if (progress.stalls(best.residual)) break;
    if (image && residual < 10 * best.residual && sinceBest < STAGNATION) {
      state = unpack(mixer.next(pack(state), pack(image)), state);
      // The best image may be needed again.
      if (image !== best.image) releaseUnknowns(image);
      continue;
    }
    if (!best.image || mixer.damping < 0.01) break;
    mixer.reset();
    mixer.damping /= 2;
    sinceBest = 0;
    state = unpack(mixer.next(pack(best.state), pack(best.image)), state);
  }
  return { state: best.state, residual: best.residual, solved: false };
}
