import { InputError } from '../numerics/errors.js';
import type { Network } from './problem.js';
import type { Convolution, OwnKind, OwnWeights, Structure } from './structure.js';

/**
 * How the pre-activations of a layer, or the outputs, come from what is below, as plain data that other
 * threads understand: densely, in patches, or from all positions as features of their own (`flatten`) or from
 * their mean (`average`); kinds of one's own stay in their thread.
 */
export type Connection =
  | { readonly kind: 'dense' }
  | Taps
  | Own
  | { readonly kind: 'flatten' | 'average'; readonly positions: number };

/** A kind of one's own between these positions. */
export interface Own {
  readonly kind: 'own';
  readonly positions: number;
  readonly positionsAbove: number;
  readonly own: OwnKind;
}

/** Patches of a convolution: which position below each of a patch's places looks at. */
export interface Taps {
  readonly kind: 'convolution';
  /** S below and above */
  readonly positions: number;
  readonly positionsAbove: number;
  /** |Δ|, places of a patch */
  readonly size: number;
  /** positionsAbove × size: a position below, or −1 beyond an edge that is padded by zeros */
  readonly taps: Int32Array;
}

export const positionsBelow = (connection: Connection): number =>
  'positions' in connection ? connection.positions : 1;
export const positionsAbove = (connection: Connection): number =>
  'positionsAbove' in connection ? connection.positionsAbove : 1;

/** Of a layer of one's own. @throws InputError where it has none */
export function weightsOf({ own }: Own): OwnWeights {
  if (own.weights) return own.weights;
  throw new InputError(`network.layers: ${withoutWeights(own.name)}`);
}

/** What is missing where networks cannot be drawn. */
export const withoutWeights = (name: string): string =>
  `${name} has second moments, and no "weights" that networks could be drawn with`;

/** Numbers below that feed one neuron, where a position below has `width` of them. */
export function fanIn(connection: Connection, width: number): number {
  if (connection.kind === 'convolution') return connection.size * width;
  if (connection.kind === 'own') return weightsOf(connection).fanIn(width, connection.positions);
  return connection.kind === 'flatten' ? connection.positions * width : width;
}

/** Sizes of the axes above a convolution: ⌈size/stride⌉. */
export const sizesAbove = (sizes: readonly number[], { stride }: Convolution): number[] =>
  sizes.map((size, axis) => Math.ceil(size / stride[axis]));

/**
 * Along one axis, out × patch: places below, −1 beyond the edge. As much padding after the last place as
 * before the first, or one more.
 */
function axisTaps(size: number, patch: number, stride: number, circular: boolean): number[][] {
  const out = Math.ceil(size / stride);
  const padding = Math.max((out - 1) * stride + patch - size, 0);
  const before = Math.floor(padding / 2);
  return Array.from({ length: out }, (_, position) =>
    Array.from({ length: patch }, (__, place) => {
      const at = position * stride + place - before;
      if (circular) return ((at % size) + size) % size;
      return at >= 0 && at < size ? at : -1;
    }),
  );
}

/** The patches of a convolution over positions of these sizes, row by row. */
export function tapsOf(sizes: readonly number[], convolution: Convolution): Taps {
  const { patch, stride, padding } = convolution;
  const axes = sizes.map((size, axis) => axisTaps(size, patch[axis], stride[axis], padding === 'circular'));
  // Axes are combined one by one: positions and places in row-major order.
  let table: number[][] = [[0]];
  axes.forEach((along, axis) => {
    table = table.flatMap((outer) =>
      along.map((places) =>
        outer.flatMap((base) =>
          places.map((place) => (base < 0 || place < 0 ? -1 : base * sizes[axis] + place)),
        ),
      ),
    );
  });
  const count = (values: readonly number[]) => values.reduce((product, value) => product * value, 1);
  return {
    kind: 'convolution',
    positions: count(sizes),
    positionsAbove: table.length,
    size: count(patch),
    taps: Int32Array.from(table.flat()),
  };
}

/**
 * Connections 0 … L of a network: the input's, those between hidden layers, and the readout's. @throws
 * InputError
 */
export function connectionsOf({ hiddenLayers, widths, structure }: Network): Connection[] {
  if (!structure) return Array.from({ length: hiddenLayers + 1 }, (): Connection => ({ kind: 'dense' }));
  const connections = structuredConnections(structure);
  structure.layers.forEach(({ skip }, l) => {
    if (skip === undefined) return;
    const size = (k: number) => ({ width: widths[k], positions: positionsAbove(connections[k]) });
    const [own, other] = [size(l), size(l - skip)];
    if (own.width === other.width && own.positions === other.positions) return;
    const shown = ({ width, positions }: typeof own) =>
      positions === 1 ? `${width} neurons` : `${width} channels at ${positions} positions`;
    throw new InputError(
      `network.layers[${l}].skip: layers[${l - skip}] has ${shown(other)}, this one ${shown(own)}; they are added, and must be alike`,
    );
  });
  return connections;
}

/**
 * How many layers below the pre-activations come from that are added to those of hidden layer l = 0 … L − 1;
 * 0 for none.
 */
export const skipsOf = ({ hiddenLayers, structure }: Network): number[] =>
  Array.from({ length: hiddenLayers }, (_, l) => structure?.layers[l].skip ?? 0);

function structuredConnections({ layers, readout, image }: Structure): Connection[] {
  let sizes = image?.slice(0, -1);
  let convolved = false;
  const count = (): number => (sizes ?? []).reduce((product, size) => product * size, 1);
  const connections = layers.map(({ convolution, own }, l): Connection => {
    if (own) {
      if (l === 0)
        throw new InputError('network.layers[0].own: stands above neurons; the first layer reads inputs');
      const positions = convolved ? count() : 1;
      const above = own.positionsAbove(positions);
      if (!Number.isSafeInteger(above) || above < 1)
        throw new InputError(
          `network.layers[${l}].own: ${own.name} makes ${above} positions of ${positions}; must be a whole number from 1`,
        );
      [sizes, convolved] = [[above], above > 1];
      return { kind: 'own', positions, positionsAbove: above, own };
    }
    if (convolution) {
      if (!sizes)
        throw new InputError(
          `network.layers[${l}].convolution: ${l === 0 ? `needs images: ${SHAPES}` : AFTER_DENSE}`,
        );
      if (convolution.patch.length !== sizes.length)
        throw new InputError(
          `network.layers[${l}].convolution.patch: ${convolution.patch.length} sizes where images have ${sizes.length} axes`,
        );
      const taps = tapsOf(sizes, convolution);
      sizes = sizesAbove(sizes, convolution);
      convolved = true;
      return taps;
    }
    const below = convolved ? ({ kind: readout, positions: count() } as const) : ({ kind: 'dense' } as const);
    [sizes, convolved] = [undefined, false];
    return below;
  });
  return [...connections, convolved ? { kind: readout, positions: count() } : { kind: 'dense' }];
}

const AFTER_DENSE = 'stands above a dense layer, which has no positions; convolutions come first';
const SHAPES = 'data of shape P×length×channels or P×height×width×channels in an npz file, or MNIST';
