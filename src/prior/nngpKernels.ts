import { kernelChain } from '../activations/operators/kernel.js';
import { type Architecture, architectureOf, layerOf } from '../architecture/architecture.js';
import { kernelAbove, rowsAbove } from '../architecture/kernels.js';
import { addRows, type Layer, type PointRows } from '../architecture/layer.js';
import { variancesOf } from '../architecture/positionBlocks.js';
import { smallestArchitecture } from '../architecture/samePositions.js';
import { checkMatrix } from '../numerics/arguments.js';
import { type Compute, checkCompute } from '../numerics/compute.js';
import { InputError, MemoryError } from '../numerics/errors.js';
import { addScaled, diagonal, type Matrix } from '../numerics/matrix.js';
import { checkNetwork } from '../problem/checkProblem.js';
import type { Network } from '../problem/problem.js';
import { type SizeCheck, sizeCheck } from './kernelSize.js';

/** Names the layer in errors of its activation, which knows of none. */
export function inLayer<T>(l: number, kernel: () => T): T {
  try {
    return kernel();
  } catch (error) {
    if (!(error instanceof InputError) || error instanceof MemoryError) throw error;
    throw new InputError(`network: layer ${l}: ${error.message}`);
  }
}

/**
 * K⁽ˡ⁾ = 𝒯_l⟨φφᵀ⟩ + β_l over N(0, K⁽ˡ⁻¹⁾), g_l⟨φφᵀ⟩ + β_l for a dense layer (theory §1, §2), P×P or, of
 * (point, position) pairs, (P·S)×(P·S). What a residual block adds is not in it.
 * @param network whose layer l = 1..L it is
 * @param l the layer
 * @param below K⁽ˡ⁻¹⁾, P×P
 * @param compute what to compute on
 * @throws InputError, which names the layer, where the Gaussian expectations of its activation cannot be had
 */
export function nextKernel(network: Network, l: number, below: Matrix, compute: Compute): Matrix {
  return kernelOver(layerOf(network, l), l, below, compute);
}

const kernelOver = (layer: Layer, l: number, below: Matrix, compute: Compute): Matrix =>
  inLayer(l, () => kernelAbove(layer, below, compute));

/**
 * The same for T new points: covariances with the training points, T×P, and variances.
 * @param network whose layer l = 1..L it is
 * @param l the layer
 * @param kernelBelow K⁽ˡ⁻¹⁾ of the training points, P×P
 * @param below rows of the new points in layer l − 1
 * @param compute what to compute on
 * @throws InputError, which names the layer, where the Gaussian expectations of its activation cannot be had
 */
export function nextRows(
  network: Network,
  l: number,
  kernelBelow: Matrix,
  below: PointRows,
  compute: Compute,
): PointRows {
  return rowsOver(layerOf(network, l), l, kernelBelow, below, compute);
}

const rowsOver = (layer: Layer, l: number, kernel: Matrix, rows: PointRows, compute: Compute): PointRows =>
  inLayer(l, () => rowsAbove(layer, kernel, rows, compute));

/**
 * New points layer by layer at infinite width, residual blocks included: a function that is asked from layer
 * 1 on and gives, of their rows in layer l − 1, those in layer l. What `createPosterior` takes as `extend`.
 * @param network whose layers they pass
 * @param kernels K⁽⁰⁾ … K⁽ᴸ⁾ of the training points, P×P each
 * @param compute what to compute on
 * @param architecture the one whose kernels they are
 * @throws InputError as `nextRows`
 */
export function nngpRows(
  network: Network,
  kernels: readonly Matrix[],
  compute: Compute,
  { layers }: Architecture = architectureOf(network),
) {
  let path: PointRows[] = [];
  return (l: number, below: PointRows): PointRows => {
    path = [...(l === 1 ? [] : path.slice(0, l - 1)), below];
    const layer = layers[l - 1];
    const { skip } = layer;
    const rows = rowsOver(layer, l, kernels[l - 1], below, compute);
    return skip ? addRows(rows, path[l - skip]) : rows;
  };
}

/**
 * K⁽⁰⁾ … K⁽ᴸ⁾ at infinite width, the NNGP (theory §3), P×P each; of (point, position) pairs, (P·S)×(P·S),
 * where a network has positions:
 *
 *     K⁽⁰⁾ = g₀XXᵀ/D + β₀,    K⁽ˡ⁾ = g_l⟨φφᵀ⟩ + β_l over N(0, K⁽ˡ⁻¹⁾) for dense layers
 *
 * @param network its architecture and prior variances
 * @param x X, P×D
 * @param compute what to compute on
 * @param given its architecture, `architectureOf` by default: with `smallestArchitecture` only what the output kernel needs
 * @throws InputError if a kernel is not finite, or its fourth powers are not
 */
export function nngpKernels(network: Network, x: Matrix, compute: Compute, given?: Architecture): Matrix[] {
  checkNetwork(network);
  checkMatrix('x', x);
  checkCompute(compute);
  const check = sizeCheck(x);
  const architecture = given ?? architectureOf(network);
  const kernels = (isChain(architecture) ? chain : layerByLayer)(network, architecture, x, check, compute);
  check(diagonal(kernels[network.hiddenLayers]), network.hiddenLayers);
  return kernels;
}

/**
 * K⁽ᴸ⁾, P×P, at the least memory: of pairs at the same position alone where the network needs no others.
 * @throws InputError as `nngpKernels`
 */
export const outputKernel = (network: Network, x: Matrix, compute: Compute): Matrix =>
  nngpKernels(network, x, compute, smallestArchitecture(network))[network.hiddenLayers];

/** Dense layers of one activation: their kernels are computed in one pass. */
const isChain = ({ input, layers }: Architecture): boolean =>
  input.gain !== undefined &&
  layers.every(
    ({ map, activation, skip }) => map.gain !== undefined && !skip && activation === layers[0].activation,
  );

/** Rows of all layers one after the other, while they are in the cache. */
function chain(
  network: Network,
  { input, layers }: Architecture,
  x: Matrix,
  check: SizeCheck,
  compute: Compute,
): Matrix[] {
  // C⁽⁰⁾ = g₀ X Xᵀ/D + β₀ (theory §1); the chain adds the upper triangle and β₀.
  const first = compute.algebra.syrk(x, { alpha: (input.gain as number) / x.columns, mirror: false });
  const [{ activation }] = layers;
  const affine = layers.map(({ map, beta }) => ({ scale: map.gain as number, shift: beta }));
  const prepare = (variances: Float64Array, l: number) => {
    check(variances, l);
    return inLayer(l + 1, () => activation.prepare(variances, compute.algebra));
  };
  return [first, ...kernelChain(activation, first, affine, compute, network.biasVariance[0], prepare)];
}

function layerByLayer(
  network: Network,
  { input, layers }: Architecture,
  x: Matrix,
  check: SizeCheck,
  compute: Compute,
): Matrix[] {
  const kernels = [input.kernel(x, compute)];
  for (let l = 1; l <= network.hiddenLayers; l++) {
    check(variancesOf(kernels[l - 1]), l - 1);
    const layer = layers[l - 1];
    const { skip } = layer;
    const kernel = kernelOver(layer, l, kernels[l - 1], compute);
    kernels.push(skip ? addScaled(kernel, 1, kernels[l - skip]) : kernel);
  }
  return kernels;
}
