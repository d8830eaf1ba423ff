import type { Compute } from '../numerics/compute.js';
import { InputError, NotPositiveDefiniteError, OutOfReachError } from '../numerics/errors.js';
import { choleskySolve } from '../numerics/linearAlgebra.js';
import { addToDiagonal, copy, type Matrix, release } from '../numerics/matrix.js';
import type { Problem } from '../problem/problem.js';
import { EASIER, targetsTooLarge } from './reach.js';

export interface Output {
  /** Cholesky factor of A = C⁽ᴸ⁾ + κI */
  readonly factor: Matrix;
  /** A⁻¹Y, P×n */
  readonly dual: Matrix;
}

/** Factorises the output covariance. @throws NotPositiveDefiniteError */
export function solveOutput({ data, noiseVariance }: Problem, kernel: Matrix, { algebra }: Compute): Output {
  const factor = algebra.cholesky(addToDiagonal(copy(kernel), noiseVariance));
  return { factor, dual: choleskySolve(algebra, factor, data.y) };
}

/** C̃⁽ᴸ⁾ = ½ A⁻¹YYᵀA⁻¹ − (n/2) A⁻¹ (theory §4). @throws NotPositiveDefiniteError */
export function topConjugate(problem: Problem, kernel: Matrix, compute: Compute): Matrix {
  const { factor, dual } = solveOutput(problem, kernel, compute);
  const inverse = compute.algebra.choleskyInverse(factor);
  release(factor);
  return compute.algebra.syrk(dual, { alpha: 0.5, beta: -0.5 * problem.data.y.columns, into: inverse });
}

/**
 * Turns a failed factorisation of the output covariance into advice.
 * @param prior K⁽ᴸ⁾, where what failed is a kernel that targets have changed: they may be what is too large
 */
export function explainSingular(error: unknown, problem: Problem, prior?: Matrix): unknown {
  if (!(error instanceof NotPositiveDefiniteError)) return error;
  const large = prior && targetsTooLarge(problem, prior);
  if (large) return new InputError(large);
  if (error instanceof OutOfReachError) return new InputError(`${error.message}; ${EASIER}`);
  const { noiseVariance } = problem;
  return new InputError(
    `noiseVariance: ${noiseVariance} leaves the output kernel singular (${error.message}); give a larger one`,
  );
}
