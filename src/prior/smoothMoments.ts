import type { Activation } from '../activations/activation.js';
import { correlation } from '../activations/pairs/correlation.js';
import { InputError } from '../numerics/errors.js';
import type { Rule } from '../numerics/quadrature.js';
import { twoDigits } from '../numerics/shown.js';

/** Standard deviations that the grid of a pair covers, and that of products with Hermite polynomials. */
const [RANGE, SERIES_RANGE] = [9, 12];
/**
 * The trapezoidal rule errs by exp(−2πd/h), d the distance of the nearest pole of φ from the real axis in
 * units of z: tanh has 1.57/σ; and φ⁴, whose pole is of fourth order, by (2πd/h)³/6 times as much.
 */
const FINEST_POLE = 0.25;
/** Orders of the Hermite series, and points in a standard deviation, which resolve the last of them. */
const [ORDERS, SERIES_DENSITY] = [64, 6];
/** What a series may leave out, relative to √(⟨ψ_α²⟩⟨χ_β²⟩) of its factors ψ and χ. */
const TOLERANCE = 1e-13;

/**
 * ⟨φ_αᵖφ_β⁴⁻ᵖ⟩ of a smooth φ: by Mehler's formula Σ_n c_n⁽ᵖ⁾(σ_α) c_n⁽⁴⁻ᵖ⁾(σ_β) ρⁿ with the Hermite
 * coefficients c⁽ᵖ⁾ of φᵖ, which pairs of the same point share; on a grid in two dimensions, a hundred times
 * as long, where |ρ| is too near one for as many orders as there are.
 */
export function smoothMoments(activation: Activation): (a: number, b: number, c: number) => Float64Array {
  const known = new Map<number, Expansion>();
  const expansionOf = (variance: number): Expansion => {
    const before = known.get(variance);
    if (before) return before;
    const expansion = expand(activation, Math.sqrt(variance));
    known.set(variance, expansion);
    return expansion;
  };
  return (a, b, c) => {
    checkVariance(activation, Math.max(a, b));
    const [left, right] = [expansionOf(a), expansionOf(b)];
    const rho = correlation(c, Math.sqrt(a) * Math.sqrt(b));
    const reach = Math.abs(rho) ** ORDERS;
    const isLeftOut = (p: number) => !(reach * left.tails[p] * right.tails[4 - p] <= TOLERANCE);
    if ([1, 2, 3].some(isLeftOut)) return momentsOnGrid(activation, a, b, c);
    const [x, y] = [left.coefficients, right.coefficients];
    return Float64Array.of(
      right.fourth,
      sum(x[1], y[3], rho),
      sum(x[2], y[2], rho),
      sum(x[3], y[1], rho),
      left.fourth,
    );
  };
}

function sum(x: Float64Array, y: Float64Array, rho: number): number {
  let total = 0;
  for (let n = ORDERS - 1; n >= 0; n--) total = total * rho + x[n] * y[n];
  return total;
}

/** φᵖ of one point in Hermite polynomials He_n/√n!. */
interface Expansion {
  /** of φᵖ, p = 1, 2, 3 */
  readonly coefficients: readonly Float64Array[];
  /** √(T/⟨φ²ᵖ⟩), T what the coefficients lack of ⟨φ²ᵖ⟩ */
  readonly tails: readonly number[];
  /** ⟨φ⁴⟩ */
  readonly fourth: number;
}

function expand({ value }: Activation, sigma: number): Expansion {
  const { nodes, weights } = gaussianTrapezoid(Math.max(SERIES_DENSITY, densityFor(sigma)), SERIES_RANGE);
  const phi = nodes.map((z) => sigma * z);
  value(phi, phi);
  const coefficients = Array.from({ length: 4 }, () => new Float64Array(ORDERS));
  const squares = [0, 0, 0, 0];
  nodes.forEach((z, k) => {
    let [last, he] = [0, weights[k]];
    const powers = [1, phi[k], phi[k] ** 2, phi[k] ** 3];
    for (let p = 1; p <= 3; p++) squares[p] += weights[k] * powers[p] ** 2;
    // √(n+1) h_{n+1} = z h_n − √n h_{n−1}
    for (let n = 0; n < ORDERS; n++) {
      for (let p = 1; p <= 3; p++) coefficients[p][n] += he * powers[p];
      [last, he] = [he, (z * he - Math.sqrt(n) * last) / Math.sqrt(n + 1)];
    }
  });
  const tails = coefficients.map((c, p) => {
    const rest = squares[p] - c.reduce((total, x) => total + x * x, 0);
    return p > 0 && squares[p] > 0 ? Math.sqrt(Math.max(0, rest) / squares[p]) : 0;
  });
  return { coefficients, tails, fourth: squares[2] };
}

const rules = new Map<number, Rule>();

/** Trapezoidal rule of N(0, 1) with a step of 1/density up to `range` standard deviations. */
function gaussianTrapezoid(density: number, range: number): Rule {
  const key = density * 100 + range;
  const known = rules.get(key);
  if (known) return known;
  const reach = Math.ceil(range * density);
  const nodes = Float64Array.from({ length: 2 * reach + 1 }, (_, k) => (k - reach) / density);
  const weights = nodes.map((x) => Math.exp(-0.5 * x * x) / (density * Math.sqrt(2 * Math.PI)));
  const rule = { nodes, weights };
  rules.set(key, rule);
  return rule;
}

const densityFor = (sigma: number): number => Math.max(2.5, Math.ceil((2 * sigma) / FINEST_POLE) / 2);

/**
 * The rule has as many points as σ is large, in two dimensions: from this variance on, a pair takes a second.
 */
const LARGEST = 1e4;

/** @throws InputError for variances that would take too long */
function checkVariance({ name }: Activation, variance: number): void {
  if (variance <= LARGEST) return;
  throw new InputError(
    `activation ${name}: fluctuations of kernels at variance ${twoDigits(variance)} take too long by quadrature; scale X to about 1, or lower weightVariance or biasVariance`,
  );
}

/** h_α = σ_α u, h_β = σ_β(ρu + √(1−ρ²) w) on a grid in (u, w). */
function momentsOnGrid(activation: Activation, a: number, b: number, c: number): Float64Array {
  const [sa, sb] = [Math.sqrt(a), Math.sqrt(b)];
  const rho = correlation(c, sa * sb);
  const rest = sb * Math.sqrt((1 - rho) * (1 + rho));
  const outer = gaussianTrapezoid(densityFor(Math.max(sa, sb)), RANGE);
  const inner =
    rest > 1e-8 * sb && rest > 0
      ? gaussianTrapezoid(densityFor(rest), RANGE)
      : { nodes: Float64Array.of(0), weights: Float64Array.of(1) };
  const x = outer.nodes.map((u) => sa * u);
  activation.value(x, x);
  const y = new Float64Array(inner.nodes.length);
  const moments = new Float64Array(5);
  outer.nodes.forEach((u, k) => {
    for (let j = 0; j < y.length; j++) y[j] = sb * rho * u + rest * inner.nodes[j];
    activation.value(y, y);
    const m = [0, 0, 0, 0, 0];
    for (let j = 0; j < y.length; j++) {
      let power = inner.weights[j];
      for (let q = 0; q <= 4; q++, power *= y[j]) m[q] += power;
    }
    let power = outer.weights[k];
    for (let p = 0; p <= 4; p++, power *= x[k]) moments[p] += power * m[4 - p];
  });
  return moments;
}
