import { NotPositiveDefiniteError } from '../numerics/errors.js';
import { AndersonMixer } from '../numerics/fixedPoint.js';
import { type Matrix, relativeDistance, release, scratch } from '../numerics/matrix.js';
import type { KernelSystem } from './annealing.js';
import { Falling } from './falling.js';

const ANDERSON_DEPTH = 6;
/** Iterations without a smaller residual after which the damping is halved: many modes overshoot at once. */
const STAGNATION = 8;
/** A residual that takes more than this many iterations to fall by this factor gets nowhere. */
const RESIDUAL_WINDOW = 16;
const RESIDUAL_FACTOR = 0.5;

/** Largest relative distance between the matrices of a state and those of its image, the first left out. */
export const residualOf = (state: readonly Matrix[], image: readonly Matrix[]): number =>
  state.reduce((worst, matrix, l) => (l === 0 ? worst : Math.max(worst, relativeDistance(image[l], matrix))), 0);

/** Lower triangles of all matrices but the first in one vector. */
export function pack(state: readonly Matrix[]): Float64Array {
  const n = state[0].rows;
  const packed = new Float64Array(((state.length - 1) * n * (n + 1)) / 2);
  let p = 0;
  for (const { data } of state.slice(1)) {
    for (let i = 0; i < n; i++) {
      packed.set(data.subarray(i * n, i * n + i + 1), p);
      p += i + 1;
    }
  }
  return packed;
}

export function unpack(packed: Float64Array, first: Matrix): Matrix[] {
  const n = first.rows;
  const count = packed.length / ((n * (n + 1)) / 2);
  const state = [first];
  let p = 0;
  for (let l = 1; l <= count; l++) {
    const matrix = scratch(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) matrix.data[i * n + j] = matrix.data[j * n + i] = packed[p++];
    }
    state.push(matrix);
  }
  return state;
}

export interface Iterate {
  readonly residual: number;
  readonly state: readonly Matrix[];
}

export interface Waypoint {
  readonly state: Matrix[];
  readonly residual: number;
  readonly solved: boolean;
}

/**
 * Fixed point at one width scale by Anderson acceleration. A step that leaves the region where the equations hold, a residual that
 * explodes, or none that falls for a while, sends it back to the best point with half the damping. It gives up when the residual no longer falls
 * at a rate worth waiting for.
 */
export function* fixedPoint(
  system: KernelSystem,
  start: Matrix[],
  scale: number,
  tolerance: number,
  patience = Number.POSITIVE_INFINITY,
): Generator<Iterate, Waypoint, void> {
  const mixer = new AndersonMixer(ANDERSON_DEPTH, 0.5);
  const progress = new Falling(RESIDUAL_FACTOR, RESIDUAL_WINDOW);
  let state = start;
  let best: { state: Matrix[]; image: Matrix[] | undefined; residual: number } = {
    state: start,
    image: undefined,
    residual: Number.POSITIVE_INFINITY,
  };
  let sinceBest = 0;
  for (let iteration = 0; iteration < patience; iteration++) {
    let image: Matrix[] | undefined;
    try {
      const swept = system.sweep(state, scale);
      image = swept.image;
      release(...swept.conjugates);
    } catch (error) {
      if (!(error instanceof NotPositiveDefiniteError)) throw error;
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
      state = unpack(mixer.next(pack(state), pack(image)), state[0]);
      // The first matrix belongs to all iterations; the best image may be needed again.
      if (image !== best.image) release(...image.slice(1));
      continue;
    }
    if (!best.image || mixer.damping < 0.01) break;
    mixer.reset();
    mixer.damping /= 2;
    sinceBest = 0;
    state = unpack(mixer.next(pack(best.state), pack(best.image)), state[0]);
  }
  return { state: best.state, residual: best.residual, solved: false };
}
