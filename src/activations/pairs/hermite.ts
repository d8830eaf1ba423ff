import { seriesMemory } from '../../numerics/kernels/seriesPanels.js';
import { SLICE } from '../../numerics/kernels/wasmKernels.js';
import { correlation } from './correlation.js';
import type { PairExpectations, PairFormula } from './pairFormula.js';

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
 * parameters: [orders, parity]: beside constant and linear terms there are even orders (0), odd ones (1) or
 * both (2); points: [σ, a (P×orders), b (P×orders), √T of φ and √T of φ' (P×(orders/STEP + 1))], the tails relative
 * to the whole.
 */
export const hermitePairs: PairFormula = {
  value(pairs, i, c, count, out, scale, shift) {
    const { parameters, points, diagonal } = pairs;
    const [orders, parity] = parameters;
    const [sigma, key, , tails] = points;
    const memory = seriesMemory();
    const width = widthOf(orders, parity);
    const tailCount = orders / STEP + 1;
    const panel = memory.panelOf({
      key,
      points: sigma.length,
      stride: width,
      sigma,
      tails,
      coefficients: () => packed(pairs, sigma.length),
    });
    const { values, input, output } = memory;
    let undone = 0;
    for (let start = 0; start < count; start += SLICE) {
      const length = Math.min(SLICE, count - start);
      values.set(c.subarray(start, start + length), input / 8);
      undone += memory.row(
        input,
        output,
        length,
        panel.sigma + 8 * start,
        panel.coefficients + 8 * start * width,
        panel.tails + 8 * start * tailCount,
        sigma[i],
        panel.coefficients + 8 * i * width,
        panel.tails + 8 * i * tailCount,
        width,
        tailCount,
        parity,
        TOLERANCE,
        scale,
        shift,
      );
      out.set(values.subarray(output / 8, output / 8 + length), start);
    }
    for (let j = 0; undone > 0 && j < count; j++) {
      if (!Number.isNaN(out[j])) continue;
      const rho = correlation(c[j], sigma[i] * sigma[j]);
      const same = rho === 1 && sigma[i] === sigma[j];
      out[j] = scale * (same ? diagonal[i] : sumAlone(pairs, i, j, rho)) + shift;
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
        const root = ROOTS[n + 1];
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

/** Coefficients as `seriesRow` reads them. */
function packed(
  { parameters: [orders, parity], points: [, a] }: PairExpectations,
  points: number,
): Float64Array {
  const width = widthOf(orders, parity);
  const result = new Float64Array(points * width);
  const [first, step] = parity === 2 ? [0, 1] : [parity, 2];
  for (let i = 0; i < points; i++) {
    if (parity !== 2) result[i * width] = a[i * orders + 1 - first];
    for (let n = first, k = i * width + 2; n < orders; n += step, k++) result[k] = a[i * orders + n];
  }
  return result;
}

const widthOf = (orders: number, parity: number): number => 2 + (parity === 2 ? orders : orders / 2);

/** √n */
const ROOTS = Float64Array.from({ length: 1024 }, (_, n) => Math.sqrt(n));

const eighth = (x: number): number => {
  const fourth = x * x * x * x;
  return fourth * fourth;
};

/** One entry, or NaN. */
function sumAlone({ parameters, points }: PairExpectations, i: number, j: number, rho: number): number {
  const [orders] = parameters;
  const [, a, , tail] = points;
  const terms = termsNeeded(Math.abs(rho), tail, i, j, orders);
  if (terms < 0) return Number.NaN;
  let sum = 0;
  for (let n = terms - 1, p = i * orders + n, q = j * orders + n; n >= 0; n--, p--, q--)
    sum = sum * rho + a[p] * a[q];
  return sum;
}

/** The smallest multiple of STEP whose tail is below TOLERANCE; −1 if none is. */
function termsNeeded(rho: number, tail: Float64Array, i: number, j: number, orders: number): number {
  const count = orders / STEP + 1;
  const factor = eighth(rho);
  let power = 1;
  for (let k = 0; k < count; k++) {
    if (power * tail[i * count + k] * tail[j * count + k] <= TOLERANCE) return k * STEP;
    power *= factor;
  }
  return -1;
}
