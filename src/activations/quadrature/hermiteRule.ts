import { type Matrix, zeros } from '../../numerics/matrix.js';
import { compositeRule, gradedPanels, type Rule, withGaussianWeight } from '../../numerics/quadrature.js';

/** Terms of the series; entries that need more are left to two-dimensional quadrature. */
export const ORDERS = 256;
/** Standard deviations covered: e^{−13²/2} = 2e−37. */
export const RANGE = 13;
const MOST_RULES = 8;

/**
 * Gauss–Legendre nodes a panel and the width of the panels: as many as integrate He_256, which turns 16 times
 * over one unit of z, times φ to rounding; and as many as interpolate it, where kinks cut panels
 * (`kinkedPanels.ts`).
 */
const INTEGRATING = { order: 12, width: 0.5 };
const INTERPOLATING = { order: 32, width: 1 };

/**
 * A composite Gauss–Legendre rule for N(0, 1), with the Hermite functions at its nodes once somebody needs
 * them.
 */
export interface HermiteRule {
  readonly breakpoints: readonly number[];
  /** nodes a panel */
  readonly order: number;
  readonly rule: Rule;
  /** column n: weight × He_n(z)/√n! at every node */
  basis(): Matrix;
}

const rules = new Map<string, HermiteRule>();

/**
 * Panels are as fine as the next standard deviation of a ladder needs, a fifth above the last, so that
 * similar groups share a rule.
 */
export const ladderStep = (largest: number): number =>
  2 ** (Math.ceil(4 * Math.log2(Math.max(1, largest))) / 4);

/**
 * The rule for functions φ(σz) with σ up to a step of the ladder, each panel halved `refinement` times; the
 * latest rules are remembered.
 */
export function hermiteRule(kinksMove: boolean, step: number, refinement: number): HermiteRule {
  const key = `${kinksMove} ${step} ${refinement}`;
  const known = rules.get(key);
  if (known) return known;
  const { order, width } = kinksMove ? INTERPOLATING : INTEGRATING;
  const breakpoints = panels(step, width, refinement);
  const rule = withGaussianWeight(compositeRule(breakpoints, order));
  let basis: Matrix | undefined;
  const made = {
    breakpoints,
    order,
    rule,
    basis: () => {
      basis ??= hermiteFunctions(rule);
      return basis;
    },
  };
  if (rules.size >= MOST_RULES) rules.delete(rules.keys().next().value as string);
  rules.set(key, made);
  return made;
}

/** The origin is a breakpoint, and h moves by `width` over the panels beside it. */
function panels(step: number, width: number, refinement: number): number[] {
  let breakpoints = gradedPanels([{ position: 0, width: width / step }], RANGE, width);
  for (let k = 0; k < refinement; k++) {
    breakpoints = breakpoints.flatMap((x, i) => (i === 0 ? [x] : [0.5 * (x + breakpoints[i - 1]), x]));
  }
  return breakpoints;
}

function hermiteFunctions({ nodes, weights }: Rule): Matrix {
  const basis = zeros(nodes.length, ORDERS);
  for (let m = 0; m < nodes.length; m++) {
    const z = nodes[m];
    let previous = 0;
    let current = weights[m];
    for (let n = 0; n < ORDERS; n++) {
      basis.data[m * ORDERS + n] = current;
      [previous, current] = [current, (z * current - Math.sqrt(n) * previous) / Math.sqrt(n + 1)];
    }
  }
  return basis;
}
