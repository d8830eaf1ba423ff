import { correlation } from './correlation.js';
import type { PairFormula } from './pairFormula.js';

/** Tails of the series are tabulated at every STEP-th order. */
export const STEP = 8;

/** Truncation error allowed, relative to √(⟨φ_α²⟩⟨φ_β²⟩) (values) or √(⟨φ'_α²⟩⟨φ'_β²⟩) (derivatives). */
const TOLERANCE = 1e-12;

/**
 * Any φ by Mehler's formula: with φ(σz) = Σ a_n(σ) He_n(z)/√n! and the correlation ρ, ⟨φφ⟩ = Σ a_n(σ_α)
 * a_n(σ_β) ρⁿ, ⟨φ'φ'⟩ = Σ b_n b_n ρⁿ, ⟨φ''_αφ_β⟩ = Σ √(n+1) b_{n+1}(σ_α)/σ_α · a_n(σ_β) ρⁿ, where b_n =
 * √(n+1) a_{n+1}/σ are the coefficients of φ'. By Cauchy and Schwarz the terms from n on are at most |ρ|ⁿ
 * √(T_α T_β), T = ⟨φ²⟩ − Σ_{m<n} a_m²: each entry takes just the terms it needs, and NaN says that they do
 * not suffice.
 *
 * parameters: [orders]; points: [σ, a (P×orders), b (P×orders), √T of φ and √T of φ' (P×(orders/STEP + 1))],
 * the tails relative to the whole.
 */
export const hermitePairs: PairFormula = {
  value({ parameters: [orders], points: [sigma, a, , tail], diagonal }, i, c, count, out, scale, shift) {
    for (let j = 0; j < count; j++) {
      const rho = correlation(c[j], sigma[i] * sigma[j]);
      const terms = termsNeeded(Math.abs(rho), tail, i, j, orders);
      if (terms < 0) {
        out[j] = Number.NaN;
        continue;
      }
      let sum = 0;
      for (let n = terms - 1, p = i * orders + n, q = j * orders + n; n >= 0; n--, p--, q--)
        sum = sum * rho + a[p] * a[q];
      const same = rho === 1 && sigma[i] === sigma[j];
      out[j] = scale * (same ? diagonal[i] : sum) + shift;
    }
  },
  derivatives({ parameters: [orders], points: [sigma, a, b, , tail] }, i, c, count, slope, left, right) {
    for (let j = 0; j < count; j++) {
      const rho = correlation(c[j], sigma[i] * sigma[j]);
      const terms = Math.min(termsNeeded(Math.abs(rho), tail, i, j, orders), orders - 1);
      if (terms < 0) {
        slope[j] = left[j] = right[j] = Number.NaN;
        continue;
      }
      let s = 0;
      let l = 0;
      let r = 0;
      for (let n = terms - 1, p = i * orders + n, q = j * orders + n; n >= 0; n--, p--, q--) {
        const root = Math.sqrt(n + 1);
        s = s * rho + b[p] * b[q];
        l = l * rho + root * b[p + 1] * a[q];
        r = r * rho + root * a[p] * b[q + 1];
      }
      slope[j] = s;
      left[j] = sigma[i] === 0 ? Number.NaN : l / sigma[i];
      right[j] = sigma[j] === 0 ? Number.NaN : r / sigma[j];
    }
  },
};

/** The smallest multiple of STEP whose tail is below TOLERANCE; −1 if none is. */
function termsNeeded(rho: number, tail: Float64Array, i: number, j: number, orders: number): number {
  const count = orders / STEP + 1;
  const factor = rho ** STEP;
  let power = 1;
  for (let k = 0; k < count; k++) {
    if (power * tail[i * count + k] * tail[j * count + k] <= TOLERANCE) return k * STEP;
    power *= factor;
  }
  return -1;
}
