import { minimise, type Objective } from './lbfgs.js';
import type { LinearAlgebra } from './linearAlgebra.js';
import { addToDiagonal, copy, type Matrix, zeros } from './matrix.js';

const STEP = 1e-4;
/** Curvature that a density may lack at its peak without its draws or nodes running away. */
const LEAST = 0.2;

/** ∂²f at x by differences of gradients, made positive definite: its Cholesky factor. */
export function curvature(f: Objective, x: Float64Array, algebra: LinearAlgebra): Matrix {
  const d = x.length;
  const hessian = zeros(d);
  const [up, down] = [new Float64Array(d), new Float64Array(d)];
  for (let k = 0; k < d; k++) {
    const moved = x.slice();
    moved[k] = x[k] + STEP;
    f(moved, up);
    moved[k] = x[k] - STEP;
    f(moved, down);
    for (let j = 0; j < d; j++) {
      const value = (up[j] - down[j]) / (4 * STEP);
      hessian.data[k * d + j] += value;
      hessian.data[j * d + k] += value;
    }
  }
  const least = algebra.eigenSymmetric(hessian).values[0];
  return algebra.cholesky(addToDiagonal(copy(hessian), least < LEAST ? LEAST - least : 0));
}

/** Where f is least, near a start. */
export function peak(f: Objective, start: Float64Array, tolerance = 1e-6): Float64Array {
  const steps = minimise(f, start, { tolerance, maxIterations: 500 });
  for (;;) {
    const { value, done } = steps.next();
    if (done) return value.x;
  }
}
