import { type CrossCovariance, crossKernel } from '../activations/crossGaussian.js';
import { kernelChain, kernelOf } from '../activations/gaussian.js';
import type { Compute } from '../numerics/compute.js';
import { InputError, NotPositiveDefiniteError } from '../numerics/errors.js';
import { choleskySolve } from '../numerics/linearAlgebra.js';
import { addToDiagonal, copy, diagonal, type Matrix, release } from '../numerics/matrix.js';
import { gain, type Network, type Problem } from '../problem/problem.js';

/** K⁽ˡ⁾ = g_l K(K⁽ˡ⁻¹⁾) + β_l */
export function nextKernel(network: Network, l: number, below: Matrix, compute: Compute): Matrix {
  return kernelOf(network.activation, below, compute, gain(network, l), network.biasVariance[l]);
}

/** The same for new points, given the kernel of the training points below. */
export function nextRows(
  network: Network,
  l: number,
  kernelBelow: Matrix,
  below: CrossCovariance,
  compute: Compute,
): CrossCovariance {
  return crossKernel(network.activation, diagonal(kernelBelow), below, compute, gain(network, l), network.biasVariance[l]);
}

/** K⁽⁰⁾ … K⁽ᴸ⁾ at infinite width (theory §3). @throws InputError if a kernel is not finite */
export function nngpKernels(network: Network, x: Matrix, compute: Compute): Matrix[] {
  // C⁽⁰⁾ = g₀ X Xᵀ/D + β₀ (theory §1); the chain adds the upper triangle and β₀.
  const input = compute.algebra.syrk(x, { alpha: gain(network, 0) / x.columns, mirror: false });
  const layers = Array.from({ length: network.hiddenLayers }, (_, k) => ({
    scale: gain(network, k + 1),
    shift: network.biasVariance[k + 1],
  }));
  const kernels = [input, ...kernelChain(network.activation, input, layers, compute, network.biasVariance[0])];
  kernels.forEach((kernel, l) => {
    // Variances bound all other entries.
    if (diagonal(kernel).every(Number.isFinite)) return;
    throw new InputError(`network: the kernel of layer ${l} is not finite; lower weightVariance or hiddenLayers`);
  });
  return kernels;
}

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

/** Turns a failed factorisation of the output covariance into advice. */
export function explainSingular(error: unknown, { noiseVariance }: Problem): unknown {
  if (!(error instanceof NotPositiveDefiniteError)) return error;
  return new InputError(
    `noiseVariance: ${noiseVariance} leaves the output kernel singular (${error.message}); give a larger one`,
  );
}
