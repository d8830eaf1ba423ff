import { bisected, chebyshevCoefficients } from '../../numerics/quadrature.js';
import { type Nonlinearity, valuesOf } from '../nonlinearity.js';

/**
 * Points a panel is looked at; φ is resolved when the last coefficients of its Chebyshev series through them
 * are rounding.
 */
const POINTS = 32;
const LAST = 8;
const ROUNDING = 1e-14;
/**
 * Panels of this fraction of the reach are taken as they are: φ is rough there, which the expansion in
 * Hermite polynomials has refused if it matters.
 */
const FINEST = 1e-6;

/**
 * Part of an interval that may reach into a panel unseen: its ends are kinks, scaled and shifted, which
 * rounding moves.
 */
const OVERLAP = 1e-9;

/**
 * The narrowest of the intervals of h, with kinks at their ends, on which φ is a polynomial of degree 23 up
 * to rounding, that [from, to] overlaps by more than rounding.
 */
export type Narrowest = (from: number, to: number) => number;

const known = new WeakMap<Nonlinearity, Map<number, Narrowest>>();

/** Panels that cover [−reach, reach] at least, and are remembered. */
export function resolvedPanels(phi: Nonlinearity, reach: number): Narrowest {
  const octave = 2 ** Math.ceil(Math.log2(Math.max(1, reach)));
  const ofPhi = known.get(phi) ?? new Map<number, Narrowest>();
  known.set(phi, ofPhi);
  const found = ofPhi.get(octave) ?? resolve(phi, octave);
  ofPhi.set(octave, found);
  return found;
}

function resolve(phi: Nonlinearity, reach: number): Narrowest {
  const inside = phi.kinks.filter((kink) => Math.abs(kink) < reach);
  const hard = [...new Set([-reach, ...inside, reach])].sort((x, y) => x - y);
  const breakpoints = bisected(hard, (from, to) => to - from < FINEST * reach || isResolved(phi, from, to));
  return (from, to) => {
    const margin = OVERLAP * (to - from);
    let least = Number.POSITIVE_INFINITY;
    for (let k = 1; k < breakpoints.length && breakpoints[k - 1] < to - margin; k++) {
      if (breakpoints[k] > from + margin) least = Math.min(least, breakpoints[k] - breakpoints[k - 1]);
    }
    return least;
  };
}

function isResolved(phi: Nonlinearity, from: number, to: number): boolean {
  const series = chebyshevCoefficients(POINTS, from, to, (h) => valuesOf(phi, h));
  const whole = series.reduce((most, x) => Math.max(most, Math.abs(x)), sizeAtOrigin(phi));
  // Where φ overflows, so does its expectation: narrower panels would not mend it.
  if (!series.every(Number.isFinite)) return true;
  return series.slice(-LAST).every((x) => Math.abs(x) <= ROUNDING * whole);
}

/** |φ| about the origin, beside which tails that die out need no digits of their own. */
function sizeAtOrigin(phi: Nonlinearity): number {
  return valuesOf(phi, Float64Array.of(-1, -0.5, 0, 0.5, 1)).reduce(
    (most, x) => Math.max(most, Math.abs(x)),
    0,
  );
}
