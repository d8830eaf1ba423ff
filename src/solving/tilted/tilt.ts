import type { Compute } from '../../numerics/compute.js';
import { addScaled, allocate, type Matrix, zeros } from '../../numerics/matrix.js';
import { scaleBlocks } from '../../numerics/parallel/blocks.js';
import type { Executor } from '../../numerics/parallel/executor.js';
import { readTilt } from './readTilt.js';

/** A quadratic form of φ: by its matrix Q, P×P, or by a factor f with Q = f fᵀ, P×r. */
export type Form = { readonly matrix: Matrix } | { readonly factor: Matrix };

/**
 * The factor e^F by which data reweigh one neuron: F is a function of the quadratic forms s_k = c φᵀQ_kφ,
 * with c = g/N of the layer (theory §4 and §5). Where every position of a neuron is read by a weight of its
 * own, the forms are matrices among the positions, s_k,μν = c φ_μᵀQ_kφ_ν; rows of φ are (point, position)
 * pairs then, and neither Q_k nor the columns of f, (vector, position) pairs, connect different positions.
 */
export interface Tilt {
  /** at most one of them by its matrix */
  readonly forms: readonly Form[];
  /** S that are read by weights of their own; 1 if left out */
  readonly positions?: number;
  /**
   * For every sample: F into `log` and ∂F/∂s_k into partials[k], from values[k] = s_k; S×S numbers a sample.
   */
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

/**
 * F = −(n/2) ln det(1 + s) + ½ tr (1 + s)⁻¹m: the same of a neuron whose S positions have readout weights of
 * their own; s and m are S×S. First form s, second m.
 */
export const positionsTilt = (
  precisionInverse: { matrix: Matrix },
  saddle: { factor: Matrix },
  outputs: number,
  positions: number,
  executor: Executor,
): Tilt => ({
  forms: [precisionInverse, saddle],
  positions,
  evaluate([s, m], log, [byS, byM]) {
    readTilt({ s, m, log, byS, byM, outputs, positions }, executor);
  },
});

/** ∂F/∂s_k at φ = 0, all forms one after the other. */
export function partialsAtZero(tilt: Tilt): number[] {
  const size = (tilt.positions ?? 1) ** 2;
  const [zero, partials] = [0, 1].map(() => tilt.forms.map(() => allocate(size)));
  tilt.evaluate(zero, allocate(1), partials);
  return partials.flatMap((partial) => [...partial]);
}

/**
 * Σ_k p_k Q_k, of several positions Σ_k p_k,μν Q_k,αβ: the quadratic form that stands for the tilt.
 * @param partials p, all forms one after the other
 */
export function meanForm(
  { forms, positions = 1 }: Tilt,
  partials: readonly number[],
  { algebra, executor }: Compute,
): Matrix {
  const size = 'matrix' in forms[0] ? forms[0].matrix.rows : forms[0].factor.rows;
  const sum = zeros(size);
  if (positions === 1) {
    forms.forEach((form, k) => {
      if ('matrix' in form) addScaled(sum, partials[k], form.matrix);
      else algebra.syrk(form.factor, { alpha: partials[k], beta: 1, into: sum });
    });
    return sum;
  }
  const block = positions ** 2;
  forms.forEach((form, k) => {
    const a = 'matrix' in form ? form.matrix : form.factor;
    const repeated = allocate(a.rows * block);
    for (let i = 0; i < repeated.length; i++) repeated[i] = partials[k * block + (i % block)];
    const scaled = scaleBlocks(a, repeated, positions, zeros(a.rows, a.columns), executor);
    if ('matrix' in form) addScaled(sum, 1, scaled);
    else algebra.gemm(form.factor, scaled, { transposeB: true, beta: 1, into: sum });
  });
  return sum;
}
