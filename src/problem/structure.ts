import type { Activation } from '../activations/activation.js';

/** Patches of an image, each a pre-activation of every channel; lists have an entry for each axis, one or two. */
export interface Convolution {
  readonly patch: readonly number[];
  readonly stride: readonly number[];
  /** zero: the output has ⌈size/stride⌉ positions, and pixels beyond the edge count as zeros in a patch that is divided by its whole size */
  readonly padding: 'zero' | 'circular';
}

/** A hidden layer that is not simply dense with the activation of all others. */
export interface LayerStructure {
  readonly activation: Activation;
  /** how its pre-activations come from the layer below; all of them from all where it is undefined */
  readonly convolution?: Convolution;
  /** a residual block: the pre-activations of the layer this many below are added to its own */
  readonly skip?: number;
}

/** What positions become where convolutions end: features of their own, or their mean. */
export const READOUTS = ['flatten', 'average'] as const;
export type Readout = (typeof READOUTS)[number];

/** Layers one by one, of networks that differ from layer to layer. */
export interface Structure {
  readonly layers: readonly LayerStructure[];
  readonly readout: Readout;
  /** shape of an input, channels last: [length, channels] or [height, width, channels]; undefined where no layer looks at it */
  readonly image?: readonly number[];
}
