import type { Activation } from '../activations/activation.js';
import type { Matrix } from '../numerics/matrix.js';
import type { MomentMap } from './momentMap.js';

/**
 * Patches of an image, each a pre-activation of every channel; lists have an entry for each axis, one or two.
 */
export interface Convolution {
  /** lengths of a patch along the axes of an image */
  readonly patch: readonly number[];
  /** steps between patches along the axes */
  readonly stride: readonly number[];
  /**
   * zero: the output has ⌈size/stride⌉ positions, and pixels beyond the edge count as zeros in a patch that
   * is divided by its whole size
   */
  readonly padding: 'zero' | 'circular';
}

/**
 * How the weights of a layer of one's own read the neurons below, which is what networks are drawn with: h =
 * √(g/F) · fed Wᵀ + √β b, so that 𝒯[φφᵀ/N] must be (g/F) fed fedᵀ. Rows are (point, position) pairs, point by
 * point.
 */
export interface OwnWeights {
  /** F, numbers that feed one neuron above, where each of `positions` below has `width` of them */
  fanIn(width: number, positions: number): number;
  /** What feeds the neurons above, (P·positionsAbove)×F, written `into`; `below` is (P·positions)×width. */
  gather(below: Matrix, positions: number, into: Matrix): void;
  /** Its adjoint: (P·positions)×width of what is asked of `fed`, (P·positionsAbove)×F, written `into`. */
  scatter(fed: Matrix, positions: number, into: Matrix): void;
}

/**
 * A kind of layer of one's own: how the pre-activations of a layer come from the neurons below, in second
 * moments, which is all that theories ask (theory §1). Given the kernel below, neurons must be independent
 * and alike.
 */
export interface OwnKind {
  /** what reports call it */
  readonly name: string;
  /**
   * Positions of one point above from those below; 1 of layers that have none. @throws InputError for
   * positions that do not fit
   */
  positionsAbove(positions: number): number;
  /** 𝒯 of the layer over these positions, g = `gain` times what unit weights make of second moments. */
  moments(gain: number, positions: number): MomentMap;
  /** without these networks cannot be drawn: `sampled` refuses it */
  readonly weights?: OwnWeights;
}

/** A hidden layer that is not simply dense with the activation of all others. */
export interface LayerStructure {
  /** φ_l */
  readonly activation: Activation;
  /** how its pre-activations come from the layer below; all of them from all where it is undefined */
  readonly convolution?: Convolution;
  /** how they come from it in a layer of one's own kind */
  readonly own?: OwnKind;
  /** a residual block: the pre-activations of the layer this many below are added to its own */
  readonly skip?: number;
}

/** What positions become where convolutions end: features of their own, or their mean. */
export const READOUTS = ['flatten', 'average'] as const;
/** Below a dense layer or the outputs: weights of its own for every position, or one for their mean. */
export type Readout = (typeof READOUTS)[number];

/** Layers one by one, of networks that differ from layer to layer. */
export interface Structure {
  /** hidden layers 1..L */
  readonly layers: readonly LayerStructure[];
  /** what becomes of positions above the last convolution */
  readonly readout: Readout;
  /**
   * shape of an input, channels last: [length, channels] or [height, width, channels]; undefined where no
   * layer looks at it
   */
  readonly image?: readonly number[];
}
