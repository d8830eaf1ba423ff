import { choleskySolve, type LinearAlgebra } from '../numerics/linearAlgebra.js';
import { copy, type Matrix } from '../numerics/matrix.js';

/**
 * What a Gaussian process says of each target from all others: ŷ_α = y_α − [K⁻¹y]_α/[K⁻¹]_αα (Rasmussen and
 * Williams 2006, eq. 5.12).
 *
 * @param kernel P×P of the targets, their noise included
 * @param y P×n
 * @throws NotPositiveDefiniteError
 */
export function leaveOneOut(kernel: Matrix, y: Matrix, algebra: LinearAlgebra): Matrix {
  const lower = algebra.cholesky(copy(kernel));
  const inverse = algebra.choleskyInverse(lower);
  const weights = choleskySolve(algebra, lower, y);
  const { rows, columns } = y;
  for (let a = 0; a < rows; a++)
    for (let k = a * columns; k < (a + 1) * columns; k++)
      weights.data[k] = y.data[k] - weights.data[k] / inverse.data[a * rows + a];
  return weights;
}
