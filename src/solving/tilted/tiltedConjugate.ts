import { multiplySlopes } from '../../activations/operators/apply.js';
import { pullback } from '../../activations/operators/response.js';
import { scale } from '../../numerics/entrywise.js';
import {
  addScaled,
  type Matrix,
  mirrorLower,
  release,
  share,
  symmetrise,
  transpose,
} from '../../numerics/matrix.js';
import { cleared, weightedGram } from '../../prior/weightedSums.js';
import { meanForm } from './tilt.js';
import type { TiltedMeasure } from './tiltedMeasure.js';

/**
 * C̃ = sym((N/2) ⟨∇F hᵀ⟩_P C⁻¹), what the tilt asks of the kernel C (theory §4). Under q the tilt is
 * replaced by the quadratic form with its mean partial derivatives, for which ⟨∇F hᵀ⟩_q = 2c M_q C_q
 * exactly, M_q the pullback at C_q, and C_q C⁻¹ = 1 + 2c C_q M.
 */
export function conjugateOf(measure: TiltedMeasure, width: number): Matrix {
  const { algebra } = measure.compute;
  const { covariance, m } = measure.proposal;
  const g = measure.coupling * width;
  const standIn = meanForm(measure.tilt, measure.meanPartials, measure.compute);
  const exact = pullback(measure.activation, covariance, standIn, measure.compute, g);
  const relative = algebra.gemm(covariance, m, { alpha: 2 * measure.coupling });
  const conjugate = algebra.gemm(exact, addToIdentity(relative));
  const estimated = measure.activation.discontinuous
    ? monteCarloShift(measure, width)
    : monteCarloGradient(measure, g);
  addScaled(conjugate, 1, estimated);
  if (measure.samples.carried)
    addScaled(conjugate, -1, startGradient(measure, measure.samples.carried.start, standIn, g));
  release(standIn, exact, relative, estimated);
  return symmetrise(conjugate);
}

/** g Σ_s Σ_k (w_s ∂_kF − ⟨∂_kF⟩/S) φ'_s∘Q_kφ_s h_sᵀ C⁻¹ */
function monteCarloGradient(measure: TiltedMeasure, g: number): Matrix {
  const { epsilon } = measure.samples;
  const coefficients = measure.partials.map((partial, k) => {
    const means = measure.partialsOf(k);
    const count = means.length;
    const coefficients = partial.map((value, i) => {
      const known = measure.startMiss ? 0 : means[i % count] / epsilon.rows;
      return g * (measure.weights[Math.floor(i / count)] * value - known);
    });
    return share(coefficients);
  });
  return againstKernel(measure, epsilon, measure.pulled(coefficients));
}

/**
 * The same of the stand-in at the places where samples started: (g/S) Σ_s φ'_s∘Q̄φ_s h_sᵀ C⁻¹; h, φ and φQ
 * of the ends are lost.
 */
function startGradient(measure: TiltedMeasure, start: Matrix, standIn: Matrix, g: number): Matrix {
  const { h, phi, scratch: gradient } = measure.samples;
  measure.place(start);
  measure.compute.algebra.gemm(phi, standIn, { alpha: g / phi.rows, into: gradient });
  multiplySlopes(measure.activation, h.data, gradient.data, measure.compute);
  return againstKernel(measure, start, gradient);
}

/** Σ_s D_s h_sᵀ C⁻¹ = (Dᵀε) R⁻¹ L⁻¹, solved from the right by transposition. */
function againstKernel(measure: TiltedMeasure, epsilon: Matrix, gradient: Matrix): Matrix {
  const { algebra } = measure.compute;
  const byNormals = algebra.gemm(epsilon, gradient, { transposeA: true });
  algebra.solveTriangular(measure.proposal.root, byNormals, { transpose: true });
  return transpose(algebra.solveTriangular(measure.factor, byNormals, { transpose: true }));
}

/** (N/2) C⁻¹ Σ_s (w_s − 1/S) h_sh_sᵀ C⁻¹: the same without φ', for activations that jump. */
function monteCarloShift(measure: TiltedMeasure, width: number): Matrix {
  const { algebra } = measure.compute;
  const { epsilon, scratch: rows } = measure.samples;
  const shift = cleared(epsilon.columns);
  weightedGram(epsilon, measure.excess(undefined, [1]), rows, shift, measure.compute);
  const half = (a: Matrix) => {
    algebra.solveTriangular(measure.proposal.root, a, { transpose: true });
    return transpose(algebra.solveTriangular(measure.factor, a, { transpose: true }));
  };
  const result = half(half(mirrorLower(shift)));
  scale(result, 0.5 * width);
  return result;
}

function addToIdentity(a: Matrix): Matrix {
  for (let i = 0; i < a.rows; i++) a.data[i * a.columns + i] += 1;
  return a;
}
