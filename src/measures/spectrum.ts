import { checkNumbers, checkSquare, refuse } from '../numerics/arguments.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import type { Matrix } from '../numerics/matrix.js';
import { centred } from './alignment.js';

/**
 * Eigenvalues of the centred kernel HKH, H = 1 − 11ᵀ/P, largest first (theory §8).
 * @param algebra the backend, `compute.algebra`
 * @param kernel K, P×P
 * @throws InputError for what is no backend or square matrix
 */
export function centredSpectrum(algebra: LinearAlgebra, kernel: Matrix): Float64Array {
  const solves = typeof (algebra as Partial<LinearAlgebra> | null)?.eigenSymmetric === 'function';
  if (!solves) refuse('algebra', algebra, 'must be compute.algebra');
  checkSquare('kernel', kernel);
  return algebra.eigenSymmetric(centred(kernel)).values.toReversed();
}

/**
 * exp of the entropy of the normalised eigenvalues (Roy and Vetterli 2007): how many directions share the
 * variance.
 * @throws InputError for what is no list of finite numbers
 */
export function effectiveRank(eigenvalues: Float64Array): number {
  checkNumbers('eigenvalues', eigenvalues);
  const positive = eigenvalues.filter((value) => value > 0);
  const total = positive.reduce((sum, value) => sum + value, 0);
  if (total === 0) return 0;
  return Math.exp(-positive.reduce((sum, value) => sum + (value / total) * Math.log(value / total), 0));
}
