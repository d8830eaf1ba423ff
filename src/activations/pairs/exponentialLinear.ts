import { erfcx } from '../../numerics/erfcx.js';
import { gaussLegendre } from '../../numerics/quadrature.js';
import { correlation } from './correlation.js';
import type { PairExpectations, PairFormula } from './pairFormula.js';

/**
 * φ/λ = α e + (1 − α) r with e = h for h > 0, eʰ − 1 below, and r = h₊. Everything follows from Price's
 * theorem, d⟨fg⟩/dc = ⟨f'g'⟩, and e''' = e'' − δ. With the densities
 *
 *     A = ⟨δ_α e''_β⟩ = M(σ_β cos θ)/(σ_α √2π),  B = ⟨e''_α δ_β⟩,  D = ⟨δ_αδ_β⟩ = 1/(2π σ_ασ_β cos θ),  sin θ = ρ,  M(s) = ½ erfcx(s/√2),
 *
 * X = ⟨e''e''⟩ solves dX/dc = X − A − B + D, and ⟨ee⟩'' = X, ⟨er⟩'' = B, ⟨e''e⟩'' = X − A − (densities one
 * order lower), ⟨e''r⟩'' = B − D. Integrated twice they are single integrals over θ of smooth functions, from
 * independence where c is small or negative, from ρ = 1 where e^c would be large: no term exceeds the result
 * by much, at any variances and correlations.
 *
 * parameters: [α, λ]; points: [σ, M(σ), ⟨e⟩]. NaN where the integral would need more than MOST_NODES nodes. A
 * point without variance has h = 0, and e''(0) = ½, no δ.
 */
export const exponentialLinearPairs: PairFormula = {
  value(pairs, i, c, count, out, scale, shift) {
    for (let j = 0; j < count; j++) {
      evaluatePair(pairs, i, j, c[j]);
      out[j] = scale * pair[0] + shift;
    }
  },
  derivatives(pairs, i, c, count, slope, left, right) {
    for (let j = 0; j < count; j++) {
      evaluatePair(pairs, i, j, c[j]);
      slope[j] = pair[1];
      left[j] = pair[2];
      right[j] = pair[3];
    }
  },
};

/** 1/√(2π) */
const DENSITY = 1 / Math.sqrt(2 * Math.PI);

/** M(s) = ⟨eʰ 1(h < 0)⟩ for h ~ N(0, s²). */
export const exponentialTail = (s: number): number => 0.5 * erfcx(s * Math.SQRT1_2);

const SMALL = 0.5;

/** ⟨e⟩ for h ~ N(0, s²), by the power series of erfcx where the terms cancel. */
export function meanOfElu(s: number): number {
  if (s > SMALL) return s * DENSITY + exponentialTail(s) - 0.5;
  const x = s * Math.SQRT1_2;
  // The coefficients 1/Γ(n/2 + 1) follow from each other two by two.
  let [before, gamma, power, sum] = [2 / Math.sqrt(Math.PI), 1, x * x, 0];
  for (let n = 2; n < 22; n++) {
    sum += 0.5 * power * gamma;
    power *= -x;
    [before, gamma] = [gamma, before / ((n + 1) / 2)];
  }
  return sum;
}

/** eᵘ − 1 − u and eᵘ − 1. */
const growth = new Float64Array(2);

function grow(u: number): void {
  if (Math.abs(u) > SMALL) {
    growth[1] = Math.exp(u) - 1;
    growth[0] = growth[1] - u;
    return;
  }
  let sum = 0;
  for (let k = 14; k > 2; k--) sum = (sum + 1) * (u / k);
  growth[0] = 0.5 * u * u * (1 + sum);
  growth[1] = growth[0] + u;
}

/** From this covariance on, integrals begin at ρ = 1. */
const FAR = 1;

/** Nodes for σ_ασ_β up to a bound, of which and of the larger σ the integrand's width is made. */
const NODES: readonly (readonly [bound: number, nodes: number])[] = [
  [1, 12],
  [4, 16],
  [16, 24],
  [50, 32],
  [150, 48],
  [400, 80],
  [1200, 128],
  [5000, 256],
  [20000, 512],
];

/** Of the latest pair: ⟨φφ⟩, ⟨φ'φ'⟩, ⟨φ''φ⟩, ⟨φφ''⟩. */
const pair = new Float64Array(4);
/** Its integrals: of G = A + B − D against eᵘ − 1 − u and eᵘ − 1, of A and B against u and 1. */
const integrals = new Float64Array(6);

function integrate(
  s: number,
  t: number,
  c: number,
  from: number,
  to: number,
  nodes: number,
  backwards: boolean,
): void {
  const rule = gaussLegendre(nodes);
  const half = 0.5 * (to - from);
  integrals.fill(0);
  if (half === 0) return;
  for (let k = 0; k < nodes; k++) {
    const angle = from + half * (1 + rule.nodes[k]);
    const cosine = Math.cos(angle);
    const weight = half * rule.weights[k];
    const past = c - s * t * Math.sin(angle);
    const a = weight * DENSITY * t * cosine * exponentialTail(t * cosine);
    const b = weight * DENSITY * s * cosine * exponentialTail(s * cosine);
    const g = a + b - weight * DENSITY * DENSITY;
    const u = backwards ? -past : past;
    grow(past);
    integrals[0] += g * growth[0];
    integrals[1] += g * growth[1];
    integrals[2] += u * a;
    integrals[3] += u * b;
    integrals[4] += a;
    integrals[5] += b;
  }
}

function evaluatePair({ parameters, points }: PairExpectations, i: number, j: number, c: number): void {
  const [sigma, tail, mean] = points;
  const [alpha, scale] = parameters;
  const [s, t, m, n, e, f] = [sigma[i], sigma[j], tail[i], tail[j], mean[i], mean[j]];
  const most = s * t;
  const width = Math.max(most, 2 * s, 2 * t);
  const nodes = NODES.find(([bound]) => width <= bound)?.[1];
  if (nodes === undefined || Number.isNaN(c)) {
    pair.fill(Number.NaN);
    return;
  }
  const rho = correlation(c, most);
  const rest =
    Math.abs(rho) === 1 || most === 0 ? (most === 0 ? 1 : 0) : Math.sqrt((most - c) * (most + c)) / most;
  const theta = Math.atan2(rho, rest);
  const quarter = 0.5 * Math.PI + theta;
  // ⟨rr⟩ and ⟨r'r'⟩ (Cho and Saul 2009)
  const lines = (most * (rest + rho * quarter)) / (2 * Math.PI);
  const turns = quarter / (2 * Math.PI);
  const far = c > FAR;
  integrate(s, t, c, far ? theta : 0, far ? 0.5 * Math.PI : theta, nodes, far);
  const [growthG, slopeG, momentA, momentB, areaA, areaB] = integrals;
  const [overS, overT] = [s === 0 ? 0 : DENSITY / s, t === 0 ? 0 : DENSITY / t];
  let [ee, slopes, er, re, erSlope, reSlope] = [0, 0, 0, 0, 0, 0];
  let [curveE, eCurve, curveR, rCurve] = [0, 0, 0, 0];
  if (far) {
    const end = exponentialTail(s + t);
    const left = most - c;
    grow(-left);
    const twice = end * growth[0] + growthG;
    ee = 0.5 * most + (end - m - n + 0.5) - left * (0.5 + end) + twice;
    slopes = 0.5 + end + end * growth[1] + slopeG;
    [er, re, erSlope, reSlope] = [0.5 * c + momentB, 0.5 * c + momentA, 0.5 - areaB, 0.5 - areaA];
    curveE = end - m - left * end + twice + 0.5 * overS * left - momentA + areaA;
    eCurve = end - n - left * end + twice + 0.5 * overT * left - momentB + areaB;
    curveR = momentB - (lines - 0.5 * c) + 0.5 * overS * left;
    rCurve = momentA - (lines - 0.5 * c) + 0.5 * overT * left;
  } else {
    grow(c);
    const twice = m * n * growth[0] - growthG;
    ee = e * f + c * (0.5 + m) * (0.5 + n) + twice;
    slopes = (0.5 + m) * (0.5 + n) + m * n * growth[1] - slopeG;
    er = e * DENSITY * t + 0.5 * c * (0.5 + m) + momentB;
    re = f * DENSITY * s + 0.5 * c * (0.5 + n) + momentA;
    [erSlope, reSlope] = [0.5 * (0.5 + m) + areaB, 0.5 * (0.5 + n) + areaA];
    curveE = m * f + c * m * (0.5 + n) + twice - 0.5 * overS * c - momentA - areaA;
    eCurve = n * e + c * n * (0.5 + m) + twice - 0.5 * overT * c - momentB - areaB;
    const bent = lines - DENSITY * DENSITY * most - 0.25 * c;
    curveR = m * DENSITY * t + 0.5 * c * m + momentB - bent - 0.5 * overS * c;
    rCurve = n * DENSITY * s + 0.5 * c * n + momentA - bent - 0.5 * overT * c;
  }
  const beta = 1 - alpha;
  const [both, mixed, only] = [alpha * alpha, alpha * beta, beta * beta];
  pair[0] = both * ee + mixed * (er + re) + only * lines;
  pair[1] = both * slopes + mixed * (erSlope + reSlope) + only * turns;
  pair[2] = both * curveE + mixed * curveR;
  pair[3] = both * eCurve + mixed * rCurve;
  if (beta !== 0) {
    // The kink of φ: ⟨δ_αφ_β⟩ is an average over h_β at h_α = 0.
    pair[2] += beta * overS * (beta * DENSITY * t * rest + alpha * meanOfElu(t * rest));
    pair[3] += beta * overT * (beta * DENSITY * s * rest + alpha * meanOfElu(s * rest));
  }
  for (let k = 0; k < 4; k++) pair[k] *= scale * scale;
}
