import { checkNumber, checkSquare } from '../../numerics/arguments.js';
import { type Compute, checkCompute } from '../../numerics/compute.js';
import type { Matrix } from '../../numerics/matrix.js';
import { type Activation, checkActivation } from '../activation.js';

/**
 * Visits the entries below the diagonal that the formula of the pairs left as NaN, with their values by
 * quadrature.
 */
export function completePairs(
  activation: Activation,
  c: Matrix,
  missing: (i: number, j: number) => boolean,
  fill: (i: number, j: number, pair: ReturnType<NonNullable<Activation['pairByQuadrature']>>) => void,
): void {
  const n = c.rows;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      if (!missing(i, j) || !activation.pairByQuadrature) continue;
      fill(i, j, activation.pairByQuadrature(c.data[i * n + i], c.data[j * n + j], c.data[i * n + j]));
    }
  }
}

/** @throws InputError for what is no activation, square matrix or number */
export function checkArguments(activation: Activation, c: Matrix, compute: Compute, scale: number): void {
  checkActivation('activation', activation);
  checkSquare('c', c);
  checkCompute(compute);
  checkNumber('scale', scale);
}
