import { SLICE, wasmKernels } from '../../numerics/kernels/wasmKernels.js';
import type { PairFormula } from './pairFormula.js';

/**
 * erf (Williams 1998): with r_α = 1/√(1+2C_αα) and u = 2C_αβ r_α r_β,
 * ⟨φφ⟩ = (2/π) asin u, ⟨φ'φ'⟩ = (4/π) r_α r_β/√(1−u²), ⟨φ''_αφ_β⟩ = −(4/π) r_α² u/√(1−u²).
 * points: [r]. |u| < 1 for every covariance; rounding is clamped.
 */
export const arcsinePairs: PairFormula = {
  value({ points: [r] }, i, c, count, out, scale, shift) {
    const { exports, input, second, output } = wasmKernels();
    for (let start = 0; start < count; start += SLICE) {
      const length = Math.min(SLICE, count - start);
      input.values.set(c.subarray(start, start + length));
      second.values.set(r.subarray(start, start + length));
      exports.arcsineRow(
        input.pointer,
        second.pointer,
        output.pointer,
        length,
        2 * r[i],
        (scale * 2) / Math.PI,
        shift,
      );
      out.set(output.values.subarray(0, length), start);
    }
  },
  derivatives({ points: [r] }, i, c, count, slope, left, right) {
    const ri = r[i];
    for (let j = 0; j < count; j++) {
      const rj = r[j];
      const u = 2 * c[j] * ri * rj;
      const root = 4 / Math.PI / Math.sqrt(1 - u * u);
      slope[j] = root * ri * rj;
      left[j] = -root * u * ri * ri;
      right[j] = -root * u * rj * rj;
    }
  },
};
