import { correlation } from './correlation.js';
import type { PairFormula } from './pairFormula.js';

/** 1 − |ρ| of points that are the same but for rounding. */
const COINCIDING = 1e-14;

/**
 * sign: ⟨φφ⟩ = (2/π) asin ρ, ⟨φ'φ'⟩ = (2/π)/√(ab−c²), ⟨φ''_αφ_β⟩ = −(2/π) ρ/(a√(1−ρ²)), as derivatives of the
 * first by Price's theorem. They diverge as ρ → ±1: the kernel of a step has a cusp at coinciding points.
 * Points that coincide do so for any network, and then nothing changes with their common variance: 0, as for
 * points without variance. points: [standard deviations].
 */
export const signPairs: PairFormula = {
  value({ points: [sigma] }, i, c, count, out, scale, shift) {
    for (let j = 0; j < count; j++)
      out[j] = scale * ((2 / Math.PI) * Math.asin(correlation(c[j], sigma[i] * sigma[j]))) + shift;
  },
  derivatives({ points: [sigma] }, i, c, count, slope, left, right) {
    for (let j = 0; j < count; j++) {
      const scale = sigma[i] * sigma[j];
      const x = correlation(c[j], scale);
      if (scale === 0 || 1 - Math.abs(x) < COINCIDING) {
        slope[j] = left[j] = right[j] = 0;
        continue;
      }
      const root = 2 / Math.PI / Math.sqrt((1 - x) * (1 + x));
      slope[j] = root / scale;
      left[j] = (-root * x) / (sigma[i] * sigma[i]);
      right[j] = (-root * x) / (sigma[j] * sigma[j]);
    }
  },
};
