import { leavesRegion } from '../numerics/errors.js';
import { release } from '../numerics/matrix.js';
import { type Convergence, type Fault, verdictOf } from '../posterior/fields.js';
import { EASIER } from '../posterior/reach.js';
import { Falling } from './falling.js';
import { fixedPoint, type Waypoint } from './kernelFixedPoint.js';
import { type KernelState, kernelsOf, pack, releaseUnknowns, residualOf, unpack } from './kernelState.js';
import type { KernelSystem } from './kernelSystem.js';
import type { Progress } from './progress.js';

export interface SolverOptions<State extends KernelState> {
  readonly tolerance: number;
  readonly maxIterations: number;
  /** a solution of a nearby problem, tried before annealing */
  readonly start?: State | undefined;
  /** said where annealing cannot even begin, if the data are to blame */
  readonly unreachable?: string | undefined;
}

export interface Annealed<State extends KernelState> {
  readonly state: State;
  readonly scale: number;
  readonly convergence: Convergence;
}

/** Residual that is good enough on the way to the widths asked for. */
const WAYPOINT_TOLERANCE = 1e-3;
/** Where samples are typically worth less than this share, they do not reach the measures. */
const LEAST_WAYPOINT_SHARE = 0.02;
/** Annealing gives up when this many iterations failed since the widths last fell by this factor. */
const MOST_WASTED = 40;
const LEAST_PROGRESS = 0.8;
/** Annealing gives up when a step lowers the widths by less than this factor. */
const SMALLEST_STEP = 0.97;
/** Factor of the widths while not even the first have been solved. */
const STEP_UP = 3;
/** The first widths are such that the first correction moves no kernel by more than this. */
const FIRST_SHIFT = 0.05;
/**
 * Widths, as multiples of those asked for, at which corrections are linear in 1/N to all digits that matter.
 */
const ALMOST_INFINITE = 1e6;
/** The multiple of the widths that stands for infinite ones, where nothing was solved. */
const NOWHERE = 1e12;

/** Said when annealing or what follows it gets no further: which widths it reached, and what may help. */
export function stuckAt(widths: readonly number[], scale: number): Fault {
  const reached = [...new Set(widths.map((width) => Number((scale * width).toPrecision(3))))];
  const where = scale < ALMOST_INFINITE ? `below width ${reached.join(', ')}` : 'at any width';
  return { reason: 'noSolution', message: `no solution was found ${where}; ${EASIER}` };
}

interface Searched<State> extends Waypoint<State> {
  readonly iterations: number;
}

interface Reached<State> {
  readonly scale: number;
  readonly state: State;
}

/**
 * Continues two solutions along 1/N, in which kernels are nearly linear, as a first guess for the next width.
 */
function extrapolate<State extends KernelState>(
  now: Reached<State>,
  before: Reached<State> | undefined,
  scale: number,
): State {
  if (!before) return now.state;
  const weight = (1 / scale - 1 / now.scale) / (1 / now.scale - 1 / before.scale);
  const [x, y] = [pack(now.state), pack(before.state)];
  for (let i = 0; i < x.length; i++) x[i] += weight * (x[i] - y[i]);
  return unpack(x, now.state);
}

/**
 * The multiple of the widths asked for at which the first correction is small; infinite where not even almost
 * infinite widths have one.
 */
function firstScale<State extends KernelState>(system: KernelSystem<State>, infinite: State): number {
  try {
    const { image, conjugates } = system.sweep(infinite, ALMOST_INFINITE);
    const shift = ALMOST_INFINITE * residualOf(infinite, image);
    releaseUnknowns(image);
    release(...conjugates);
    return Math.max(1, shift / FIRST_SHIFT);
  } catch (error) {
    if (!leavesRegion(error)) throw error;
    return Number.POSITIVE_INFINITY;
  }
}

/** What a search for a fixed point says on its way, as progress of the whole. */
function* searching<State extends KernelState>(
  search: ReturnType<typeof fixedPoint<State>>,
  done: number,
  widthScale: number,
  fractionAt: (residual: number) => number,
): Generator<Progress, Searched<State>, void> {
  for (let iterations = 0; ; ) {
    const { value, done: ended } = search.next();
    if (ended) return { ...value, iterations };
    iterations++;
    const fraction = Math.max(0, Math.min(0.95, fractionAt(value.residual)));
    const { residual, state } = value;
    yield {
      iteration: done + iterations,
      residual,
      kernels: kernelsOf(state),
      widthScale,
      fraction,
      stage: 'kernels',
    };
  }
}

/** A solution at the widths asked for from one of a nearby problem; undefined if that is too far. */
function* continueFrom<State extends KernelState>(
  system: KernelSystem<State>,
  start: State,
  { tolerance, maxIterations }: SolverOptions<State>,
): Generator<Progress, Annealed<State> | undefined, void> {
  system.adapt?.(start, 1);
  const search = fixedPoint(system, start, 1, tolerance, maxIterations);
  const fraction = (residual: number) =>
    Number.isFinite(residual) ? lastFraction(residual, tolerance) : 0.5;
  const { state, residual, solved, iterations } = yield* searching(search, 0, 1, fraction);
  return solved
    ? { state, scale: 1, convergence: { converged: true, residual, iterations, widthScale: 1 } }
    : undefined;
}

/**
 * Solves a system by **width annealing** (theory §5): from widths at which the correction is small, down to
 * those of the problem, each solution the start of the next; steps grow after success and shrink after
 * failure. Where samples no longer reach their measures, a waypoint has failed, whatever its residual. It
 * gives up for lack of progress: when steps get small, or iterations fail while the widths hardly fall. Then
 * the solution at the smallest widths reached is returned, with `converged: false`. A solution of a nearby
 * problem, if one is given, is followed first.
 *
 * @param infinite the solution at infinite width
 */
export function* anneal<State extends KernelState>(
  system: KernelSystem<State>,
  infinite: State,
  widths: readonly number[],
  options: SolverOptions<State>,
): Generator<Progress, Annealed<State>, void> {
  const continued = options.start && (yield* continueFrom(system, options.start, options));
  if (continued) return continued;
  const startScale = firstScale(system, infinite);
  if (!(startScale <= ALMOST_INFINITE)) return notBegun(infinite, widths, options.unreachable);
  const progress = new Falling(LEAST_PROGRESS, MOST_WASTED);
  let solved: Reached<State> = { scale: Number.POSITIVE_INFINITY, state: infinite };
  let before: Reached<State> | undefined;
  let scale = startScale;
  let factor = 0.5;
  let iterations = 0;
  let residual = Number.POSITIVE_INFINITY;
  let fault: Fault | undefined;
  for (;;) {
    const last = scale === 1;
    const started = Number.isFinite(solved.scale);
    const guess = started ? extrapolate(solved, before, scale) : solved.state;
    const tolerance = last ? options.tolerance : Math.max(options.tolerance, WAYPOINT_TOLERANCE);
    system.adapt?.(guess, scale);
    system.typicalShare?.();
    const search = fixedPoint(system, guess, scale, tolerance, options.maxIterations - iterations);
    const share = 0.5 * (1 - Math.log(scale) / Math.log(Math.max(startScale, 2)));
    const fractionAt = (reached: number) => (last ? lastFraction(reached, options.tolerance) : share);
    const found = yield* searching(search, iterations, scale, fractionAt);
    iterations += found.iterations;
    const reached = (system.typicalShare?.() ?? 1) >= LEAST_WAYPOINT_SHARE;
    if (found.solved && reached) {
      before = started ? solved : undefined;
      solved = { scale, state: found.state };
      residual = found.residual;
      if (last) break;
      progress.stalls(scale, 0);
      factor = Math.max(0.25, factor * factor);
    } else {
      if (iterations >= options.maxIterations)
        fault = { reason: 'iterations', message: `stopped after ${iterations} iterations` };
      else if (last && reached && found.residual < WAYPOINT_TOLERANCE)
        fault = {
          reason: 'tolerance',
          message: `residual ${found.residual.toExponential(1)} did not fall to ${options.tolerance}`,
        };
      if (fault !== undefined && last && found.residual < Math.min(residual, WAYPOINT_TOLERANCE)) {
        solved = { scale, state: found.state };
        residual = found.residual;
      }
      if (fault !== undefined) break;
      if (started) factor = Math.sqrt(scale / solved.scale);
      const wasted = progress.stalls(solved.scale, found.iterations);
      if (started ? wasted || factor > SMALLEST_STEP : scale > ALMOST_INFINITE) {
        fault = stuckAt(widths, started ? solved.scale : NOWHERE);
        break;
      }
      if (!started) {
        scale *= STEP_UP;
        continue;
      }
    }
    scale = Math.max(1, solved.scale * factor);
  }
  const scaleReached = Number.isFinite(solved.scale) ? solved.scale : NOWHERE;
  const convergence: Convergence = {
    ...verdictOf(fault),
    residual,
    iterations,
    widthScale: scaleReached,
  };
  return { state: solved.state, scale: scaleReached, convergence };
}

/**
 * Kernels of infinite width, where the first correction is out of all proportion at any width that could be
 * reached.
 */
function notBegun<State extends KernelState>(
  infinite: State,
  widths: readonly number[],
  targets: string | undefined,
): Annealed<State> {
  const residual = Number.POSITIVE_INFINITY;
  const fault: Fault = targets ? { reason: 'largeTargets', message: targets } : stuckAt(widths, NOWHERE);
  const convergence = {
    ...verdictOf(fault),
    residual,
    iterations: 0,
    widthScale: NOWHERE,
  };
  return { state: infinite, scale: NOWHERE, convergence };
}

const lastFraction = (residual: number, tolerance: number) =>
  0.5 + 0.45 * Math.min(1, Math.max(0, Math.log(residual) / Math.log(tolerance)));

/** Fixed point near a solution, at the same widths, as for repetitions with other random numbers. */
export function refine<State extends KernelState>(
  system: KernelSystem<State>,
  start: State,
  scale: number,
  tolerance: number,
): State | undefined {
  const search = fixedPoint(system, start, scale, tolerance);
  let step = search.next();
  while (!step.done) step = search.next();
  return step.value.solved ? step.value.state : undefined;
}
