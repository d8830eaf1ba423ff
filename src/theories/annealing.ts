import { NotPositiveDefiniteError } from '../numerics/errors.js';
import { AndersonMixer } from '../numerics/fixedPoint.js';
import { type Matrix, relativeDistance, release, scratch } from '../numerics/matrix.js';
import type { Convergence } from './posterior.js';
import type { Progress } from './theory.js';

/** Self-consistent equations for symmetric P×P matrices, of which the first is given: C⁽⁰⁾ and what a theory solves for. */
export interface KernelSystem {
  /**
   * What the equations make of a state at widths N_l · scale, and the conjugate kernels met on the way. The image shares no matrix with
   * the state but the first. @throws NotPositiveDefiniteError outside the region where the equations hold
   */
  sweep(state: readonly Matrix[], scale: number): { image: Matrix[]; conjugates: (Matrix | undefined)[] };
  /** Where averages are sampled: adapts the measures that samples are drawn from to a state. Between calls `sweep` is one smooth function. */
  adapt?(state: readonly Matrix[], scale: number): void;
  /** Where averages are sampled: the next sweep draws samples anew. */
  refresh?(): void;
  /** Where averages are sampled: the typical effective share of the samples since it was asked for last. */
  typicalShare?(): number;
}

export interface SolverOptions {
  readonly tolerance: number;
  readonly maxIterations: number;
  /** a solution of a nearby problem, tried before annealing */
  readonly start?: readonly Matrix[] | undefined;
  /** said where annealing cannot even begin, if the data are to blame */
  readonly unreachable?: string | undefined;
}

export interface Annealed {
  readonly state: Matrix[];
  readonly scale: number;
  readonly convergence: Convergence;
}

/** Residual that is good enough on the way to the widths asked for. */
const WAYPOINT_TOLERANCE = 1e-3;
/** Iterations after which a waypoint counts as failed. */
const PATIENCE = 40;
const LAST_PATIENCE = 150;
/** Annealing gives up when a step lowers the widths by less than this factor. */
const SMALLEST_STEP = 0.97;
/** Factor of the widths while not even the first have been solved. */
const STEP_UP = 3;
/** The first widths are such that the first correction moves no kernel by more than this. */
const FIRST_SHIFT = 0.05;
/** Widths, as multiples of those asked for, at which corrections are linear in 1/N to all digits that matter. */
const ALMOST_INFINITE = 1e6;
/** The multiple of the widths that stands for infinite ones, where nothing was solved. */
const NOWHERE = 1e12;
const ANDERSON_DEPTH = 6;
/** Iterations without a smaller residual after which the damping is halved: many modes overshoot at once. */
const STAGNATION = 8;

/** Said when annealing or what follows it gets no further. */
export const STUCK = 'no solution was found at smaller widths';

/** Largest relative distance between the matrices of a state and those of its image, the first left out. */
export const residualOf = (state: readonly Matrix[], image: readonly Matrix[]): number =>
  state.reduce((worst, matrix, l) => (l === 0 ? worst : Math.max(worst, relativeDistance(image[l], matrix))), 0);

/** Lower triangles of all matrices but the first in one vector. */
function pack(state: readonly Matrix[]): Float64Array {
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

function unpack(packed: Float64Array, first: Matrix): Matrix[] {
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

interface Iterate {
  readonly residual: number;
  readonly state: readonly Matrix[];
}

interface Waypoint {
  readonly state: Matrix[];
  readonly residual: number;
  readonly solved: boolean;
}

/**
 * Fixed point at one width scale by Anderson acceleration. A step that leaves the region where the equations hold, a residual that
 * explodes, or none that falls for a while, sends it back to the best point with half the damping.
 */
function* fixedPoint(
  system: KernelSystem,
  start: Matrix[],
  scale: number,
  tolerance: number,
  patience: number,
): Generator<Iterate, Waypoint, void> {
  const mixer = new AndersonMixer(ANDERSON_DEPTH, 0.5);
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

interface Solved {
  readonly scale: number;
  readonly state: Matrix[];
}

/** Continues two solutions along 1/N, in which kernels are nearly linear, as a first guess for the next width. */
function extrapolate(now: Solved, before: Solved | undefined, scale: number): Matrix[] {
  if (!before) return now.state;
  const weight = (1 / scale - 1 / now.scale) / (1 / now.scale - 1 / before.scale);
  const [x, y] = [pack(now.state), pack(before.state)];
  for (let i = 0; i < x.length; i++) x[i] += weight * (x[i] - y[i]);
  return unpack(x, now.state[0]);
}

/** The multiple of the widths asked for at which the first correction is small; infinite where not even almost infinite widths have one. */
function firstScale(system: KernelSystem, infinite: readonly Matrix[]): number {
  try {
    const { image, conjugates } = system.sweep(infinite, ALMOST_INFINITE);
    const shift = ALMOST_INFINITE * residualOf(infinite, image);
    release(...image.slice(1), ...conjugates);
    return Math.max(1, shift / FIRST_SHIFT);
  } catch (error) {
    if (!(error instanceof NotPositiveDefiniteError)) throw error;
    return Number.POSITIVE_INFINITY;
  }
}

/** A solution at the widths asked for from one of a nearby problem; undefined if that is too far. */
function* continueFrom(
  system: KernelSystem,
  start: readonly Matrix[],
  widths: readonly number[],
  { tolerance, maxIterations }: SolverOptions,
): Generator<Progress, Annealed | undefined, void> {
  system.adapt?.(start, 1);
  const search = fixedPoint(system, [...start], 1, tolerance, Math.min(LAST_PATIENCE, maxIterations));
  let iterations = 0;
  let step = search.next();
  for (; !step.done; step = search.next()) {
    iterations++;
    const fraction = Number.isFinite(step.value.residual) ? lastFraction(step.value.residual, tolerance) : 0.5;
    yield { iteration: iterations, ...step.value, widthScale: 1, fraction, stage: 'kernels' };
  }
  const { state, residual, solved } = step.value;
  return solved ? { state, scale: 1, convergence: { converged: true, residual, iterations, widths } } : undefined;
}

/**
 * Solves a system by **width annealing** (theory §5): from widths at which the correction is small, down to those of
 * the problem, each solution the start of the next; steps grow after success and shrink after failure. If it gets stuck, the solution
 * at the smallest widths reached is returned, with `converged: false`. A solution of a nearby problem, if one is given, is followed first.
 *
 * @param infinite the solution at infinite width
 */
export function* anneal(
  system: KernelSystem,
  infinite: readonly Matrix[],
  widths: readonly number[],
  options: SolverOptions,
): Generator<Progress, Annealed, void> {
  const continued = options.start && (yield* continueFrom(system, options.start, widths, options));
  if (continued) return continued;
  const startScale = firstScale(system, infinite);
  if (!(startScale <= ALMOST_INFINITE)) return notBegun(infinite, widths, options.unreachable);
  let solved: Solved = { scale: Number.POSITIVE_INFINITY, state: [...infinite] };
  let before: Solved | undefined;
  let scale = startScale;
  let factor = 0.5;
  let iterations = 0;
  let residual = Number.POSITIVE_INFINITY;
  let message: string | undefined;
  for (;;) {
    const last = scale === 1;
    const guess = Number.isFinite(solved.scale) ? extrapolate(solved, before, scale) : solved.state;
    const patience = Math.min(last ? LAST_PATIENCE : PATIENCE, options.maxIterations - iterations);
    const tolerance = last ? options.tolerance : Math.max(options.tolerance, WAYPOINT_TOLERANCE);
    system.adapt?.(guess, scale);
    const search = fixedPoint(system, guess, scale, tolerance, patience);
    let step = search.next();
    for (; !step.done; step = search.next()) {
      iterations++;
      const fraction = last
        ? lastFraction(step.value.residual, options.tolerance)
        : 0.5 * (1 - Math.log(scale) / Math.log(Math.max(startScale, 2)));
      yield {
        iteration: iterations,
        ...step.value,
        widthScale: scale,
        fraction: Math.max(0, Math.min(0.95, fraction)),
        stage: 'kernels',
      };
    }
    const { state, residual: reached, solved: success } = step.value;
    if (success) {
      before = Number.isFinite(solved.scale) ? solved : undefined;
      solved = { scale, state };
      residual = reached;
      if (last) break;
      factor = Math.max(0.25, factor * factor);
    } else {
      if (iterations >= options.maxIterations) message = `stopped after ${iterations} iterations`;
      else if (last && reached < WAYPOINT_TOLERANCE)
        message = `residual ${reached.toExponential(1)} did not fall to ${options.tolerance}`;
      if (message !== undefined && last && reached < Math.min(residual, WAYPOINT_TOLERANCE)) {
        solved = { scale, state };
        residual = reached;
      }
      const started = Number.isFinite(solved.scale);
      if (started) factor = Math.sqrt(factor);
      if (message === undefined && (factor > SMALLEST_STEP || scale > ALMOST_INFINITE)) message = STUCK;
      if (message !== undefined) break;
      if (!started) {
        scale *= STEP_UP;
        continue;
      }
    }
    scale = Math.max(1, solved.scale * factor);
  }
  const scaleReached = Number.isFinite(solved.scale) ? solved.scale : NOWHERE;
  const convergence: Convergence = {
    converged: message === undefined,
    residual,
    iterations,
    widths: widths.map((width) => width * scaleReached),
    ...(message === undefined ? {} : { message }),
  };
  return { state: solved.state, scale: scaleReached, convergence };
}

/** Kernels of infinite width, where the first correction is out of all proportion at any width that could be reached. */
function notBegun(infinite: readonly Matrix[], widths: readonly number[], reason: string = STUCK): Annealed {
  const residual = Number.POSITIVE_INFINITY;
  const convergence = { converged: false, residual, iterations: 0, widths: widths.map((n) => n * NOWHERE), message: reason };
  return { state: [...infinite], scale: NOWHERE, convergence };
}

const lastFraction = (residual: number, tolerance: number) =>
  0.5 + 0.45 * Math.min(1, Math.max(0, Math.log(residual) / Math.log(tolerance)));

/** Fixed point near a solution, at the same widths, as for repetitions with other random numbers. */
export function refine(system: KernelSystem, start: Matrix[], scale: number, tolerance: number): Matrix[] | undefined {
  const search = fixedPoint(system, start, scale, tolerance, PATIENCE);
  let step = search.next();
  while (!step.done) step = search.next();
  return step.value.solved ? step.value.state : undefined;
}
