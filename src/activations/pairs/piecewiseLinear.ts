import { SLICE, wasmKernels } from '../../numerics/kernels/wasmKernels.js';
import { correlation } from './correlation.js';
import type { PairFormula } from './pairFormula.js';

/**
 * φ(h) = h for h > 0 and s h below: ReLU (s = 0), leaky ReLU, abs (s = −1), linear (s = 1). With the angle θ
 * between the points, cos θ = C_αβ/√(ab), and φ = s h + (1−s) ReLU(h) (Cho and Saul 2009): ⟨φφ⟩ = s C_αβ +
 * (1−s)² √(ab)/(2π) (sin θ + (π−θ) cos θ), ⟨φ'φ'⟩ = s + (1−s)² (π−θ)/(2π), ⟨φ''_αφ_β⟩ = (1−s)² √(b/a) sin
 * θ/(2π). parameters: [s]; points: [standard deviations]. A point without variance has φ = 0, and slopes of a
 * vanishing h.
 */
export const piecewiseLinearPairs: PairFormula = {
  value({ parameters: [s], points: [sigma] }, i, c, count, out, scale, shift) {
    if (s === 1) {
      for (let j = 0; j < count; j++) out[j] = scale * c[j] + shift;
      return;
    }
    const { exports, input, second, output } = wasmKernels();
    const weight = (scale * (1 - s) * (1 - s)) / (2 * Math.PI);
    for (let start = 0; start < count; start += SLICE) {
      const length = Math.min(SLICE, count - start);
      input.values.set(c.subarray(start, start + length));
      second.values.set(sigma.subarray(start, start + length));
      const [x, y, z] = [input.pointer, second.pointer, output.pointer];
      exports.angularRow(x, y, z, length, sigma[i], scale * s, weight, shift);
      out.set(output.values.subarray(0, length), start);
    }
  },
  derivatives({ parameters: [s], points: [sigma] }, i, c, count, slope, left, right) {
    const weight = ((1 - s) * (1 - s)) / (2 * Math.PI);
    for (let j = 0; j < count; j++) {
      const x = correlation(c[j], sigma[i] * sigma[j]);
      const sine = Math.sqrt((1 - x) * (1 + x));
      slope[j] = s + weight * (Math.PI - Math.acos(x));
      const empty = sigma[i] === 0 || sigma[j] === 0;
      left[j] = empty ? 0 : (weight * sine * sigma[j]) / sigma[i];
      right[j] = empty ? 0 : (weight * sine * sigma[i]) / sigma[j];
    }
  },
};
