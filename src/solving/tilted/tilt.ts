import type { Compute } from '../../numerics/compute.js';
import { addScaled, type Matrix, zeros } from '../../numerics/matrix.js';

/** A quadratic form of φ: by its matrix Q, P×P, or by a factor f with Q = f fᵀ, P×r. */
export type Form = { readonly matrix: Matrix } | { readonly factor: Matrix };

/**
 * The factor e^F by which data reweigh one neuron: F is a function of the quadratic forms s_k = c φᵀQ_kφ,
 * with c = g/N of the layer (theory §4 and §5).
 */
export interface Tilt {
  /** at most one of them by its matrix */
  readonly forms: readonly Form[];
  /** For every sample: F into `log` and ∂F/∂s_k into partials[k], from values[k] = s_k. */
  evaluate(values: readonly Float64Array[], log: Float64Array, partials: readonly Float64Array[]): void;
}

/** F = c φᵀC̃φ: the tilt of the maximum a posteriori kernels. */
export function linearTilt(conjugate: Matrix): Tilt {
  return {
    forms: [{ matrix: conjugate }],
    evaluate([s], log, [partial]) {
      log.set(s);
      partial.fill(1);
    },
  };
}

/**
 * F = −(n/2) ln(1 + s) + ½ m/(1 + s): what is left of a neuron's weight when the n output fields fluctuate
 * with precision `precision⁻¹` around their saddle (theory §5, multiscale). First form s, second m.
 */
export function fluctuationTilt(
  precisionInverse: { matrix: Matrix },
  saddle: { factor: Matrix },
  outputs: number,
): Tilt {
  return {
    forms: [precisionInverse, saddle],
    evaluate([s, m], log, [byS, byM]) {
      for (let k = 0; k < s.length; k++) {
        const weight = 1 / (1 + s[k]);
        log[k] = 0.5 * (m[k] * weight - outputs * Math.log1p(s[k]));
        byM[k] = 0.5 * weight;
        byS[k] = -0.5 * weight * (outputs + m[k] * weight);
      }
    },
  };
}

/** Σ_k p_k Q_k: the quadratic form that stands for the tilt. */
export function meanForm({ forms }: Tilt, partials: readonly number[], { algebra }: Compute): Matrix {
  const size = 'matrix' in forms[0] ? forms[0].matrix.rows : forms[0].factor.rows;
  const sum = zeros(size);
  forms.forEach((form, k) => {
    if ('matrix' in form) addScaled(sum, partials[k], form.matrix);
    else algebra.syrk(form.factor, { alpha: partials[k], beta: 1, into: sum });
  });
  return sum;
}
