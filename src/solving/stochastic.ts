import { leavesRegion, OutOfReachError } from '../numerics/errors.js';
import { addScaled, copy, frobenius, release, zeros } from '../numerics/matrix.js';
import { type Fault, verdictOf } from '../posterior/fields.js';
import { type Annealed, stuckAt } from './annealing.js';
import {
  type KernelState,
  kernelsOf,
  releaseUnknowns,
  residualOf,
  stateOf,
  unknownsOf,
  withUnknowns,
} from './kernelState.js';
import type { KernelSystem } from './kernelSystem.js';
import type { Progress } from './progress.js';

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
 * Relative Monte Carlo error of the kernels below which no further steps are taken: far less than theories
 * miss themselves.
 */
const ENOUGH = 1e-3;
/** Steps of a descent after which it is asked whether the walk is lost. */
const LOOK = 8;
/** What the mean state may miss its mean image by, in Monte Carlo errors of that mean, and at least. */
const MOST_ERRORS = 4;
const LEAST_RESIDUAL = 1e-4;
/** Noise beyond this is no solution, whatever its error. */
const MOST_RESIDUAL = 0.03;
/** Noise of single steps that no number of them here averages to less than that. */
const MOST_NOISE = 0.4;
/**
 * Below this effective share a few samples carry the averages, and their truncated weights a bias (measured
 * against slice sampling).
 */
const LEAST_TYPICAL_SHARE = 0.04;
/** Annealing that stopped above these widths has not begun. */
const HOPELESS = 1e6;

/** A solution for expectations instead of one set of samples. */
export interface Settled<State extends KernelState> extends Annealed<State> {
  /** means of the images over each batch of steps, each an independent estimate of the solution */
  readonly batches: readonly State[];
}

/** A running mean of states. */
class MeanState<State extends KernelState> {
  private count = 0;
  private readonly sum: State;

  constructor(like: State) {
    this.sum = withUnknowns(
      like,
      unknownsOf(like).map(({ rows }) => zeros(rows)),
    );
  }

  add(state: State): void {
    this.count++;
    const sums = unknownsOf(this.sum);
    unknownsOf(state).forEach((matrix, k) => {
      addScaled(sums[k], 1, matrix);
    });
  }

  value(): State {
    const means = unknownsOf(this.sum).map((matrix) => addScaled(zeros(matrix.rows), 1 / this.count, matrix));
    return withUnknowns(this.sum, means);
  }
}

/** A state that follows its noisy images. */
class Walk<State extends KernelState> {
  readonly state: State;
  scale: number;
  iterations: number;
  residual: number;
  /**
   * residuals of the steps since it was asked whether the walk is lost; infinite for those whose samples
   * reached no image
   */
  private residuals: number[] = [];
  /**
   * by how much the kernels alone differed from those of their image, since it was asked how long batches
   * should be
   */
  private kernelResiduals: number[] = [];

  constructor(
    readonly system: KernelSystem<State>,
    start: Annealed<State>,
  ) {
    this.state = withUnknowns(start.state, unknownsOf(start.state).map(copy));
    this.scale = start.scale;
    this.iterations = start.convergence.iterations;
    this.residual = start.convergence.residual;
    system.typicalShare?.();
  }

  /**
   * state ← state + rate (image − state), a covariance as long as both are. The image, or undefined if these
   * samples do not reach it.
   */
  step(rate: number, imageOf = this.system.follow ?? this.system.sweep): State | undefined {
    this.iterations++;
    this.system.refresh?.();
    try {
      const { image, conjugates } = imageOf(this.state, this.scale);
      release(...conjugates);
      this.residual = residualOf(this.state, image);
      this.residuals.push(this.residual);
      this.kernelResiduals.push(residualOf(stateOf(kernelsOf(this.state)), stateOf(kernelsOf(image))));
      const images = unknownsOf(image);
      unknownsOf(this.state).forEach(({ data }, k) => {
        for (let i = 0; i < data.length; i++) data[i] += rate * (images[k].data[i] - data[i]);
      });
      return image;
    } catch (error) {
      if (!leavesRegion(error)) throw error;
      this.residuals.push(Number.POSITIVE_INFINITY);
      return undefined;
    }
  }

  /** Whether the steps since this was asked last were noise, or their samples too few that count. */
  isLost(): boolean {
    const noise = median(this.residuals);
    this.residuals = [];
    return (this.system.typicalShare?.() ?? 1) < LEAST_TYPICAL_SHARE || noise > MOST_NOISE;
  }

  /**
   * Steps of a batch after which the kernels' mean over all batches is exact enough, by what the latter half
   * of the steps so far scattered.
   */
  batchLength(): number {
    const noise = median(this.kernelResiduals.slice(this.kernelResiduals.length >> 1));
    this.kernelResiduals = [];
    return Math.max(BATCH.least, Math.min(BATCH.most, Math.ceil((noise / ENOUGH) ** 2 / BATCHES)));
  }
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;

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
  if (start.scale > HOPELESS) return { ...start, batches: [] };
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
    releaseUnknowns(image);
    yield progress('kernels');
    if (k % LOOK === 0 && walk.isLost()) break;
  }
  while (walk.scale <= highest) {
    const asked = walk.scale === 1;
    for (let k = 0; k < (asked ? BURN_IN : SHORT_BURN_IN); k++) {
      releaseUnknowns(walk.step(FIRST_GAIN));
      yield progress('kernels');
    }
    if (!walk.isLost()) {
      done = Math.max(done, descent + BURN_IN);
      const averages = new Averages(walk.state);
      const steps = asked ? walk.batchLength() : BATCH.least;
      total = descent + BURN_IN + BATCHES * steps;
      let lost = 0;
      for (let b = 0; b < BATCHES && !areLost(lost, b); b++) {
        for (let k = 0; k < steps; k++) {
          averages.add(walk, b);
          yield progress('averages');
        }
        if (walk.isLost()) lost++;
      }
      if (!areLost(lost, BATCHES)) return averages.solution(walk, widths);
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

/** Means of states and of their images, also batch by batch. */
class Averages<State extends KernelState> {
  private readonly states: MeanState<State>;
  private readonly images: MeanState<State>;
  private readonly batches: MeanState<State>[] = [];

  constructor(private readonly like: State) {
    this.states = new MeanState(like);
    this.images = new MeanState(like);
  }

  /** A step of a walk, as one of batch b. */
  add(walk: Walk<State>, b: number): void {
    this.states.add(walk.state);
    // By full sweeps: what noise does to the layers above shows in the scatter of batches, and so in standard
    // errors.
    const image = walk.step(RATE, walk.system.sweep) ?? walk.state;
    this.batches[b] ??= new MeanState(this.like);
    this.batches[b].add(image);
    this.images.add(image);
    if (image !== walk.state) releaseUnknowns(image);
  }

  solution({ scale, iterations }: Walk<State>, widths: readonly number[]): Settled<State> {
    const batches = this.batches.map((batch) => batch.value());
    const state = this.images.value();
    const residual = residualOf(this.states.value(), state);
    const allowed = Math.min(
      MOST_RESIDUAL,
      Math.max(LEAST_RESIDUAL, MOST_ERRORS * relativeError(batches, state)),
    );
    const message = `averages still move by ${residual.toExponential(1)}; more samples would help`;
    const moving: Fault = { reason: 'samples', message };
    const fault = scale > 1 ? stuckAt(widths, scale) : residual > allowed ? moving : undefined;
    const convergence = {
      ...verdictOf(fault),
      residual,
      iterations,
      widths: widths.map((width) => width * scale),
    };
    return { state, scale, batches, convergence };
  }
}
