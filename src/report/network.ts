import type { Network } from '../problem/problem.js';
import type { LayerStructure } from '../problem/structure.js';

const times = (sizes: readonly number[]): string => sizes.join('×');

function layerWords({ convolution, activation, own, skip }: LayerStructure, width: number): string {
  const added = skip === undefined ? '' : skip === 1 ? ' + the layer below' : ` + ${skip} layers below`;
  if (own) return `${own.name} ${width} ${activation.name}${added}`;
  if (!convolution) return `dense ${width} ${activation.name}${added}`;
  const { patch, stride, padding } = convolution;
  const strides = stride.every((step) => step === 1) ? '' : `, stride ${times(stride)}`;
  return `${times(patch)} convolution of ${width} channels (${padding} padding${strides}) ${activation.name}${added}`;
}

/** Hidden layers in words: "2 hidden layers of width 100, 50, erf", or one by one where they differ. */
export function networkWords({ hiddenLayers, widths, activation, structure }: Network): string {
  const layers = `${hiddenLayers} hidden ${hiddenLayers === 1 ? 'layer' : 'layers'}`;
  if (!structure) return `${layers} of width ${widths.join(', ')}, ${activation.name}`;
  const each = structure.layers.map((layer, l) => layerWords(layer, widths[l]));
  const convolved = structure.layers.some(({ convolution }) => convolution);
  return `${layers}: ${each.join('; ')}${convolved ? `; positions ${PAST[structure.readout]}` : ''}`;
}

const PAST = { flatten: 'flattened', average: 'averaged' } as const;

/** A network as result files have it: activations by name. */
export function networkJson({ structure, ...network }: Network) {
  const named = { ...network, activation: network.activation.name };
  if (!structure) return named;
  const layers = structure.layers.map(({ own, ...layer }) => ({
    ...layer,
    ...(own ? { own: own.name } : {}),
    activation: layer.activation.name,
  }));
  return { ...named, structure: { ...structure, layers } };
}
