import { InputError, leavesRegion, OutOfReachError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';
import type { Problem } from '../problem/problem.js';
import { EASIER, targetsTooLarge } from './reach.js';

/**
 * Turns a failed factorisation of the output covariance, and samples that do not reach, into advice.
 * @param prior K⁽ᴸ⁾, where what failed is a kernel that targets have changed: they may be what is too large
 */
export function explainSingular(error: unknown, problem: Problem, prior?: Matrix): unknown {
  if (!leavesRegion(error)) return error;
  const large = prior && targetsTooLarge(problem, prior);
  if (large) return new InputError(large);
  if (error instanceof OutOfReachError) return new OutOfReachError(`${error.message}; ${EASIER}`);
  const { noiseVariance, likelihood } = problem;
  if (likelihood)
    return new InputError(
      `the output kernel is no covariance (${error.message}); take wider layers, or sampled`,
    );
  return new InputError(
    `noiseVariance: ${noiseVariance} leaves the output kernel singular (${error.message}); give a larger one`,
  );
}
