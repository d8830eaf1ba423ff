import { type DensityAt, GammaProduct } from '../../numerics/gammaProduct.js';
import { verdictOf } from '../../posterior/fields.js';
import { actionDifference, type OutputModes, scalarAction } from './orderParameter.js';

/** What weighs less than e^−DEPTH of the most likely Q is left out. */
const DEPTH = 42;
/**
 * Change of ln p(Y|X) and of the moments of Q between a grid and one twice as fine at which the finer one,
 * whose error is about its square, is taken.
 */
const TOLERANCE = 1e-9;
const MOST_NODES = 1 << 15;
/** ln Q beyond which doubles end. */
const LARGEST = 600;

/** One value of Q = ∏Q_l with its posterior probability and what the layers share of it. */
export interface OrderNode extends Omit<DensityAt, 'logDensity'> {
  readonly q: number;
  readonly weight: number;
}

/** p(Q|Y) on a grid of ln Q, weights adding up to one. */
export interface OrderAverage {
  readonly nodes: readonly OrderNode[];
  /** E[Q|Y] and its standard deviation over networks */
  readonly mean: number;
  readonly deviation: number;
  /** ln p(Y|X) = ln ∫dQ p(Q) N(Y|0, QK' + M) */
  readonly logEvidence: number;
  /** change of the logarithm by the last doubling of the grid: a bound of its error */
  readonly residual: number;
}

/** Error of ln p(Y|X) beyond which an average over order parameters does not count as known. */
const KNOWN = 1e-6;

/** Whether an average over order parameters is known well enough, by what its last doubling changed. */
export const orderVerdict = (residual: number, known = KNOWN) =>
  verdictOf(
    residual < known
      ? undefined
      : {
          reason: 'tolerance',
          message: `the average over order parameters is known to ${residual.toPrecision(1)} in ln p(Y|X) alone`,
        },
  );

/**
 * A place on the axis of ln Q with the logarithm of prior times likelihood, the prior by its saddle alone.
 */
interface Place {
  readonly logA: number;
  readonly x: number;
  readonly value: number;
}

/**
 * Whether a place matters to the mass of p(Q|Y), to E[Q|Y] or to E[Q²|Y]: in deep and narrow networks rare
 * large Q make the means.
 */
function countsIn(places: readonly { readonly x: number; readonly value: number }[]) {
  const tops = [0, 1, 2].map((power) =>
    places.reduce((top, { x, value }) => Math.max(top, value + power * x), Number.NEGATIVE_INFINITY),
  );
  return ({ x, value }: { readonly x: number; readonly value: number }): boolean =>
    tops.some((top, power) => value + power * x > top - DEPTH);
}

/**
 * Where prior times likelihood is not negligible: places so close that it changes by less than a factor of e
 * between them.
 */
function survey(prior: GammaProduct, logLikelihood: (x: number) => number): Place[] {
  const place = (logA: number): Place => {
    const { x, roughLogDensity } = prior.tilt(Math.exp(logA));
    const value = roughLogDensity + logLikelihood(x);
    return { logA, x, value: Number.isFinite(value) ? value : Number.NEGATIVE_INFINITY };
  };
  let places = Array.from({ length: 180 }, (_, k) => place(-10 + 0.25 * k));
  for (let round = 0; round < 60; round++) {
    const best = places.reduce((top, { value }, k) => (value > places[top].value ? k : top), 0);
    const counts = countsIn(places);
    const coarse = (k: number): boolean => {
      const [a, b] = [places[k], places[k + 1]];
      const jump = Math.abs(a.value - b.value) || 0;
      return (
        (counts(a) || counts(b)) && jump > (k === best || k + 1 === best ? 0.2 : 1) && b.logA - a.logA > 1e-13
      );
    };
    const next = places.flatMap((a, k) =>
      k + 1 < places.length && coarse(k) ? [a, place(0.5 * (a.logA + places[k + 1].logA))] : [a],
    );
    if (next.length === places.length) break;
    places = next;
  }
  const inside = places.map(countsIn(places));
  const range = places.slice(Math.max(0, inside.indexOf(true) - 1), inside.lastIndexOf(true) + 2);
  return range.filter(({ value }) => value > Number.NEGATIVE_INFINITY);
}

/**
 * p(Q|Y) ∝ p(Q) N(Y|0, QK' + M) by the trapezoidal rule in ln Q, which converges geometrically; doubled until
 * nothing changes. All layers and widths are one-dimensional, for the density of the product of their Q_l is
 * known.
 */
export function averageOrder(modes: OutputModes, widths: readonly number[]): OrderAverage {
  const prior = new GammaProduct(widths);
  const places = survey(prior, (x) =>
    x > LARGEST ? Number.NEGATIVE_INFINITY : -scalarAction(modes, Math.exp(x)).value,
  );
  const best = Math.exp(places.reduce((top, place) => (place.value > top.value ? place : top)).x);
  const constant = -scalarAction(modes, best).value - 0.5 * modes.alpha.length * Math.log(2 * Math.PI);
  const [from, to] = [places[0].x, places[places.length - 1].x];
  const known = new Map<number, { x: number; value: number; at: DensityAt }>();
  const node = (fraction: number) => {
    const found = known.get(fraction);
    if (found) return found;
    const x = from + (to - from) * fraction;
    const at = prior.at(x);
    const made = { x, value: at.logDensity - actionDifference(modes, Math.exp(x), best), at };
    known.set(fraction, made);
    return made;
  };
  let previous: OrderAverage | undefined;
  for (let count = firstCount(places); ; count *= 2) {
    const all = Array.from({ length: count + 1 }, (_, k) => node(k / count));
    const average = summed(all, (to - from) / count);
    const change = previous ? differenceOf(average, previous) : Number.POSITIVE_INFINITY;
    if (change < TOLERANCE || count >= MOST_NODES)
      return { ...average, logEvidence: average.logEvidence + constant, residual: change };
    previous = average;
  }
}

/** Intervals as wide as the peak at half its height. */
function firstCount(places: readonly Place[]): number {
  const top = Math.max(...places.map(({ value }) => value));
  const high = places.filter(({ value }) => value > top - 0.7).map(({ x }) => x);
  const width = Math.max(high[high.length - 1] - high[0], (places[places.length - 1].x - places[0].x) / 1024);
  return 2 ** Math.ceil(Math.log2((2 * (places[places.length - 1].x - places[0].x)) / width));
}

/** Without the part of ln p(Y|X) that does not depend on Q. */
function summed(all: readonly { x: number; value: number; at: DensityAt }[], step: number): OrderAverage {
  const top = all.reduce((largest, { value }) => Math.max(largest, value), Number.NEGATIVE_INFINITY);
  const kept = all.filter(countsIn(all));
  const mass = kept.reduce((sum, { value }) => sum + Math.exp(value - top), 0);
  const nodes = kept.map(({ x, value, at: { below, above } }) => ({
    q: Math.exp(x),
    weight: Math.exp(value - top) / mass,
    below,
    above,
  }));
  const mean = nodes.reduce((sum, { q, weight }) => sum + weight * q, 0);
  const deviation = Math.sqrt(nodes.reduce((sum, { q, weight }) => sum + weight * (q - mean) ** 2, 0));
  const logEvidence = top + Math.log(mass * step);
  return { nodes, mean, deviation, logEvidence, residual: 0 };
}

const differenceOf = (a: OrderAverage, b: OrderAverage): number =>
  Math.max(
    Math.abs(a.logEvidence - b.logEvidence),
    Math.abs(a.mean / b.mean - 1) || 0,
    Math.abs(a.deviation / b.deviation - 1) || 0,
  );
