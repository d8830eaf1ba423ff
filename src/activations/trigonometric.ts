import type { Activation } from './activation.js';

/**
 * What sin (sign −1) and cos (sign +1) share: ⟨φ²⟩ = ½(1 ± e^{−2a}) and sums of exponentials for several
 * points.
 */
export function trigonometric(sign: 1 | -1): Pick<Activation, 'portable' | 'prepare' | 'fourPoint'> {
  return {
    portable: true,
    prepare: (variances) => ({
      kind: 'trigonometric',
      parameters: [sign],
      points: [variances.map((a) => 0.5 * a)],
      diagonal: variances.map((a) => (sign > 0 ? 0.5 * (1 + Math.exp(-2 * a)) : -0.5 * Math.expm1(-2 * a))),
      diagonalSlope: variances.map((a) => -sign * Math.exp(-2 * a)),
    }),
    fourPoint: (c) => fourPoint(c, sign),
  };
}

/** ⟨∏φ⟩ = (1/16) Σ_{s∈{±1}⁴} (∏s for sin) e^{−½ sᵀcs}: the product of the Euler formulas. */
function fourPoint(c: Float64Array, sign: number): number {
  let sum = 0;
  for (let bits = 0; bits < 8; bits++) {
    // s and −s give the same term, so the first sign is kept at +1.
    const s = [1, bits & 1 ? 1 : -1, bits & 2 ? 1 : -1, bits & 4 ? 1 : -1];
    let form = 0;
    for (let i = 0; i < 4; i++) for (let j = 0; j < 4; j++) form += s[i] * c[4 * i + j] * s[j];
    sum += (sign > 0 ? 1 : s[1] * s[2] * s[3]) * Math.exp(-0.5 * form);
  }
  return sum / 8;
}
