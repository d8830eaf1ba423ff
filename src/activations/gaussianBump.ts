import { elementary } from '../numerics/kernels/elementary.js';
import type { Activation } from './activation.js';

/** φ(h) = e^{−h²/2}; ⟨φ₁…φ_k⟩ = det(1 + C)^{−1/2}. */
export const gaussianBump: Activation = {
  name: 'gaussian',
  formula: 'exp(−h²/2)',
  portable: true,
  value(h, out) {
    for (let i = 0; i < h.length; i++) out[i] = -0.5 * h[i] * h[i];
    elementary('exp', out);
  },
  derivative(h, out) {
    const slope = h.map((x) => -x);
    for (let i = 0; i < h.length; i++) out[i] = -0.5 * h[i] * h[i];
    elementary('exp', out);
    for (let i = 0; i < h.length; i++) out[i] *= slope[i];
  },
  prepare: (variances) => ({
    kind: 'exponential',
    parameters: [],
    points: [variances.map((a) => 1 + a)],
    diagonal: variances.map((a) => 1 / Math.sqrt(1 + 2 * a)),
    diagonalSlope: variances.map((a) => -1 / ((1 + 2 * a) * Math.sqrt(1 + 2 * a))),
  }),
  fourPoint: (c) => 1 / Math.sqrt(determinantOfSum(c)),
};

/** det(1 + c) of a positive semi-definite 4×4 matrix by elimination. */
function determinantOfSum(c: Float64Array): number {
  const m = Float64Array.from(c);
  for (let i = 0; i < 4; i++) m[5 * i] += 1;
  let determinant = 1;
  for (let k = 0; k < 4; k++) {
    const pivot = m[5 * k];
    determinant *= pivot;
    for (let i = k + 1; i < 4; i++) {
      const factor = m[4 * i + k] / pivot;
      for (let j = k; j < 4; j++) m[4 * i + j] -= factor * m[4 * k + j];
    }
  }
  return determinant;
}
