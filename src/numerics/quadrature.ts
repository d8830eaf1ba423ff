/** Nodes and weights of a quadrature rule. */
export interface Rule {
  readonly nodes: Float64Array;
  readonly weights: Float64Array;
}

const legendreRules = new Map<number, Rule>();

/** Gauss–Legendre rule with n nodes on [−1, 1], by Newton's method on the Legendre recurrence. */
export function gaussLegendre(n: number): Rule {
  const known = legendreRules.get(n);
  if (known) return known;
  const nodes = new Float64Array(n);
  const weights = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let x = Math.cos((Math.PI * (n - i - 0.25)) / (n + 0.5));
    let slope = 1;
    for (let iteration = 0; iteration < 100; iteration++) {
      let previous = 1;
      let current = x;
      for (let k = 2; k <= n; k++)
        [previous, current] = [current, ((2 * k - 1) * x * current - (k - 1) * previous) / k];
      slope = (n * (x * current - previous)) / (x * x - 1);
      const step = current / slope;
      x -= step;
      if (Math.abs(step) < 1e-16) break;
    }
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  const rule = { nodes, weights };
  legendreRules.set(n, rule);
  return rule;
}

/** Gauss–Legendre rule of `order` nodes on every interval between successive breakpoints. */
export function compositeRule(breakpoints: readonly number[], order: number): Rule {
  const unit = gaussLegendre(order);
  const panels = breakpoints.length - 1;
  const nodes = new Float64Array(panels * order);
  const weights = new Float64Array(panels * order);
  for (let p = 0; p < panels; p++) {
    const half = 0.5 * (breakpoints[p + 1] - breakpoints[p]);
    const centre = 0.5 * (breakpoints[p + 1] + breakpoints[p]);
    for (let k = 0; k < order; k++) {
      nodes[p * order + k] = centre + half * unit.nodes[k];
      weights[p * order + k] = half * unit.weights[k];
    }
  }
  return { nodes, weights };
}

/**
 * A place near which an integrand varies over `width` instead of over one; also a breakpoint (a kink may be
 * there).
 */
export interface Feature {
  readonly position: number;
  readonly width: number;
}

/**
 * Breakpoints on [−range, range]: every feature is one, panels next to it are as wide as it is and grow by
 * half their width with the distance, up to `widest`.
 */
export function gradedPanels(features: readonly Feature[], range: number, widest: number): number[] {
  const inside = features.filter(({ position }) => Math.abs(position) < range);
  const fixed = [...new Set([-range, ...inside.map(({ position }) => position), range])].sort(
    (a, b) => a - b,
  );
  const width = (x: number) =>
    Math.max(
      1e-12,
      inside.reduce((best, f) => Math.min(best, f.width + 0.5 * Math.abs(x - f.position)), widest),
    );
  const breakpoints: number[] = [-range];
  for (let k = 1; k < fixed.length; k++) {
    const end = fixed[k];
    for (let x = fixed[k - 1]; ; ) {
      // The width of the nearer end decides, so that panels shrink towards a feature from both sides.
      const forward = width(x);
      const step = Math.min(forward, Math.max(1e-12, width(x + forward) / 1.25, 0.5 * forward));
      if (x + 1.5 * step >= end) break;
      x += step;
      breakpoints.push(x);
    }
    breakpoints.push(end);
  }
  return breakpoints;
}

/** Breakpoints with every interval between them halved until it fits. */
export function bisected(
  breakpoints: readonly number[],
  fits: (from: number, to: number) => boolean,
): number[] {
  const ends = (from: number, to: number): number[] => {
    const middle = 0.5 * (from + to);
    return fits(from, to) || !(from < middle && middle < to)
      ? [to]
      : [...ends(from, middle), ...ends(middle, to)];
  };
  return breakpoints.flatMap((to, k) => (k === 0 ? [to] : ends(breakpoints[k - 1], to)));
}

/**
 * Coefficients of the Chebyshev polynomials T_0 … T_{n−1} on [from, to] that agree with f at their n roots.
 */
export function chebyshevCoefficients(
  n: number,
  from: number,
  to: number,
  f: (x: Float64Array) => Float64Array,
): Float64Array {
  const angle = (k: number) => (Math.PI * (k + 0.5)) / n;
  const values = f(
    Float64Array.from({ length: n }, (_, k) => 0.5 * (from + to) + 0.5 * (to - from) * Math.cos(angle(k))),
  );
  return Float64Array.from({ length: n }, (_, m) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += values[k] * Math.cos(m * angle(k));
    return ((m === 0 ? 1 : 2) * sum) / n;
  });
}

/** The density of N(0, 1) times `rule`, in place. */
export function withGaussianWeight(rule: Rule): Rule {
  for (let i = 0; i < rule.nodes.length; i++) {
    rule.weights[i] *= Math.exp(-0.5 * rule.nodes[i] * rule.nodes[i]) / Math.sqrt(2 * Math.PI);
  }
  return rule;
}
