import { InputError } from '../numerics/errors.js';
import { gain, type Network } from '../problem/problem.js';
import { dense } from './dense.js';
import { denseInput } from './denseInput.js';
import type { InputMap, Layer } from './layer.js';

/** What an architecture may be made of; a theory says which of these it treats, beside dense layers of one activation. */
export type Ingredient = 'activations' | 'convolution';

/** How theories and people call them. */
const SAID: Readonly<Record<Ingredient, string>> = {
  activations: 'layers of different activations',
  convolution: 'convolutions',
};

/** A network as values that compose: the input kernel, and layers on top of it. */
export interface Architecture {
  readonly input: InputMap;
  /** layers[l − 1] is hidden layer l = 1..L */
  readonly layers: readonly Layer[];
  readonly ingredients: readonly Ingredient[];
}

/** Networks are immutable, and theories ask for their layers again and again. */
const known = new WeakMap<Network, Architecture>();

/** The architecture of a network's numbers. */
export function architectureOf(network: Network): Architecture {
  const found = known.get(network);
  if (found) return found;
  const built = build(network);
  known.set(network, built);
  return built;
}

/** Hidden layer l = 1..L */
export const layerOf = (network: Network, l: number): Layer => architectureOf(network).layers[l - 1];

function build(network: Network): Architecture {
  const { hiddenLayers, widths, biasVariance, activation } = network;
  const layers = Array.from({ length: hiddenLayers }, (_, k): Layer => {
    const map = dense(gain(network, k + 1));
    return { width: widths[k], activation, map, beta: biasVariance[k + 1] };
  });
  return { input: denseInput(gain(network, 0), biasVariance[0]), layers, ingredients: [] };
}

/** What of a network something does not treat, in one line; undefined where it treats all. */
export function untreated(network: Network, who: string, treats: readonly Ingredient[] = []): string | undefined {
  const other = architectureOf(network).ingredients.find((ingredient) => !treats.includes(ingredient));
  return other && `${who} treats dense layers of one activation, no ${SAID[other]}; nngp and sampled do`;
}

/** @throws InputError for a network with other layers than dense ones of one activation */
export function requireDense(network: Network, who: string): void {
  const reason = untreated(network, who);
  if (reason) throw new InputError(`network.layers: ${reason}`);
}

/** Σ of positions × points of the widest kernel, as a multiple of P: kernels of layer l have positions(l)·P rows. */
export const mostPositions = ({ input, layers }: Architecture): number =>
  layers.reduce((most, { map }) => Math.max(most, map.positions, map.positionsAbove), input.positions);
