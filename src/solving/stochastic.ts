import { leavesRegion, OutOfReachError } from '../numerics/errors.js';
import { addScaled, copy, frobenius, release } from '../numerics/matrix.js';
import { type Fault, verdictOf } from '../posterior/fields.js';
import { type Annealed, stuckAt } from './annealing.js';
import { type KernelState, kernelsOf, residualOf, stateOf, unknownsOf } from './kernelState.js';
import type { Conjugates, KernelSystem } from './kernelSystem.js';
import { respond } from './noiseResponse.js';
import type { Progress } from './progress.js';
import { MeanPlace, matricesOf, type Place, Walk } from './walk.js';

/**
 * Share of the way to its image that a state moves in one step, first to forget its start, then to average
 * the noise of the samples.
 */
const FIRST_GAIN = 0.12;
const RATE = 0.05;
/** Factor of the widths in every step, where annealing got stuck above those asked for. */
const DESCENT = 0.97;
/** Factor of the widths after a step that leaves the region where the equations hold. */
const RETREAT = 1.1;
/** The same where the walk is lost. */
const CLEARANCE = 1.15;
/** How far above the widths of the annealed solution one is still looked for. */
const MOST_RETREAT = 4;
/** Steps whose images are thrown away before any is averaged: at the widths asked for, and above. */
const BURN_IN = 20;
const SHORT_BURN_IN = 12;
/** Independent batches, whose scatter gives standard errors. */
export const BATCHES = 8;
/** Least and most steps of a batch; the least above the widths asked for, where kernels claim nothing. */
const BATCH = { least: 2, most: 8 };
/**
 * Relative Monte Carlo error of single images of the kernels below which no further steps are taken: about
 * twice that in solutions, far less than theories miss themselves.
 */
const ENOUGH = 1e-3;
/** Steps of a descent after which it is asked whether the walk is lost. */
const LOOK = 8;
/** What the mean state may miss its mean image by, in Monte Carlo errors of that mean, and at least. */
const MOST_ERRORS = 4;
const LEAST_RESIDUAL = 1e-4;
/** Noise of up to so many points beyond this is no solution, whatever its error. */
const MOST_RESIDUAL = 0.03;
/**
 * That of more points may be larger as their root: from entry to entry it is independent, and weighs so much
 * less along any one direction.
 */
const COHERENT = 64;
/** Annealing that stopped above these widths has not begun. */
const HOPELESS = 1e6;

/** A solution for expectations instead of one set of samples. */
export interface Settled<State extends KernelState> extends Annealed<State> {
  /** C̃⁽¹⁾ … C̃⁽ᴸ⁻¹⁾, means over the same steps; empty where none were taken */
  readonly conjugates: Conjugates;
  /** independent estimates of the solution */
  readonly batches: readonly State[];
  /** where it would be if weights were not truncated; undefined where none are */
  readonly whole?: State | undefined;
}

/** Largest Monte Carlo error of a mean over batches, relative to the matrix, in the Frobenius norm. */
function relativeError(batches: readonly KernelState[], mean: KernelState): number {
  const n = batches.length;
  const all = batches.map(unknownsOf);
  return unknownsOf(mean).reduce((worst, matrix, k) => {
    const squares = all.reduce(
      (sum, batch) => sum + frobenius(addScaled(copy(batch[k]), -1, matrix)) ** 2,
      0,
    );
    return Math.max(worst, Math.sqrt(squares / (n * (n - 1))) / frobenius(matrix));
  }, 0);
}

/**
 * Robbins and Monro (1951) with Polyak's averages: every step draws new samples and moves a little towards
 * its image, so that the mean over steps solves the equations for exact expectations, where a fixed set of
 * samples would leave its own error. It starts from an annealed solution, lowers the widths further where
 * annealing got stuck, raises them where samples do not reach the measures, and judges convergence against
 * the Monte Carlo error that remains.
 *
 * @throws OutOfReachError when samples reach the measures at no widths nearby
 */
export function* settle<State extends KernelState>(
  system: KernelSystem<State>,
  start: Annealed<State>,
  widths: readonly number[],
): Generator<Progress, Settled<State>, void> {
  const settled = yield* settleAbove(system, start, widths, MOST_RETREAT * start.scale);
  if (!settled) throw new OutOfReachError('the samples reach the tilted measures too rarely');
  return settled;
}

/**
 * The same at the widths asked for, or just above them if that is enough; undefined if samples do not reach
 * the measures there.
 */
export function settleThere<State extends KernelState>(
  system: KernelSystem<State>,
  start: Annealed<State>,
  widths: readonly number[],
  justAbove: boolean,
): Generator<Progress, Settled<State> | undefined, void> {
  return settleAbove(system, start, widths, justAbove ? CLEARANCE : 1);
}

/** @param highest multiple of the widths up to which the walk retreats where it is lost */
function* settleAbove<State extends KernelState>(
  system: KernelSystem<State>,
  start: Annealed<State>,
  widths: readonly number[],
  highest: number,
): Generator<Progress, Settled<State> | undefined, void> {
  if (start.scale > HOPELESS) return { ...start, conjugates: [], batches: [] };
  const walk = new Walk(system, start);
  const descent = Math.ceil(Math.log(start.scale) / -Math.log(DESCENT));
  let total = descent + BURN_IN + BATCHES * BATCH.most;
  let done = 0;
  const progress = (stage: string): Progress => {
    const { iterations: iteration, residual, scale: widthScale, state } = walk;
    return {
      iteration,
      residual,
      widthScale,
      kernels: kernelsOf(state),
      fraction: Math.min(0.99, ++done / total),
      stage,
    };
  };
  for (let k = 1; walk.scale > 1; k++) {
    const image = walk.step(FIRST_GAIN);
    walk.scale = image ? Math.max(1, walk.scale * DESCENT) : walk.scale * RETREAT;
    forget(image);
    yield progress('kernels');
    if (k % LOOK === 0 && walk.isLost()) break;
  }
  while (walk.scale <= highest) {
    const asked = walk.scale === 1;
    for (let k = 0; k < (asked ? BURN_IN : SHORT_BURN_IN); k++) {
      forget(walk.step(FIRST_GAIN));
      yield progress('kernels');
    }
    if (!walk.isLost()) {
      done = Math.max(done, descent + BURN_IN);
      const averages = new Averages(walk.place);
      let reached = true;
      for (let [steps, wanted] = [0, BATCH.least]; steps < wanted && reached; ) {
        total = descent + BURN_IN + BATCHES * wanted;
        let lost = 0;
        for (let b = 0; b < BATCHES && !areLost(lost, b); b++) {
          for (let k = steps; k < wanted; k++) {
            averages.add(walk, b);
            yield progress('averages');
          }
          if (walk.isLost()) lost++;
        }
        reached = !areLost(lost, BATCHES);
        steps = wanted;
        if (asked) wanted = Math.min(BATCH.most, Math.ceil(steps * (averages.kernelNoise() / ENOUGH) ** 2));
      }
      const solution = reached ? averages.solution(walk, widths) : undefined;
      if (solution) return solution;
    }
    walk.scale *= CLEARANCE;
  }
  return undefined;
}

/**
 * Whether most batches of so many are lost: asked after each, so that no time is spent on the rest; of one or
 * two it is not known.
 */
const areLost = (lost: number, batches: number): boolean => lost > 2 && lost > batches / 2;

/** Means of places and of their images, also batch by batch. */
class Averages<State extends KernelState> {
  private readonly places: MeanPlace<State>;
  private readonly images: MeanPlace<State>;
  private readonly batches: MeanPlace<State>[] = [];

  constructor(private readonly like: Place<State>) {
    this.places = new MeanPlace(like);
    this.images = new MeanPlace(like);
  }

  /** A step of a walk, as one of batch b. */
  add(walk: Walk<State>, b: number): void {
    this.places.add(walk.place);
    const image = walk.step(RATE);
    this.batches[b] ??= new MeanPlace(this.like);
    this.batches[b].add(image ?? walk.place);
    this.images.add(image ?? walk.place);
    forget(image);
  }

  /** Relative Monte Carlo error of the kernels, without what they do to each other. */
  kernelNoise(): number {
    const kernels = (mean: MeanPlace<State>) => stateOf(kernelsOf(mean.value().state));
    return relativeError(this.batches.map(kernels), kernels(this.images));
  }

  /** Undefined where means of states that have images are none that has one: they wandered too far. */
  solution(
    { system, scale, iterations }: Walk<State>,
    widths: readonly number[],
  ): Settled<State> | undefined {
    const [places, images] = [this.places.value(), this.images.value()];
    const walked = { states: places, images, batches: this.batches.map((batch) => batch.value()) };
    const response = respondWithin(system, walked, scale);
    if (!response) return undefined;
    const { place, batches: found, whole } = response;
    const { state, conjugates } = place;
    const batches = found.map((batch) => batch.state);
    const residual = residualOf(places.state, images.state);
    const most = MOST_RESIDUAL * Math.max(1, Math.sqrt(state.input.rows / COHERENT));
    const allowed = Math.min(most, Math.max(LEAST_RESIDUAL, MOST_ERRORS * relativeError(batches, state)));
    const moving = `averages still move by ${residual.toExponential(1)}; more samples would help`;
    const samples: Fault = { reason: 'samples', message: moving };
    const fault = scale > 1 ? stuckAt(widths, scale) : residual > allowed ? samples : undefined;
    const convergence = {
      ...verdictOf(fault),
      residual,
      iterations,
      widthScale: scale,
    };
    return { state, conjugates, scale, batches, whole, convergence };
  }
}

/** The response of the solution to its noise; undefined where it leaves the region where equations hold. */
function respondWithin<State extends KernelState>(
  ...args: Parameters<typeof respond<State>>
): ReturnType<typeof respond<State>> | undefined {
  try {
    return respond(...args);
  } catch (error) {
    if (!leavesRegion(error)) throw error;
    return undefined;
  }
}

const forget = <State extends KernelState>(place: Place<State> | undefined): void => {
  if (place) release(...matricesOf(place));
};
