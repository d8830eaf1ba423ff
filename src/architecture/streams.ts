import type { Network } from '../problem/problem.js';
import { layerOf } from './architecture.js';

/**
 * The layer whose pre-activations a residual block adds to those of hidden layer l = 1..L; undefined where
 * all are its own: h = h_below + what the layer adds, neuron by neuron.
 */
export function parentOf(network: Network, l: number): number | undefined {
  const skip = l > 1 ? layerOf(network, l - 1).skip : undefined;
  return skip === undefined ? undefined : l - skip;
}

/** Layer l, the one that its pre-activations contain, the one that those contain, and so on. */
export function ancestry(network: Network, l: number): number[] {
  const chain: number[] = [];
  for (let at: number | undefined = l; at !== undefined; at = parentOf(network, at)) chain.push(at);
  return chain;
}

/**
 * Hidden layers that are made of the same neurons, first the lowest: their pre-activations are sums of the
 * same Gaussian increments. A layer of its own where no residual block adds it to another.
 */
export function streamsOf(network: Network): number[][] {
  const byRoot = new Map<number, number[]>();
  for (let l = 1; l <= network.hiddenLayers; l++) {
    const root = ancestry(network, l).at(-1) as number;
    byRoot.set(root, [...(byRoot.get(root) ?? []), l]);
  }
  return [...byRoot.values()];
}

/**
 * The highest layer that the pre-activations of both contain: they have its kernel as their covariance;
 * undefined where that is none, of other streams.
 */
export function sharedLayer(network: Network, l: number, m: number): number | undefined {
  const below = new Set(ancestry(network, l));
  return ancestry(network, m).find((layer) => below.has(layer));
}
