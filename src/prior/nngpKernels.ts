import { type CrossCovariance, crossKernel } from '../activations/crossGaussian.js';
import { kernelChain, kernelOf } from '../activations/gaussian.js';
import { checkMatrix } from '../numerics/arguments.js';
import { type Compute, checkCompute } from '../numerics/compute.js';
import { InputError, MemoryError } from '../numerics/errors.js';
import { diagonal, type Matrix } from '../numerics/matrix.js';
import { twoDigits } from '../numerics/shown.js';
import { checkNetwork } from '../problem/checkProblem.js';
import { gain, type Network } from '../problem/problem.js';

/** Names the layer in errors of its activation, which knows of none. */
function inLayer<T>(l: number, kernel: () => T): T {
  try {
    return kernel();
  } catch (error) {
    if (!(error instanceof InputError) || error instanceof MemoryError) throw error;
    throw new InputError(`network: layer ${l}: ${error.message}`);
  }
}

/** K⁽ˡ⁾ = g_l K(K⁽ˡ⁻¹⁾) + β_l */
export function nextKernel(network: Network, l: number, below: Matrix, compute: Compute): Matrix {
  return inLayer(l, () => kernelOf(network.activation, below, compute, gain(network, l), network.biasVariance[l]));
}

/** The same for new points, given the kernel of the training points below. */
export function nextRows(
  network: Network,
  l: number,
  kernelBelow: Matrix,
  below: CrossCovariance,
  compute: Compute,
): CrossCovariance {
  const [own, g, shift] = [diagonal(kernelBelow), gain(network, l), network.biasVariance[l]];
  return inLayer(l, () => crossKernel(network.activation, own, below, compute, g, shift));
}

/** C⁽⁰⁾ = g₀ X Xᵀ/D + β₀ (theory §1) */
export function inputKernel(network: Network, x: Matrix, { algebra }: Compute): Matrix {
  const kernel = algebra.syrk(x, { alpha: gain(network, 0) / x.columns });
  for (let i = 0; i < kernel.data.length; i++) kernel.data[i] += network.biasVariance[0];
  return kernel;
}

/** K⁽⁰⁾ … K⁽ᴸ⁾ at infinite width (theory §3). @throws InputError if a kernel is not finite */
export function nngpKernels(network: Network, x: Matrix, compute: Compute): Matrix[] {
  checkNetwork(network);
  checkMatrix('x', x);
  checkCompute(compute);
  // C⁽⁰⁾ = g₀ X Xᵀ/D + β₀ (theory §1); the chain adds the upper triangle and β₀.
  const input = compute.algebra.syrk(x, { alpha: gain(network, 0) / x.columns, mirror: false });
  const layers = Array.from({ length: network.hiddenLayers }, (_, k) => ({
    scale: gain(network, k + 1),
    shift: network.biasVariance[k + 1],
  }));
  // Squares of tiny inputs vanish, where those of none are zero.
  let below = largestOf(x.data);
  const check = (variances: Float64Array, l: number) => {
    // Variances bound all other entries.
    const size = largestOf(variances);
    checkSize(size, below, l);
    below = size;
  };
  const prepare = (variances: Float64Array, l: number) => {
    check(variances, l);
    return inLayer(l + 1, () => network.activation.prepare(variances, compute.algebra));
  };
  const kernels = [input, ...kernelChain(network.activation, input, layers, compute, network.biasVariance[0], prepare)];
  check(diagonal(kernels[network.hiddenLayers]), network.hiddenLayers);
  return kernels;
}

const largestOf = (values: Float64Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Fourth powers of kernels, which errors of their variances have, are within double precision up to here, and down to the inverse. */
const LARGEST = 1e75;

/** @throws InputError if the variances of a layer, or what is computed from them, leave double precision */
function checkSize(size: number, below: number, l: number): void {
  const tooSmall = size < 1 / LARGEST && (size > 0 || below > 0);
  if (!tooSmall && size <= LARGEST) return;
  const how = tooSmall ? 'raise' : 'lower';
  const power = `reaches ${twoDigits(size)}, whose fourth power ${tooSmall ? 'vanishes' : 'is not finite'}`;
  const reached = Number.isFinite(size) ? power : 'is not finite';
  const culprit =
    l === 0
      ? `scale X, or ${how} weightVariance`
      : `${how} weightVariance, or take fewer layers or an activation that grows ${tooSmall ? 'more' : 'less'}`;
  throw new InputError(`network: the kernel of layer ${l} ${reached}; ${culprit}`);
}
