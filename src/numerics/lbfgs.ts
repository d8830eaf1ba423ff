import { addTo, dot, subtract } from './vectors.js';

/** Fills the gradient and returns the value; infinite outside its domain, where the gradient is not read. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  /** ‖∇f‖∞ */
  readonly slope: number;
}

export interface MinimiserOptions {
  /** ‖∇f‖∞ that is small enough */
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** Pairs of steps and changes of the gradient behind a search direction. */
const MEMORY = 8;
/** Sufficient decrease and curvature of a line search (Wolfe). */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
/**
 * Values that differ by less than this, relative to the value, are equal but for rounding: then slopes
 * decide.
 */
const ROUNDING = 1e-13;
const MOST_TRIALS = 40;

interface Point {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
  readonly value: number;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly product: number;
}

const largest = (a: Float64Array): number => a.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** −H∇f with the inverse Hessian H of the remembered pairs: the two loops of Nocedal (1980). */
function searchDirection(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((value) => -value);
  const weights = pairs.map(() => 0);
  for (let k = pairs.length - 1; k >= 0; k--) {
    weights[k] = dot(pairs[k].step, direction) / pairs[k].product;
    addTo(direction, -weights[k], pairs[k].change);
  }
  const newest = pairs.at(-1);
  if (newest) {
    const scale = newest.product / dot(newest.change, newest.change);
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  }
  pairs.forEach(({ step, change, product }, k) => {
    addTo(direction, weights[k] - dot(change, direction) / product, step);
  });
  return direction;
}

/**
 * A point on the ray from `from` that satisfies Wolfe's conditions, or the approximate ones of Hager and
 * Zhang (2005), which slopes alone decide where values agree to rounding. Bisection of a bracket that grows
 * until it has an end; undefined if none is found.
 */
function lineSearch(f: Objective, from: Point, direction: Float64Array, first: number): Point | undefined {
  const slope = dot(from.gradient, direction);
  const rounding = ROUNDING * Math.abs(from.value);
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  let length = first;
  for (let k = 0; k < MOST_TRIALS; k++) {
    const x = from.x.slice();
    addTo(x, length, direction);
    const gradient = new Float64Array(x.length);
    const value = f(x, gradient);
    const here = Number.isFinite(value) ? dot(gradient, direction) : Number.NaN;
    const decreased = value <= from.value + DECREASE * length * slope;
    const levelled = value <= from.value + rounding && here <= (2 * DECREASE - 1) * slope;
    if (!(decreased || levelled)) high = length;
    else if (here < CURVATURE * slope) low = length;
    else return { x, gradient, value };
    length = Number.isFinite(high) ? 0.5 * (low + high) : 2 * length;
  }
  return undefined;
}

/**
 * Local minimum of a smooth function by the limited-memory method of Broyden, Fletcher, Goldfarb and Shanno
 * (Liu and Nocedal 1989). Yields after every step; ends where the gradient is small, or where no step
 * improves on rounding.
 */
export function* minimise(
  f: Objective,
  start: Float64Array,
  { tolerance, maxIterations }: MinimiserOptions,
): Generator<Minimum, Minimum, void> {
  const gradient = new Float64Array(start.length);
  let point: Point = { x: start, gradient, value: f(start, gradient) };
  const pairs: Pair[] = [];
  const found = (): Minimum => ({ x: point.x, value: point.value, slope: largest(point.gradient) });
  for (let k = 0; k < maxIterations && largest(point.gradient) > tolerance; k++) {
    const direction = searchDirection(point.gradient, pairs);
    const first = pairs.length > 0 ? 1 : Math.min(1, 1 / largest(point.gradient));
    const next = lineSearch(f, point, direction, first);
    if (!next) {
      if (pairs.length === 0) break;
      pairs.length = 0;
      continue;
    }
    const step = subtract(next.x, point.x);
    const change = subtract(next.gradient, point.gradient);
    const product = dot(step, change);
    if (product > 0) pairs.push({ step, change, product });
    if (pairs.length > MEMORY) pairs.shift();
    point = next;
    yield found();
  }
  return found();
}
