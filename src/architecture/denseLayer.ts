import type { Activation } from '../activations/activation.js';
import type { Network } from '../problem/problem.js';
import { layerOf } from './architecture.js';

/** A hidden layer of which all neurons feed all above, as theories of such layers alone take it. */
export interface DenseLayer {
  /** φ_l */
  readonly activation: Activation;
  /** N_l */
  readonly width: number;
  /** g_l: C⁽ˡ⁾ = g_l⟨φφᵀ⟩ + β_l */
  readonly gain: number;
  /** β_l */
  readonly beta: number;
}

/** Hidden layer l = 1..L of a network that `requireDense` has let pass. */
export function denseLayer(network: Network, l: number): DenseLayer {
  const { activation, width, map, beta } = layerOf(network, l);
  if (map.gain === undefined) throw new Error(`layer ${l} is not dense`);
  return { activation, width, gain: map.gain, beta };
}

/** All hidden layers 1..L, of a network that `requireDense` has let pass. */
export const denseLayers = (network: Network): DenseLayer[] =>
  Array.from({ length: network.hiddenLayers }, (_, k) => denseLayer(network, k + 1));
