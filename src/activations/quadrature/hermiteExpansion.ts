import { InputError } from '../../numerics/errors.js';
import type { LinearAlgebra } from '../../numerics/linearAlgebra.js';
import { allocate, type Matrix, zeros } from '../../numerics/matrix.js';
import { evaluate, type Nonlinearity } from '../nonlinearity.js';
import { STEP } from '../pairs/hermite.js';
import type { PairExpectations } from '../pairs/pairFormula.js';
import { type HermiteRule, hermiteRule, ladderStep, ORDERS, RANGE } from './hermiteRule.js';
import { type Expansion, interpolatedExpansion } from './interpolatedExpansion.js';
import { kinkedPanel } from './kinkedPanels.js';

/**
 * Of the standard deviations up to a step of the ladder, those that a rule is tried at: its error varies
 * smoothly with them.
 */
const PROBES = [1, 0.75, 0.5, 0.2, 0.05];
const MAX_REFINEMENTS = 4;
/** Largest relative disagreement of two rules that is accepted. */
const AGREEMENT = 1e-12;

/**
 * The Hermite coefficients of φ and φ' at every standard deviation (theory §2), by composite Gauss–Legendre
 * quadrature in z, at a few standard deviations between which those of many points are interpolated. ⟨φ²⟩ and ⟨φ'²⟩ are computed again with panels of half the width; panels are refined until
 * the two agree.
 *
 * @throws InputError if they do not agree to 1e-12 after four refinements, or an expectation is not finite
 */
export function expandInHermite(
  phi: Nonlinearity,
  variances: Float64Array,
  algebra: LinearAlgebra,
): PairExpectations {
  const sigma = allocate(variances.length);
  for (let i = 0; i < sigma.length; i++) sigma[i] = Math.sqrt(variances[i]);
  const direct = (at: Float64Array) => expansionAt(phi, at, algebra);
  const { value, derivative, moments } = interpolatedExpansion(direct, sigma, algebra) ?? direct(sigma);
  const [a, b] = [value.data, derivative.data];
  const [square, slopeSquare, diagonalSlope] = moments;
  const orders = value.columns;
  return {
    kind: 'hermite',
    parameters: [orders, parityOf(value, square)],
    points: [sigma, a, b, tails(a, square, orders), tails(b, slopeSquare, orders)],
    diagonal: square,
    diagonalSlope,
  };
}

/** By quadrature at every standard deviation. */
function expansionAt(phi: Nonlinearity, sigma: Float64Array, algebra: LinearAlgebra): Expansion {
  const { hermite, value, derivative, moments } = sampleToAccuracy(phi, sigma);
  const coefficients = (samples: Matrix): Matrix => {
    const into = { rows: sigma.length, columns: ORDERS, data: allocate(sigma.length * ORDERS) };
    return algebra.gemm(samples, hermite.basis(), { into });
  };
  return { value: coefficients(value), derivative: coefficients(derivative), moments };
}

/** Part of ⟨φ²⟩ that is rounding: by Cauchy and Schwarz a pair changes by no more if it is left out. */
const ROUNDING = 1e-15;

/**
 * 0 where beyond the linear term φ is even at every standard deviation, 1 where beyond its mean it is odd,
 * otherwise 2.
 */
function parityOf({ data, columns }: Matrix, whole: Float64Array): number {
  let even = true;
  let odd = true;
  for (let i = 0; i < whole.length && (even || odd); i++) {
    let ofEven = 0;
    let ofOdd = 0;
    for (let n = i * columns + 2; n < (i + 1) * columns; n += 2) {
      ofEven += data[n] * data[n];
      ofOdd += data[n + 1] * data[n + 1];
    }
    even &&= ofOdd <= ROUNDING * whole[i];
    odd &&= ofEven <= ROUNDING * whole[i];
  }
  return even ? 0 : odd ? 1 : 2;
}

interface Samples {
  readonly hermite: HermiteRule;
  readonly value: Matrix;
  readonly derivative: Matrix;
  /** ⟨φ²⟩, ⟨φ'²⟩, ⟨φ'² + φφ''⟩ = ⟨hφφ'⟩/σ² of each point */
  readonly moments: Float64Array[];
}

function sample(phi: Nonlinearity, sigma: Float64Array, refinement: number, step: number): Samples {
  const hermite = hermiteRule(
    phi.kinks.some((kink) => kink !== 0),
    step,
    refinement,
  );
  const { nodes } = hermite.rule;
  const count = nodes.length;
  const value = zeros(sigma.length, count);
  const derivative = zeros(sigma.length, count);
  for (let i = 0; i < sigma.length; i++) {
    for (let m = 0; m < count; m++) value.data[i * count + m] = sigma[i] * nodes[m];
  }
  evaluate(phi, value.data, value.data, derivative.data);
  const moments = Array.from({ length: 3 }, () => allocate(sigma.length));
  for (let i = 0; i < sigma.length; i++) {
    const row = (matrix: Matrix) => matrix.data.subarray(i * count, (i + 1) * count);
    momentsOf(phi, sigma[i], hermite, row(value), row(derivative)).forEach((moment, k) => {
      moments[k][i] = moment;
    });
    moments[2][i] = sigma[i] > 0 ? moments[2][i] / sigma[i] : pointSlope(phi);
  }
  return { hermite, value, derivative, moments };
}

/**
 * ∫φ², ∫φ'² and ∫zφφ' of one point. Values in panels that kinks cut are replaced by those that integrate
 * right against polynomials.
 */
function momentsOf(
  phi: Nonlinearity,
  sigma: number,
  { rule: { nodes, weights }, breakpoints, order }: HermiteRule,
  value: Float64Array,
  derivative: Float64Array,
): number[] {
  const kinks = sigma > 0 ? phi.kinks.map((kink) => kink / sigma).sort((x, y) => x - y) : [];
  const sums = [0, 0, 0];
  for (let p = 0; p + 1 < breakpoints.length; p++) {
    const [from, to] = [breakpoints[p], breakpoints[p + 1]];
    const inside = kinks.filter((z) => z > from && z < to);
    if (inside.length > 0) {
      const panel = kinkedPanel(phi, sigma, from, to, inside, order);
      panel.moments.forEach((moment, k) => {
        sums[k] += moment;
      });
      value.set(panel.value, p * order);
      derivative.set(panel.derivative, p * order);
      continue;
    }
    for (let m = p * order; m < (p + 1) * order; m++) {
      sums[0] += weights[m] * value[m] * value[m];
      sums[1] += weights[m] * derivative[m] * derivative[m];
      sums[2] += weights[m] * nodes[m] * value[m] * derivative[m];
    }
  }
  return sums;
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

/** @throws InputError if φ² outgrows the Gaussian, so that what lies beyond RANGE matters */
function checkEdges(
  { name }: Nonlinearity,
  sigma: Float64Array,
  { hermite: { rule }, value, moments: [square] }: Samples,
): void {
  const count = rule.nodes.length;
  square.forEach((whole, i) => {
    const edge = [0, count - 1].reduce((sum, m) => sum + rule.weights[m] * value.data[i * count + m] ** 2, 0);
    if (edge > 1e-14 * whole) {
      throw new InputError(
        `activation ${name}: at a variance of ${variance(sigma[i])} ⟨φ²⟩ is not finite, or lies beyond ${RANGE} standard deviations; ${TOO_FAST}`,
      );
    }
  });
}

const TOO_FAST = 'φ grows too fast: lower weightVariance, or take fewer layers';
const variance = (sigma: number): number => Number((sigma * sigma).toPrecision(3));

/**
 * Refinements found good for all standard deviations up to a step of the ladder, whatever was asked before.
 */
const settled = new WeakMap<Nonlinearity, Map<number, number>>();

function sampleToAccuracy(phi: Nonlinearity, sigma: Float64Array): Samples {
  // A solver may try variances that are none: their points become NaN, and no rule can be fit for them.
  const largest = sigma.reduce((most, x) => (x > most && x < Number.POSITIVE_INFINITY ? x : most), 0);
  const step = ladderStep(largest);
  const known = settled.get(phi) ?? new Map<number, number>();
  settled.set(phi, known);
  const refinement = known.get(step) ?? refinementUpTo(phi, step);
  if (refinement !== undefined) known.set(step, refinement);
  // What grows fast may be finite for these standard deviations and not up to the step above them.
  return sample(phi, sigma, refinement ?? refinementFor(phi, step, largest), step);
}

function refinementUpTo(phi: Nonlinearity, step: number): number | undefined {
  try {
    return refinementFor(phi, step, step);
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** The halvings of the panels after which halving them again changes no moment. */
function refinementFor(phi: Nonlinearity, step: number, largest: number): number {
  const few = Float64Array.from(PROBES, (fraction) => fraction * largest);
  let coarse = sample(phi, few, 0, step);
  let error = Number.NaN;
  for (let refinement = 0; refinement < MAX_REFINEMENTS; refinement++) {
    const fine = sample(phi, few, refinement + 1, step);
    error = disagreement(coarse, fine);
    checkEdges(phi, few, coarse);
    if (error <= AGREEMENT) return refinement;
    if (!Number.isFinite(error)) {
      throw new InputError(
        `activation ${phi.name}: at a variance of ${variance(largest)} a Gaussian expectation is not finite; ${TOO_FAST}`,
      );
    }
    coarse = fine;
  }
  throw new InputError(
    `activation ${phi.name}: quadrature at a variance of ${variance(largest)} reached a relative accuracy of only ${error.toExponential(1)}; ` +
      'φ varies too fast or jumps: write jumps of slope in formulas by abs, relu, max or min; defineActivation takes `kinks`',
  );
}

/**
 * √(T(n)/whole) at every STEP-th order n, 0 and `orders` included. The difference whole − Σ_{m<n} cannot be
 * resolved below rounding, so the sum of the remaining known coefficients is used there, plus what lies
 * beyond the last order.
 */
export function tails(coefficients: Float64Array, whole: Float64Array, orders: number): Float64Array {
  const steps = orders / STEP;
  const result = allocate(whole.length * (steps + 1));
  for (let i = 0; i < whole.length; i++) {
    let known = 0;
    for (let n = (i + 1) * orders - 1; n >= i * orders; n--) known += coefficients[n] * coefficients[n];
    const beyond = Math.max(0, whole[i] - known);
    let tail = beyond < 1e-14 * whole[i] ? 0 : beyond;
    for (let k = steps; k >= 0; k--) {
      for (let n = k * STEP; n < Math.min(orders, (k + 1) * STEP); n++)
        tail += coefficients[i * orders + n] * coefficients[i * orders + n];
      result[i * (steps + 1) + k] = whole[i] > 0 ? Math.sqrt(tail / whole[i]) : 0;
    }
  }
  return result;
}
