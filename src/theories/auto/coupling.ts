import { architectureOf } from '../../architecture/architecture.js';
import { gaussianOf } from '../../likelihood/gaussian.js';
import { likelihoodOf } from '../../likelihood/likelihoodOf.js';
import type { Compute } from '../../numerics/compute.js';
import { addConstant } from '../../numerics/entrywise.js';
import { choleskySolve } from '../../numerics/linearAlgebra.js';
import { copy, inner, type Matrix, release } from '../../numerics/matrix.js';
import type { Problem } from '../../problem/problem.js';

/** How strongly networks of finite width feel their data: what theories neglect grows with both numbers. */
export interface Coupling {
  /** L */
  readonly layers: number;
  /**
   * Σ_l (1/N_l) tr A⁻¹(K − β), A = K + κ: modes that the data fix per neuron, P/N where there is no noise; of
   * classes (1/n) Σ_c tr A_c⁻¹(K − β) with Σ_c(a_c a_cᵀ − A_c⁻¹) = 2C̃
   */
  readonly fluctuation: number;
  /**
   * Σ_l (1/N_l) (1/n) tr aᵀ(K − β)a, a = A⁻¹Y (the outputs are Ka in the mean): how far the targets pull
   * kernels
   */
  readonly pull: number;
}

/**
 * A problem of the atlas: its coupling and the largest relative error of every theory; null where it found no
 * solution.
 */
export interface AtlasProblem extends Coupling {
  readonly errors: Readonly<Record<string, number | null>>;
}

/** @param kernel K⁽ᴸ⁾ at infinite width @throws NotPositiveDefiniteError */
export function couplingOf(problem: Problem, kernel: Matrix, compute: Compute): Coupling {
  const { network, data } = problem;
  const { layers } = architectureOf(network);
  const free = copy(kernel);
  addConstant(free, -layers[layers.length - 1].beta);
  const perNeuron = layers.reduce((sum, { width }) => sum + 1 / width, 0);
  if (problem.likelihood) return couplingOfClasses(problem, kernel, free, perNeuron, compute);
  const { factor, dual } = gaussianOf(problem).given(kernel, compute.algebra);
  const pull = (perNeuron / data.y.columns) * inner(dual, compute.algebra.gemm(free, dual));
  const explained = choleskySolve(compute.algebra, factor, free);
  let trace = 0;
  for (let i = 0; i < explained.rows; i++) trace += explained.data[i * explained.rows + i];
  release(factor);
  return { layers: layers.length, fluctuation: perNeuron * trace, pull };
}

/** By a and C̃ alone, whatever the likelihood: the trace is what is left of the pull beside 2 tr C̃(K − β). */
export function couplingOfClasses(
  problem: Problem,
  kernel: Matrix,
  free: Matrix,
  perNeuron: number,
  { algebra }: Compute,
): Coupling {
  const likelihood = likelihoodOf(problem);
  const { dual } = likelihood.given(kernel, algebra);
  const pull = inner(dual, algebra.gemm(free, dual));
  const trace = pull - 2 * inner(likelihood.conjugate(kernel, algebra), free);
  const scale = perNeuron / dual.columns;
  return { layers: problem.network.hiddenLayers, fluctuation: scale * trace, pull: scale * pull };
}
