import type { Compute } from '../numerics/compute.js';
import { InputError, NotPositiveDefiniteError } from '../numerics/errors.js';
import { factorSemidefinite } from '../numerics/linearAlgebra.js';
import { addToDiagonal, copy, type Matrix, zeros } from '../numerics/matrix.js';
import { gain, type Problem } from '../problem/problem.js';
import { type LayerEquations, solveForwardBackward } from './forwardBackward.js';
import { explainSingular, nngpKernels } from './layers.js';
import { createPosterior } from './posterior.js';
import type { Theory } from './theory.js';

/**
 * With C = F Fᵀ and s = 2g/N: the Cholesky factor of 1 − s FᵀC̃F. It exists exactly where the tilted measure can be normalised.
 * @throws NotPositiveDefiniteError elsewhere
 */
function tilt(c: Matrix, conjugate: Matrix, s: number, { algebra }: Compute) {
  const factor = factorSemidefinite(algebra, c);
  const cf = algebra.gemm(conjugate, factor);
  const metric = algebra.gemm(factor, cf, { transposeA: true, alpha: -s });
  return { factor, cf, metric: algebra.cholesky(addToDiagonal(metric, 1)) };
}

/** Left L⁻¹Fᵀ (or FᵀC̃): G with GᵀG = F (1 − sFᵀC̃F)⁻¹ Fᵀ. */
function sandwich(metric: Matrix, right: Matrix, alpha: number, into: Matrix, { algebra }: Compute): Matrix {
  const rows = zeros(right.columns, right.rows);
  for (let i = 0; i < right.rows; i++) {
    for (let j = 0; j < right.columns; j++) rows.data[j * right.rows + i] = right.data[i * right.columns + j];
  }
  algebra.solveTriangular(metric, rows);
  return algebra.syrk(rows, { transpose: true, alpha, beta: 1, into });
}

/**
 * φ(h) = h (theory §5): ⟨hhᵀ⟩ = C(1 − sC̃C)⁻¹ = F(1 − sFᵀC̃F)⁻¹Fᵀ and C̃⁽ˡ⁾ = gC̃(1 − sCC̃)⁻¹ = g[C̃ + s C̃F(1 − sFᵀC̃F)⁻¹FᵀC̃], s = 2g/N.
 */
export function linearEquations({ network }: Problem, compute: Compute): LayerEquations {
  return {
    forward(l, width, below, conjugate) {
      const g = gain(network, l);
      const { factor, metric } = tilt(below, conjugate, (2 * g) / width, compute);
      const shift = zeros(below.rows);
      shift.data.fill(network.biasVariance[l]);
      return sandwich(metric, factor, g, shift, compute);
    },
    backward(l, width, kernel, above) {
      const g = gain(network, l + 1);
      const s = (2 * g) / width;
      const { cf, metric } = tilt(kernel, above, s, compute);
      const scaled = copy(above);
      for (let i = 0; i < scaled.data.length; i++) scaled.data[i] *= g;
      return sandwich(metric, cf, g * s, scaled, compute);
    },
  };
}

/** Maximum a posteriori kernels: the full forward-backward equations (theory §4), in closed form for the linear activation. */
export const map: Theory = {
  name: 'map',
  summary: 'maximum a posteriori kernels (closed form, linear activation)',
  matrices: ({ network }) => 12 * network.hiddenLayers + 16,
  *iterate(problem, compute, options) {
    const { network, data } = problem;
    if (!network.activation.linear) {
      throw new InputError(
        `theory map: solved in closed form for activation "linear" only, not "${network.activation.name}"; use perturbative`,
      );
    }
    const nngp = nngpKernels(network, data.x, compute);
    const equations = linearEquations(problem, compute);
    const { tolerance = 1e-10, maxIterations = 500 } = options;
    try {
      const solution = yield* solveForwardBackward(problem, nngp, equations, compute, { tolerance, maxIterations });
      const { widths } = solution.convergence;
      return createPosterior(
        { theory: 'map', problem, nngp, ...solution },
        (l, below, conjugate) => equations.forward(l, widths[l - 1], below, conjugate ?? zeros(below.rows)),
        compute,
      );
    } catch (error) {
      throw error instanceof NotPositiveDefiniteError ? explainSingular(error, problem) : error;
    }
  },
};
