import { elementary } from './kernels/elementary.js';
import { gaussLegendre } from './quadrature.js';

/** Density of N(0, 1). */
export const normalDensity = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

/** The same of many x, into `out`. */
export function normalDensities(x: Float64Array, out: Float64Array): Float64Array {
  for (let i = 0; i < x.length; i++) out[i] = -0.5 * x[i] * x[i];
  elementary('exp', out);
  for (let i = 0; i < x.length; i++) out[i] /= Math.sqrt(2 * Math.PI);
  return out;
}

/** P(U > x) of U ~ N(0, 1), in place; absolute error 1e−16. */
export function upperTails(x: Float64Array): Float64Array {
  for (let i = 0; i < x.length; i++) x[i] *= Math.SQRT1_2;
  elementary('erf', x);
  for (let i = 0; i < x.length; i++) x[i] = 0.5 - 0.5 * x[i];
  return x;
}

/** Correlations from which the series is used instead of the integral. */
const CLOSE = 0.9;
/** Nodes of the integral for correlations up to a bound, and terms of the series. */
const NODES: readonly (readonly [bound: number, nodes: number])[] = [
  [0.3, 6],
  [0.45, 8],
  [0.65, 10],
  [0.8, 14],
  [CLOSE, 16],
];
const TERMS = 26;
const NEGLIGIBLE = 2e-17;

/**
 * P(U > x, V > y) of normal U and V with correlation ρ, given u = P(U > x) and v = P(V > y); absolute error
 * 1e−15. From the derivative with respect to ρ, which is the density at (x, y) (Plackett 1954): an integral
 * from independence, or for |ρ| > 0.9 from U = ±V.
 */
export function orthant(x: number, y: number, rho: number, u: number, v: number): number {
  if (u === 0 || v === 0) return 0;
  if (x === Number.NEGATIVE_INFINITY) return v;
  if (y === Number.NEGATIVE_INFINITY) return u;
  if (rho > CLOSE) return Math.min(u, v) - lostFromEqual(x, y, rho);
  if (rho < -CLOSE) return Math.max(0, u + v - 1) + lostFromEqual(x, -y, -rho);
  return u * v + gainedFromIndependent(x, y, rho);
}

/**
 * (1/2π) ∫ exp(−(x² + y² − 2xy sin θ)/(2 cos² θ)) dθ from 0 to arcsin ρ, in tan(θ/2), where it needs no
 * trigonometry.
 */
function gainedFromIndependent(x: number, y: number, rho: number): number {
  const size = Math.abs(rho);
  const { nodes, weights } = gaussLegendre(
    (NODES.find(([bound]) => size <= bound) ?? NODES[NODES.length - 1])[1],
  );
  const half = (0.5 * rho) / (1 + Math.sqrt((1 - rho) * (1 + rho)));
  const squares = 0.5 * (x * x + y * y);
  const product = x * y;
  let sum = 0;
  for (let k = 0; k < nodes.length; k++) {
    const t = half * (1 + nodes[k]);
    const more = 1 + t * t;
    const cosine = (1 - t * t) / more;
    const sine = (2 * t) / more;
    sum += (weights[k] / more) * Math.exp((product * sine - squares) / (cosine * cosine));
  }
  return (half * sum) / Math.PI;
}

/** k u_k of 1/(1 + √(1−w)) = Σ u_k wᵏ = ½ Σ C_k (w/4)ᵏ with the numbers of Catalan. */
const CATALAN = (() => {
  const result = new Float64Array(TERMS);
  let u = 0.5;
  for (let k = 1; k < TERMS; k++) {
    u *= (4 * k - 2) / (4 * (k + 1));
    result[k] = k * u;
  }
  return result;
})();

const series = new Float64Array(TERMS);

/**
 * (1/2π) ∫ exp(−(x−y)²/2s²) exp(−xy/(1 + √(1−s²)))/√(1−s²) ds from 0 to √(1−ρ²): what P(U > x, V > y) lacks
 * to its value at ρ = 1. The second factor is a power series in s², the moments of the first follow from one
 * another by parts.
 */
function lostFromEqual(x: number, y: number, rho: number): number {
  const square = (1 - rho) * (1 + rho);
  const end = Math.sqrt(square);
  const delta = x - y;
  const exponent = (0.5 * delta * delta) / square;
  // Also where the points agree and x = y.
  if (!(square > 0) || exponent > 80) return 0;
  const product = x * y;
  const edge = Math.exp(-exponent);
  scratch[0] = Math.abs(delta) / end;
  let moment = end * edge - Math.abs(delta) * Math.sqrt(2 * Math.PI) * upperTails(scratch)[0];
  let power = end * edge;
  series[0] = Math.exp(-0.5 * product);
  let sum = series[0] * moment;
  let latest = sum;
  for (let n = 1; n < TERMS; n++) {
    let coefficient = 0;
    for (let k = 1; k <= n; k++) coefficient += (0.5 - product * CATALAN[k]) * series[n - k];
    series[n] = coefficient / n;
    power *= square;
    moment = (power - delta * delta * moment) / (2 * n + 1);
    const term = series[n] * moment;
    sum += term;
    // Two in a row, for one alone may pass through zero.
    if (Math.abs(term) + Math.abs(latest) < NEGLIGIBLE) break;
    latest = term;
  }
  return sum / (2 * Math.PI);
}

const scratch = new Float64Array(1);
