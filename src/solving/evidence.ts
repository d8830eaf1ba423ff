import { gaussianOf } from '../likelihood/gaussian.js';
import type { Compute } from '../numerics/compute.js';
import { sumOf } from '../numerics/entrywise.js';
import { inner, type Matrix, release } from '../numerics/matrix.js';
import { nextKernel } from '../prior/nngpKernels.js';
import type { Problem } from '../problem/problem.js';

/** tr C̃C − W: what a layer's kernel costs in the prior (theory §4), for W = N ln Z + β 1ᵀC̃1. */
export function legendreCost(
  conjugate: Matrix,
  kernel: Matrix,
  bias: number,
  width: number,
  logNormaliser: number,
): number {
  return inner(conjugate, kernel) - bias * sumOf(conjugate) - width * logNormaliser;
}

/**
 * ln N(Y|0, C⁽ᴸ⁾ + κ) − ½ Σ tr C̃⁽ˡ⁾(C⁽ˡ⁾ − gK(C⁽ˡ⁻¹⁾) − β): the same with W to second order in C̃, where the
 * cost of a layer is half the work done on it.
 */
export function secondOrderEvidence(
  problem: Problem,
  kernels: readonly Matrix[],
  conjugates: readonly (Matrix | undefined)[],
  compute: Compute,
): number {
  const { network } = problem;
  let total = gaussianOf(problem).logEvidence(kernels[network.hiddenLayers], compute.algebra);
  for (let l = 1; l <= network.hiddenLayers; l++) {
    const conjugate = conjugates[l] as Matrix;
    const free = nextKernel(network, l, kernels[l - 1], compute);
    total -= 0.5 * (inner(conjugate, kernels[l]) - inner(conjugate, free));
    release(free);
  }
  return total;
}
