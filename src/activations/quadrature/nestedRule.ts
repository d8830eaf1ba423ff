import { normalDensities } from '../../numerics/normal.js';
import { bisected, gaussLegendre, type Rule } from '../../numerics/quadrature.js';
import type { Nonlinearity } from '../nonlinearity.js';
import { correlation } from '../pairs/correlation.js';
import { resolvedPanels } from './resolvedPanels.js';

/**
 * Standard deviations covered: e^{−10²/2} = 2e−22, for what grows like a power; and those from which a kink
 * is not seen: e^{−8.2²/2} = 3e−15.
 */
const RANGE = 10;
const SIGHT = 8.2;
const NODES = 16;
/**
 * Widest panels that 16 nodes integrate to rounding: of the Gaussian, of its tail beyond 5, and of a step
 * that a Gaussian smears.
 */
const WIDEST = 2.5;
const TAIL = 5;
const WIDEST_SMEARED = 4.25;
/**
 * Step of the trapezoidal rule for analytic functions of a Gaussian: it errs by e^{−2π²/step²} = e^{−40}, and
 * by e^{−2πd/step} with a pole at distance d.
 */
const STEP = 0.7;
/**
 * Panels of φ this many standard deviations wide have their poles far enough from the axis for the
 * trapezoidal rule.
 */
const SMOOTH = 5;

/**
 * The buffers of one rule serve the next: fresh memory for each pair would take longer than the arithmetic.
 */
const buffers = { outer: gaussianNodes(), inner: gaussianNodes() };

/**
 * A rule for ⟨f(h_α) g(h_β)⟩, where h_α = σ_α u and h_β = σ_β(ρu + √(1−ρ²) w) with independent normal u and
 * w.
 */
export interface NestedRule {
  /** outer nodes as h_α, and their weights */
  readonly outer: Rule;
  /** inner nodes as h_β and their weights: those of outer node k from starts[k] to starts[k + 1] */
  readonly inner: Rule;
  readonly starts: readonly number[];
}

/**
 * Gauss–Legendre on panels that end at the kinks of φ(h_α), of φ(h_β) at that u, and where w has smeared
 * these out; as wide as φ and the Gaussian allow. Where φ(h_β) has no kink in sight of w and varies slowly
 * over it, a trapezoidal rule of 29 nodes. `sharpness`: how much shorter the panels of f and g are than those
 * of φ. The rule is valid until the next one is made.
 */
export function nestedRule(phi: Nonlinearity, a: number, b: number, c: number, sharpness = 1): NestedRule {
  const [sa, sb] = [Math.sqrt(a), Math.sqrt(b)];
  const rho = correlation(c, sa * sb);
  const rest = sb * Math.sqrt((1 - rho) * (1 + rho));
  const drift = rho * sb;
  const { kinks } = phi;
  const narrowest = resolvedPanels(phi, RANGE * Math.max(sa, sb));
  /** φ is resolved on [from, to], shifted and scaled. */
  const resolves = (scale: number, shift: number, from: number, to: number) => {
    const [x, y] = [shift + scale * from, shift + scale * to];
    return sharpness * Math.abs(y - x) <= narrowest(Math.min(x, y), Math.max(x, y));
  };
  const seesKink = (h: number) => kinks.some((kink) => Math.abs(kink - h) < SIGHT * rest);

  const outer = buffers.outer.clear();
  const smeared =
    drift === 0
      ? []
      : kinks.flatMap((kink) => [-1, 0, 1].map((side) => (kink + side * SIGHT * rest) / drift));
  outer.addPanels(sa > 0 ? [...kinks.map((kink) => kink / sa), ...smeared] : smeared, (from, to) => {
    if (!resolves(sa, 0, from, to)) return false;
    if (Math.abs(drift) * (to - from) <= WIDEST_SMEARED * rest) return true;
    return !seesKink(0.5 * drift * (from + to)) && resolves(drift, 0, from, to);
  });
  const ofAlpha = outer.finish();

  const inner = buffers.inner.clear();
  const starts = [0];
  for (const u of ofAlpha.nodes) {
    const h = drift * u;
    if (!(rest > 1e-9 * sb)) inner.addPoint();
    else if (!seesKink(h) && narrowest(h - RANGE * rest, h + RANGE * rest) >= SMOOTH * sharpness * rest)
      inner.addTrapezoid();
    else {
      const inW = kinks.map((kink) => (kink - h) / rest);
      inner.addPanels(inW, (from, to) => resolves(rest, h, from, to));
    }
    starts.push(inner.count());
  }
  const ofBeta = inner.finish();
  for (let k = 0; k < ofAlpha.nodes.length; k++) {
    for (let j = starts[k]; j < starts[k + 1]; j++)
      ofBeta.nodes[j] = drift * ofAlpha.nodes[k] + rest * ofBeta.nodes[j];
    ofAlpha.nodes[k] *= sa;
  }
  return { outer: ofAlpha, inner: ofBeta, starts };
}

/** Nodes and weights of rules for N(0, 1), one after the other. */
function gaussianNodes() {
  let nodes = new Float64Array(4096);
  let weights = new Float64Array(4096);
  let density = new Float64Array(4096);
  let count = 0;

  const add = (node: number, weight: number): void => {
    if (count === nodes.length) {
      nodes = enlarged(nodes);
      weights = enlarged(weights);
      density = enlarged(density);
    }
    nodes[count] = node;
    weights[count++] = weight;
  };

  const rule = {
    count: () => count,
    clear() {
      count = 0;
      return rule;
    },
    /** All weight at 0. */
    addPoint: () => add(0, Math.sqrt(2 * Math.PI)),
    addTrapezoid() {
      const reach = Math.floor(RANGE / STEP);
      for (let k = -reach; k <= reach; k++) add(STEP * k, STEP);
    },
    /** Panels between breakpoints, halved until they fit. */
    addPanels(breakpoints: readonly number[], fits: (from: number, to: number) => boolean) {
      const inside = breakpoints.filter((x) => Math.abs(x) < RANGE);
      const hard = [...new Set([-RANGE, -TAIL, ...inside, TAIL, RANGE])].sort((x, y) => x - y);
      const ends = bisected(hard, (from, to) => {
        const widest = from >= TAIL || to <= -TAIL ? 2 * WIDEST : WIDEST;
        return to - from <= widest && fits(from, to);
      });
      const unit = gaussLegendre(NODES);
      for (let p = 1; p < ends.length; p++) {
        const half = 0.5 * (ends[p] - ends[p - 1]);
        const centre = 0.5 * (ends[p] + ends[p - 1]);
        for (let k = 0; k < NODES; k++) add(centre + half * unit.nodes[k], half * unit.weights[k]);
      }
    },
    /** With the density of N(0, 1) in the weights. */
    finish(): Rule {
      normalDensities(nodes.subarray(0, count), density.subarray(0, count));
      for (let k = 0; k < count; k++) weights[k] *= density[k];
      return { nodes: nodes.subarray(0, count), weights: weights.subarray(0, count) };
    },
  };
  return rule;
}

function enlarged(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(2 * values.length);
  larger.set(values);
  return larger;
}
