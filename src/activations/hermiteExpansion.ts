import { InputError } from '../numerics/errors.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import { allocate, type Matrix, zeros } from '../numerics/matrix.js';
import { compositeRule, gradedPanels, type Rule, withGaussianWeight } from '../numerics/quadrature.js';
import { STEP } from './pairs/hermite.js';
import type { PairExpectations } from './pairs/pairExpectations.js';

/** Terms of the series; entries that need more are left to two-dimensional quadrature. */
const ORDERS = 256;
/** Standard deviations covered: e^{−13²/2} = 2e−37. */
const RANGE = 13;
const NODES_PER_PANEL = 12;
const MAX_REFINEMENTS = 4;
/** Largest relative disagreement of two rules that is accepted. */
const AGREEMENT = 1e-12;

/** A nonlinearity seen by quadrature: values, derivatives, and where its derivatives jump. */
export interface Nonlinearity {
  readonly name: string;
  readonly kinks: readonly number[];
  value(h: Float64Array, out: Float64Array): void;
  derivative(h: Float64Array, out: Float64Array): void;
}

/**
 * The Hermite coefficients of φ and φ' at every standard deviation (theory §2), by composite Gauss–Legendre quadrature
 * in z. ⟨φ²⟩ and ⟨φ'²⟩ are computed again with panels of half the width; panels are refined until the two agree.
 *
 * @throws InputError if they do not agree to 1e-12 after four refinements, or an expectation is not finite
 */
export function expandInHermite(phi: Nonlinearity, variances: Float64Array, algebra: LinearAlgebra): PairExpectations {
  const sigma = allocate(variances.length);
  for (let i = 0; i < sigma.length; i++) sigma[i] = Math.sqrt(variances[i]);
  const movingKinks = phi.kinks.some((kink) => kink !== 0);
  const groups = movingKinks ? Array.from(sigma, (_, i) => [i, i + 1]) : [[0, sigma.length]];
  const a = allocate(sigma.length * ORDERS);
  const b = allocate(sigma.length * ORDERS);
  const moments = Array.from({ length: 3 }, () => allocate(sigma.length));
  for (const [from, to] of groups) expandGroup(phi, sigma, from, to, algebra, a, b, moments);
  const [square, slopeSquare, diagonalSlope] = moments;
  return {
    kind: 'hermite',
    parameters: [ORDERS],
    points: [sigma, a, b, tails(a, square), tails(b, slopeSquare)],
    diagonal: square,
    diagonalSlope,
  };
}

/** A rule with the Hermite functions at its nodes, once somebody needs them. */
interface HermiteRule {
  readonly rule: Rule;
  basis: Matrix | undefined;
}

const rules = new Map<string, HermiteRule>();
const MOST_RULES = 8;

/** Panels are as fine as the next standard deviation of a ladder needs, a fifth above the last, so that similar groups share a rule. */
const onLadder = (largest: number): number => 2 ** (Math.ceil(4 * Math.log2(Math.max(1, largest))) / 4);

/** The rule for a group; those without kinks off the origin, which move with the standard deviation, are remembered. */
function ruleFor(kinks: readonly number[], largest: number, refinement: number): HermiteRule {
  const scale = onLadder(largest);
  const key = `${kinks.includes(0)} ${scale} ${refinement}`;
  const moving = kinks.some((kink) => kink !== 0);
  const known = moving ? undefined : rules.get(key);
  if (known) return known;
  const breakpoints = panels(kinks, largest, scale, refinement);
  const made = { rule: withGaussianWeight(compositeRule(breakpoints, NODES_PER_PANEL)), basis: undefined };
  if (!moving) {
    if (rules.size >= MOST_RULES) rules.delete(rules.keys().next().value as string);
    rules.set(key, made);
  }
  return made;
}

/** Breakpoints fit for all standard deviations of the group: as fine as the largest needs. Kinks off the origin come alone. */
function panels(kinks: readonly number[], largest: number, scale: number, refinement: number): number[] {
  const width = 0.5 / scale;
  const positions = kinks.includes(0) ? kinks : [0, ...kinks];
  const features = positions.map((kink) => ({ position: largest > 0 ? kink / largest : 0, width }));
  let breakpoints = gradedPanels(features, RANGE, 0.5);
  for (let k = 0; k < refinement; k++) {
    breakpoints = breakpoints.flatMap((x, i) => (i === 0 ? [x] : [0.5 * (x + breakpoints[i - 1]), x]));
  }
  return breakpoints;
}

interface Samples {
  readonly hermite: HermiteRule;
  readonly value: Matrix;
  readonly derivative: Matrix;
  /** ⟨φ²⟩, ⟨φ'²⟩, ⟨φ'² + φφ''⟩ = ⟨hφφ'⟩/σ² of each point */
  readonly moments: Float64Array[];
}

function sample(phi: Nonlinearity, sigma: Float64Array, refinement: number, largest: number): Samples {
  const hermite = ruleFor(phi.kinks, largest, refinement);
  const { rule } = hermite;
  const count = rule.nodes.length;
  const value = zeros(sigma.length, count);
  const derivative = zeros(sigma.length, count);
  for (let i = 0; i < sigma.length; i++) {
    for (let m = 0; m < count; m++) value.data[i * count + m] = sigma[i] * rule.nodes[m];
  }
  phi.derivative(value.data, derivative.data);
  phi.value(value.data, value.data);
  const moments = Array.from({ length: 3 }, () => new Float64Array(sigma.length));
  for (let i = 0; i < sigma.length; i++) {
    for (let m = 0; m < count; m++) {
      const v = value.data[i * count + m];
      const d = derivative.data[i * count + m];
      moments[0][i] += rule.weights[m] * v * v;
      moments[1][i] += rule.weights[m] * d * d;
      if (sigma[i] > 0) moments[2][i] += (rule.weights[m] * rule.nodes[m] * v * d) / sigma[i];
    }
    if (sigma[i] === 0) moments[2][i] = pointSlope(phi);
  }
  return { hermite, value, derivative, moments };
}

/** φ'(0)² + φ(0) φ''(0), what the diagonal slope tends to without variance. */
function pointSlope(phi: Nonlinearity): number {
  const step = 1e-3;
  const values = new Float64Array([0]);
  const slopes = new Float64Array([-step, 0, step]);
  phi.value(values, values);
  phi.derivative(slopes, slopes);
  return slopes[1] ** 2 + (values[0] * (slopes[2] - slopes[0])) / (2 * step);
}

function disagreement(x: Samples, y: Samples): number {
  let largest = 0;
  for (const k of [0, 1]) {
    for (let i = 0; i < x.moments[k].length; i++) {
      const scale = Math.abs(y.moments[k][i]);
      if (scale > 0) largest = Math.max(largest, Math.abs(x.moments[k][i] - y.moments[k][i]) / scale);
      else if (Number.isNaN(scale)) return Number.NaN;
    }
  }
  return largest;
}

/** Some of the standard deviations, from the smallest to the largest: the error of a rule varies smoothly with them. */
function probes(sigma: Float64Array): Float64Array {
  const sorted = sigma.toSorted();
  const last = sorted.length - 1;
  return Float64Array.from(new Set([0, 0.25, 0.5, 0.75, 1].map((q) => sorted[Math.round(q * last)])));
}

/** @throws InputError if φ² outgrows the Gaussian, so that what lies beyond RANGE matters */
function checkEdges({ name }: Nonlinearity, { hermite: { rule }, value, moments: [square] }: Samples): void {
  const count = rule.nodes.length;
  square.forEach((whole, i) => {
    const edge = [0, count - 1].reduce((sum, m) => sum + rule.weights[m] * value.data[i * count + m] ** 2, 0);
    if (edge > 1e-14 * whole) {
      throw new InputError(
        `activation ${name}: ⟨φ²⟩ is not finite, or lies beyond ${RANGE} standard deviations; φ grows too fast`,
      );
    }
  });
}

function sampleToAccuracy(phi: Nonlinearity, sigma: Float64Array): Samples {
  const few = probes(sigma);
  const largest = few[few.length - 1];
  let coarse = sample(phi, few, 0, largest);
  let error = Number.NaN;
  for (let refinement = 1; refinement <= MAX_REFINEMENTS; refinement++) {
    const fine = sample(phi, few, refinement, largest);
    error = disagreement(coarse, fine);
    checkEdges(phi, coarse);
    if (error <= AGREEMENT) return sample(phi, sigma, refinement - 1, largest);
    if (!Number.isFinite(error)) {
      throw new InputError(`activation ${phi.name}: a Gaussian expectation is not finite; φ must grow slower than e^(h²/2)`);
    }
    coarse = fine;
  }
  throw new InputError(
    `activation ${phi.name}: quadrature reached a relative accuracy of only ${error.toExponential(1)}; ` +
      'name the places where φ or its derivative jumps in `kinks`',
  );
}

function expandGroup(
  phi: Nonlinearity,
  all: Float64Array,
  from: number,
  to: number,
  algebra: LinearAlgebra,
  a: Float64Array,
  b: Float64Array,
  moments: Float64Array[],
): void {
  const { hermite, value, derivative, moments: own } = sampleToAccuracy(phi, all.slice(from, to));
  own.forEach((moment, k) => {
    moments[k].set(moment, from);
  });
  hermite.basis ??= hermiteBasis(hermite.rule);
  const { basis } = hermite;
  const coefficients = (samples: Matrix, out: Float64Array) => {
    const into = { rows: to - from, columns: ORDERS, data: out.subarray(from * ORDERS, to * ORDERS) };
    algebra.gemm(samples, basis, { into });
  };
  coefficients(value, a);
  coefficients(derivative, b);
}

/** Column n: weight × He_n(z)/√n! at every node. */
function hermiteBasis({ nodes, weights }: Rule): Matrix {
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

/**
 * √(T(n)/whole) at every STEP-th order n, 0 and `orders` included. The difference whole − Σ_{m<n} cannot be resolved below rounding, so the sum of
 * the remaining known coefficients is used there, plus what lies beyond the last order.
 */
export function tails(coefficients: Float64Array, whole: Float64Array, orders = ORDERS): Float64Array {
  const steps = orders / STEP;
  const result = allocate(whole.length * (steps + 1));
  for (let i = 0; i < whole.length; i++) {
    const row = coefficients.subarray(i * orders, (i + 1) * orders);
    const known = row.reduce((sum, x) => sum + x * x, 0);
    const beyond = Math.max(0, whole[i] - known);
    let tail = beyond < 1e-14 * whole[i] ? 0 : beyond;
    for (let k = steps; k >= 0; k--) {
      for (let n = k * STEP; n < Math.min(orders, (k + 1) * STEP); n++) tail += row[n] * row[n];
      result[i * (steps + 1) + k] = whole[i] > 0 ? Math.sqrt(tail / whole[i]) : 0;
    }
  }
  return result;
}
