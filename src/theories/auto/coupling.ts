import { gaussianOf } from '../../likelihood/gaussian.js';
import type { Compute } from '../../numerics/compute.js';
import { addConstant } from '../../numerics/entrywise.js';
import { choleskySolve } from '../../numerics/linearAlgebra.js';
import { copy, inner, type Matrix, release } from '../../numerics/matrix.js';
import type { Problem } from '../../problem/problem.js';

/** How strongly networks of finite width feel their data: what theories neglect grows with both numbers. */
export interface Coupling {
  /** L */
  readonly layers: number;
  /** Σ_l (1/N_l) tr A⁻¹(K − β), A = K + κ: modes that the data fix per neuron, P/N where there is no noise */
  readonly fluctuation: number;
  /** Σ_l (1/N_l) (1/n) tr aᵀ(K − β)a, a = A⁻¹Y: how far the targets pull kernels */
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
  const { hiddenLayers, widths, biasVariance } = network;
  const { factor, dual } = gaussianOf(problem).given(kernel, compute.algebra);
  const free = copy(kernel);
  addConstant(free, -biasVariance[hiddenLayers]);
  const perNeuron = widths.reduce((sum, width) => sum + 1 / width, 0);
  const pull = (perNeuron / data.y.columns) * inner(dual, compute.algebra.gemm(free, dual));
  const explained = choleskySolve(compute.algebra, factor, free);
  let trace = 0;
  for (let i = 0; i < explained.rows; i++) trace += explained.data[i * explained.rows + i];
  release(factor);
  return { layers: hiddenLayers, fluctuation: perNeuron * trace, pull };
}
