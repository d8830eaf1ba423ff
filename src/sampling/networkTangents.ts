import { applyActivation } from '../activations/operators/apply.js';
import type { Compute } from '../numerics/compute.js';
import { choleskySolve } from '../numerics/linearAlgebra.js';
import { addScaled, addToDiagonal, copy, type Matrix, zeros } from '../numerics/matrix.js';
import { RandomStream } from '../numerics/random.js';
import { activationOf, gain, type Network, type Problem } from '../problem/problem.js';
import { layerKernel } from './pass.js';
import type { StoredNetworks } from './storedNetworks.js';

/**
 * A readout drawn from its posterior given the last layer's neurons (Matheron's rule): with B = [√(g/N) φ, √β
 * 1], w₀ and ε standard normal,
 *
 *     w = w₀ + Bᵀ(BBᵀ + κ)⁻¹(Y − Bw₀ − √κ ε)
 *
 * @param phi P×N_L
 * @returns weights of the output, n×N_L, all scales in them
 * @throws NotPositiveDefiniteError without noise for fewer neurons than points
 */
export function drawReadout(
  { network, data, noiseVariance }: Problem,
  phi: Matrix,
  stream: RandomStream,
  compute: Compute,
): Matrix {
  const { algebra } = compute;
  const [p, width, n] = [phi.rows, phi.columns, data.y.columns];
  const root = Math.sqrt(gain(network, network.hiddenLayers) / width);
  const features = zeros(p, width + 1);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < width; j++) features.data[i * (width + 1) + j] = root * phi.data[i * width + j];
    features.data[i * (width + 1) + width] = Math.sqrt(network.biasVariance[network.hiddenLayers]);
  }
  const weights = zeros(width + 1, n);
  stream.normals(weights.data);
  const noise = zeros(p, n);
  stream.normals(noise.data);
  const rest = algebra.gemm(features, weights, { alpha: -1 });
  addScaled(rest, 1, data.y);
  addScaled(rest, -Math.sqrt(noiseVariance), noise);
  const factor = algebra.cholesky(addToDiagonal(algebra.syrk(features), noiseVariance));
  algebra.gemm(features, choleskySolve(algebra, factor, rest), { transposeA: true, beta: 1, into: weights });
  const readout = zeros(n, width);
  for (let j = 0; j < width; j++)
    for (let k = 0; k < n; k++) readout.data[k * width + j] = root * weights.data[j * n + k];
  return readout;
}

/**
 * T⁽⁰⁾ … T⁽ᴸ⁾ of one network by its reverse pass, mean over outputs: T⁽ˡ⁾ = C⁽ˡ⁾ ∘ Σ_i δ_i δ_iᵀ with δ =
 * ∂f/∂h of the neurons that the weights lead to, and C⁽ˡ⁾ the network's own kernel.
 * @param kernels C⁽⁰⁾ … C⁽ᴸ⁾ of this network
 * @param h h⁽⁰⁾ … h⁽ᴸ⁻¹⁾, P×N each
 * @param weights of layers 1 … L at their index, all scales in them; the last is the readout, n×N_L
 */
export function networkTangents(
  network: Network,
  kernels: readonly Matrix[],
  h: readonly Matrix[],
  weights: (l: number) => Matrix,
  compute: Compute,
): Matrix[] {
  const { algebra } = compute;
  const { hiddenLayers } = network;
  const p = kernels[0].rows;
  const readout = weights(hiddenLayers);
  const n = readout.rows;
  const slopes = h.map((field, l) => {
    const slope = zeros(field.rows, field.columns);
    applyActivation(activationOf(network, l + 1), field.data, slope.data, compute, true);
    return slope;
  });
  const tangents = kernels.map((kernel, l) => (l === hiddenLayers ? copy(kernel) : zeros(p)));
  for (let k = 0; k < n; k++) {
    const own = readout.data.subarray(k * readout.columns, (k + 1) * readout.columns);
    let delta: Matrix = {
      ...slopes[hiddenLayers - 1],
      data: slopes[hiddenLayers - 1].data.map((s, i) => s * own[i % own.length]),
    };
    for (let l = hiddenLayers - 1; l >= 0; l--) {
      const gram = algebra.syrk(delta);
      for (let i = 0; i < gram.data.length; i++)
        tangents[l].data[i] += (kernels[l].data[i] * gram.data[i]) / n;
      if (l === 0) break;
      delta = algebra.gemm(delta, weights(l));
      const slope = slopes[l - 1].data;
      for (let i = 0; i < slope.length; i++) delta.data[i] *= slope[i];
    }
  }
  return tangents;
}

/** Groups of networks, whose scatter gives standard errors. */
const GROUPS = 8;

/**
 * T⁽⁰⁾ … T⁽ᴸ⁾ of networks of a posterior, means over each of up to 8 groups of them; where the readout was
 * integrated out, one is drawn for each network.
 * @throws NotPositiveDefiniteError as `drawReadout`
 */
export function tangentsOfNetworks(
  networks: StoredNetworks,
  problem: Problem,
  input: Matrix,
  compute: Compute,
  seed = 0,
): Matrix[][] {
  const { network, data } = problem;
  const top = network.hiddenLayers;
  const stream = RandomStream.fromSeed(seed);
  const groups = Math.min(GROUPS, networks.count);
  return Array.from({ length: groups }, (_, group) => {
    const [from, to] = [group, group + 1].map((k) => Math.floor((k * networks.count) / groups));
    let sum: Matrix[] | undefined;
    for (let k = from; k < to; k++) {
      const { h, phi } = networks.pass(k, data.x);
      const kernels = [
        input,
        ...phi.map((value, l) =>
          layerKernel(value, gain(network, l + 1), network.biasVariance[l + 1], compute.algebra),
        ),
      ];
      const readout = networks.hasReadout
        ? networks.weights(k, top)
        : drawReadout(problem, phi[top - 1], stream, compute);
      const weights = (l: number) => (l === top ? readout : networks.weights(k, l));
      const tangents = networkTangents(network, kernels, h, weights, compute);
      sum = tangents.map((tangent, l) =>
        addScaled(sum?.[l] ?? zeros(tangent.rows), 1 / (to - from), tangent),
      );
    }
    return sum as Matrix[];
  });
}
