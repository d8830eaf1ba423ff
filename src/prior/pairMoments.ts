import type { Activation } from '../activations/activation.js';
import { degreeOf } from '../activations/degree.js';
import { correlation } from '../activations/pairs/correlation.js';
import { pairMomentsByQuadrature } from '../activations/quadrature/pairQuadrature.js';
import type { Compute } from '../numerics/compute.js';
import { compositeRule } from '../numerics/quadrature.js';
import { smoothMoments } from './smoothMoments.js';

/** ⟨φ_αᵖφ_β⁴⁻ᵖ⟩ for p = 0 … 4 of a pair with variances a, b and covariance c. */
export type PairMoments = (a: number, b: number, c: number) => Float64Array;

/**
 * Fourth moments of pairs, by what the activation allows: its four-point function, homogeneity, or
 * quadrature.
 */
export function pairMomentsOf(activation: Activation, { algebra }: Compute): PairMoments {
  const { fourPoint } = activation;
  if (fourPoint) return byFourPoint(fourPoint);
  const { kind, parameters } = activation.prepare(Float64Array.of(1), algebra);
  if (kind === 'sign') return signMoments;
  if (kind === 'piecewiseLinear') return (a, b, c) => homogeneousMoments(parameters[0], a, b, c);
  const { kinks } = activation;
  if (kinks && kinks.length > 0) {
    const phi = { ...activation, kinks };
    return (a, b, c) => pairMomentsByQuadrature(phi, a, b, c);
  }
  const degree = degreeOf(activation);
  // Without a kink at the origin a function of one degree is a power, by whatever name or formula.
  if (degree !== undefined) return powerMoments(activation.value, degree);
  return smoothMoments(activation);
}

function byFourPoint(fourPoint: (c: Float64Array) => number): PairMoments {
  const covariance = new Float64Array(16);
  /** ⟨φ⁴⟩ of one point by its variance, which many pairs share */
  const fourths = new Map<number, number>();
  const fourthOf = (variance: number): number => {
    const known = fourths.get(variance);
    if (known !== undefined) return known;
    const fourth = fourPoint(covariance.fill(variance));
    fourths.set(variance, fourth);
    return fourth;
  };
  return (a, b, c) => {
    const of = [b, c, c, a];
    const moments = Float64Array.of(fourthOf(b), 0, 0, 0, fourthOf(a));
    for (let p = 1; p <= 3; p++) {
      // The first p of the four points are α, the others β.
      for (let i = 0; i < 4; i++)
        for (let j = 0; j < 4; j++) covariance[4 * i + j] = of[(i < p ? 1 : 0) + (j < p ? 2 : 0)];
      moments[p] = fourPoint(covariance);
    }
    return moments;
  };
}

function signMoments(a: number, b: number, c: number): Float64Array {
  const [x, y] = [a > 0 ? 1 : 0, b > 0 ? 1 : 0];
  const odd = x * y === 0 ? 0 : (2 / Math.PI) * Math.asin(Math.max(-1, Math.min(1, c / Math.sqrt(a * b))));
  return Float64Array.of(y, odd, x * y, odd, x);
}

/**
 * φ(h) = h for h > 0 and s h below: ⟨r⁴⟩ = 8 in the plane, times an angular integral that is a polynomial
 * between the kinks.
 */
function homogeneousMoments(s: number, a: number, b: number, c: number): Float64Array {
  const [sa, sb] = [Math.sqrt(a), Math.sqrt(b)];
  const angle = a * b === 0 ? 0 : Math.acos(Math.max(-1, Math.min(1, c / (sa * sb))));
  const kinks = [-Math.PI, -Math.PI / 2, Math.PI / 2, Math.PI, angle - Math.PI / 2, angle + Math.PI / 2];
  const inside = kinks.map((x) => (x > Math.PI ? x - 2 * Math.PI : x)).sort((x, y) => x - y);
  const { nodes, weights } = compositeRule(inside, 12);
  const phi = (h: number) => (h > 0 ? h : s * h);
  const moments = new Float64Array(5);
  nodes.forEach((theta, k) => {
    const x = sa * phi(Math.cos(theta));
    const y = sb * phi(Math.cos(theta - angle));
    for (let p = 0; p <= 4; p++) moments[p] += (weights[k] * 8 * x ** p * y ** (4 - p)) / (2 * Math.PI);
  });
  return moments;
}

/**
 * φ(h) = k hⁿ: ⟨UᵐVᵐ'⟩ = Σ_j m! m'! / (j! ((m−j)/2)! ((m'−j)/2)! 2^{(m+m'−2j)/2}) ρʲ over the pairings with j
 * links between U and V.
 */
function powerMoments(phi: Activation['value'], degree: number): PairMoments {
  const one = Float64Array.of(1);
  phi(one, one);
  const links = Array.from({ length: 5 }, (_, p) => pairings(p * degree, (4 - p) * degree));
  return (a, b, c) => {
    const [x, y] = [Math.sqrt(a), Math.sqrt(b)];
    const rho = correlation(c, x * y);
    return Float64Array.from(links, (weights, p) => {
      const sum = weights.reduceRight((total, weight) => total * rho + weight, 0);
      return one[0] ** 4 * x ** (p * degree) * y ** ((4 - p) * degree) * sum;
    });
  };
}

/** In how many ways m and n points fall into pairs of which j = 0, 1, … link one of the m to one of the n. */
function pairings(m: number, n: number): number[] {
  return Array.from({ length: Math.min(m, n) + 1 }, (_, j) => {
    if ((m - j) % 2 !== 0 || (n - j) % 2 !== 0) return 0;
    let ways = 1;
    // j ordered choices of either side over j!, and (m−j−1)!! (n−j−1)!! pairings of the rest.
    for (let k = 0; k < j; k++) ways *= ((m - k) * (n - k)) / (k + 1);
    for (let k = m - j - 1; k > 1; k -= 2) ways *= k;
    for (let k = n - j - 1; k > 1; k -= 2) ways *= k;
    return ways;
  });
}
