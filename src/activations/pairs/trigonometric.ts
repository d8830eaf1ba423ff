import type { PairFormula } from './pairFormula.js';

/**
 * sin and cos: ⟨φφ⟩ = ½ (e^{c − (a+b)/2} ∓ e^{−c − (a+b)/2}) with − for sin, + for cos; derivatives exchange
 * the two: ⟨φ'φ'⟩ is that of the other function and ⟨φ''φ⟩ = −⟨φφ⟩. Sums of exponents are formed first:
 * e^{−a/2} alone can vanish. parameters: [−1] for sin, [+1] for cos; points: [½ variances].
 */
export const trigonometricPairs: PairFormula = {
  value({ parameters: [sign], points: [half] }, i, c, count, out, scale, shift) {
    for (let j = 0; j < count; j++) out[j] = scale * pair(sign, half[i] + half[j], c[j]) + shift;
  },
  derivatives({ parameters: [sign], points: [half] }, i, c, count, slope, left, right) {
    for (let j = 0; j < count; j++) {
      const decay = half[i] + half[j];
      slope[j] = pair(-sign, decay, c[j]);
      left[j] = right[j] = -pair(sign, decay, c[j]);
    }
  },
};

function pair(sign: number, decay: number, c: number): number {
  if (sign < 0 && Math.abs(c) < 1) return Math.exp(-decay) * Math.sinh(c);
  return 0.5 * (Math.exp(c - decay) + sign * Math.exp(-c - decay));
}
