import { SLICE, wasmKernels } from '../../numerics/kernels/wasmKernels.js';
import type { PairFormula } from './pairFormula.js';

/**
 * GELU φ = h Φ(h), by Stein's identity and ⟨Φ_αΦ_β⟩ = ¼ + asin(s)/2π: with a, b the variances, c the covariance,
 * A = 1 + a, B = 1 + b, s = c/√(AB) and D = AB − c²,
 *
 *     2π⟨φφ⟩ = c (π/2 + asin s) + (ab D + c²)/(AB √D)
 *     2π⟨φ'φ'⟩ = π/2 + asin s + c/√D (1/A + 1/B + 1/D)
 *     2π√D ⟨φ''_αφ_β⟩ = (b − c²/A)(2 − a/A + c²/(AD)) − 2c²/A²
 *
 * points: [r = 1/√(1 + a), a r]. D ≥ 1 + a + b, so that nothing is singular.
 */
export const geluPairs: PairFormula = {
  value({ points: [r, q] }, i, c, count, out, scale, shift) {
    const { exports, input, second, third, output } = wasmKernels();
    for (let start = 0; start < count; start += SLICE) {
      const length = Math.min(SLICE, count - start);
      input.values.set(c.subarray(start, start + length));
      second.values.set(r.subarray(start, start + length));
      third.values.set(q.subarray(start, start + length));
      const [x, y, z] = [input.pointer, second.pointer, third.pointer];
      exports.geluRow(x, y, z, output.pointer, length, r[i], q[i], scale / (2 * Math.PI), shift);
      out.set(output.values.subarray(0, length), start);
    }
  },
  derivatives({ points: [r, q] }, i, c, count, slope, left, right) {
    const ofLeft = (1 / (2 * Math.PI)) * r[i];
    const squareLeft = r[i] * r[i];
    for (let j = 0; j < count; j++) {
      const squareRight = r[j] * r[j];
      const s = c[j] * r[i] * r[j];
      const rest = (1 - s) * (1 + s);
      const root = Math.sqrt(rest);
      const inverse = (squareLeft * squareRight) / rest;
      slope[j] = 0.25 + (Math.asin(s) + (s / root) * (squareLeft + squareRight + inverse)) / (2 * Math.PI);
      const factor = (ofLeft * r[j]) / root;
      left[j] = factor * curvature(q[i] * r[i], squareLeft, q[j] / r[j], c[j], inverse);
      right[j] = factor * curvature(q[j] * r[j], squareRight, q[i] / r[i], c[j], inverse);
    }
  },
};

/** The third formula without its factor, from a/A, 1/A, b, c and 1/D. */
function curvature(share: number, inverseA: number, b: number, c: number, inverseD: number): number {
  const square = c * c * inverseA;
  return (b - square) * (2 - share + square * inverseD) - 2 * square * inverseA;
}
