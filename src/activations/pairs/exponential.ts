import type { PairFormula } from './pairFormula.js';

/**
 * Gaussian bump φ = e^{−h²/2}: with D = (1+a)(1+b) − c², ⟨φφ⟩ = D^{−1/2}, ⟨φ'φ'⟩ = c D^{−3/2} and, from ∂/∂a,
 * ⟨φ''_αφ_β⟩ = −(1+b) D^{−3/2}. points: [1 + variances].
 */
export const exponentialPairs: PairFormula = {
  value({ points: [v] }, i, c, count, out, scale, shift) {
    for (let j = 0; j < count; j++) out[j] = scale * (1 / Math.sqrt(v[i] * v[j] - c[j] * c[j])) + shift;
  },
  derivatives({ points: [v] }, i, c, count, slope, left, right) {
    for (let j = 0; j < count; j++) {
      const determinant = v[i] * v[j] - c[j] * c[j];
      const power = 1 / (determinant * Math.sqrt(determinant));
      slope[j] = c[j] * power;
      left[j] = -v[j] * power;
      right[j] = -v[i] * power;
    }
  },
};
