import type { Activation } from '../../activations/activation.js';
import { pullback } from '../../activations/operators/response.js';
import type { Compute } from '../../numerics/compute.js';
import { NotPositiveDefiniteError } from '../../numerics/errors.js';
import { logDeterminant } from '../../numerics/linearAlgebra.js';
import { addScaled, addToDiagonal, copy, type Matrix, transpose, zeros } from '../../numerics/matrix.js';

/**
 * Variances may grow by at most the inverse of this along any direction: samples further out would carry all
 * the weight.
 */
const LEAST_PRECISION = 0.02;
const SMALLEST_STEP = 1e-3;

/**
 * A Gaussian near the tilted measure: h = Lz with C = LLᵀ and z of precision Λ = 1 − 2c LᵀML, so that its
 * covariance is C_q = (C⁻¹ − 2cM)⁻¹, and its density is that of N(0, C) times exp(c hᵀMh) √det Λ.
 */
export interface Proposal {
  readonly m: Matrix;
  /** C_q */
  readonly covariance: Matrix;
  /** R with Λ = R Rᵀ, lower triangular */
  readonly root: Matrix;
  /** G = R⁻¹Lᵀ: h = Gᵀε with ε ~ N(0, 1) */
  readonly map: Matrix;
  /** ln det Λ */
  readonly logDeterminant: number;
}

/**
 * The proposal of a given M. @throws NotPositiveDefiniteError where it is no probability or would spread too
 * far
 */
function proposalOf(factor: Matrix, m: Matrix, coupling: number, { algebra }: Compute): Proposal {
  const ml = algebra.gemm(m, factor);
  const precision = addToDiagonal(algebra.gemm(factor, ml, { transposeA: true, alpha: -2 * coupling }), 1);
  algebra.cholesky(addToDiagonal(copy(precision), -LEAST_PRECISION));
  const root = algebra.cholesky(precision);
  const map = algebra.solveTriangular(root, transpose(factor));
  return {
    m,
    root,
    map,
    covariance: algebra.syrk(map, { transpose: true }),
    logDeterminant: logDeterminant(root),
  };
}

/**
 * Gaussian whose M is the pullback Rᵀ C̃ at its own covariance: the best one in relative entropy, found by
 * iterating from `start` (the M of an earlier call, or none).
 *
 * @param factor L with C = LLᵀ
 * @param conjugate the quadratic form c φᵀC̃φ that stands for the tilt
 */
export function fitProposal(
  activation: Activation,
  factor: Matrix,
  conjugate: Matrix,
  coupling: number,
  { start, updates }: { start: Matrix | undefined; updates: number },
  compute: Compute,
): Proposal {
  let proposal = firstProposal(factor, start, coupling, compute);
  for (let k = 0; k < updates; k++) {
    const target = pullback(activation, proposal.covariance, conjugate, compute);
    proposal = towards(target, proposal, factor, coupling, compute);
  }
  return proposal;
}

function firstProposal(
  factor: Matrix,
  start: Matrix | undefined,
  coupling: number,
  compute: Compute,
): Proposal {
  const none = () => proposalOf(factor, zeros(factor.rows), coupling, compute);
  if (!start) return none();
  try {
    return proposalOf(factor, start, coupling, compute);
  } catch (error) {
    if (!(error instanceof NotPositiveDefiniteError)) throw error;
    return none();
  }
}

/** The furthest step towards M = target that is a probability: all of it, a half, a quarter, … */
function towards(
  target: Matrix,
  from: Proposal,
  factor: Matrix,
  coupling: number,
  compute: Compute,
): Proposal {
  for (let step = 1; step > SMALLEST_STEP; step /= 2) {
    const m = addScaled(copy(from.m), -step, from.m);
    addScaled(m, step, target);
    try {
      return proposalOf(factor, m, coupling, compute);
    } catch (error) {
      if (!(error instanceof NotPositiveDefiniteError)) throw error;
    }
  }
  return from;
}
