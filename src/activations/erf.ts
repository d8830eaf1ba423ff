import { elementary } from '../numerics/kernels/elementary.js';
import { gaussLegendre } from '../numerics/quadrature.js';
import type { Activation } from './activation.js';

const { nodes, weights } = gaussLegendre(16);

/** φ(h) = erf(h); closed forms of Williams (1998), four-point function of theory §2. */
export const erf: Activation = {
  name: 'erf',
  formula: 'erf(h)',
  portable: true,
  value: (h, out) => elementary('erf', h, out),
  derivative: (h, out) => elementary('erfDerivative', h, out),
  prepare(variances) {
    const r = variances.map((a) => 1 / Math.sqrt(1 + 2 * a));
    return {
      kind: 'arcsine',
      parameters: [],
      points: [r],
      diagonal: variances.map((a) => (2 / Math.PI) * Math.asin((2 * a) / (1 + 2 * a))),
      diagonalSlope: variances.map((a) => 4 / Math.PI / ((1 + 2 * a) * Math.sqrt(1 + 4 * a))),
    };
  },
  fourPoint,
};

const arcsine = (a: number, b: number, c: number) =>
  (2 / Math.PI) * Math.asin((2 * c) / Math.sqrt((1 + 2 * a) * (1 + 2 * b)));

/**
 * ⟨φ₁φ₂φ₃φ₄⟩ = ⟨φ₁φ₂⟩⟨φ₃φ₄⟩ + ∫₀¹ dt Σ_{i∈{1,2}, j∈{3,4}} c_ij ⟨φ'_iφ'_jφ_kφ_m⟩ with the block {1,2}×{3,4} of
 * c scaled by t. Multiplying by φ'_iφ'_j makes (h_i, h_j) Gaussian with the precision raised by 2, so an
 * arcsine is left. 16 nodes: 1e−9 (theory §2).
 */
function fourPoint(c: Float64Array): number {
  let sum = arcsine(c[0], c[5], c[1]) * arcsine(c[10], c[15], c[11]);
  for (let q = 0; q < 16; q++) {
    const t = 0.5 * (1 + nodes[q]);
    let integrand = 0;
    for (let i = 0; i < 2; i++)
      for (let j = 2; j < 4; j++) integrand += c[4 * i + j] * dressed(c, t, i, j, 1 - i, 5 - j);
    sum += 0.5 * weights[q] * integrand;
  }
  return sum;
}

/** ⟨φ'_iφ'_jφ_kφ_m⟩ in C(t): (4/π) det(1+2S)^{−1/2} · ⟨φ_kφ_m⟩ in the conditional covariance Q. */
function dressed(c: Float64Array, t: number, i: number, j: number, k: number, m: number): number {
  const sij = t * c[4 * i + j];
  const a = c[5 * i] + 0.5;
  const b = c[5 * j] + 0.5;
  const determinant = a * b - sij * sij;
  // i and k share a pair, as do j and m; the other couplings carry t.
  const [ki, kj] = [c[4 * k + i], t * c[4 * k + j]];
  const [mi, mj] = [t * c[4 * m + i], c[4 * m + j]];
  const conditional = (x1: number, x2: number, y1: number, y2: number) =>
    (b * x1 * y1 - sij * (x1 * y2 + x2 * y1) + a * x2 * y2) / determinant;
  const qkk = c[5 * k] - conditional(ki, kj, ki, kj);
  const qmm = c[5 * m] - conditional(mi, mj, mi, mj);
  const qkm = t * c[4 * k + m] - conditional(ki, kj, mi, mj);
  return (2 / (Math.PI * Math.sqrt(determinant))) * arcsine(qkk, qmm, qkm);
}
