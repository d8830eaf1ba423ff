import { identityOf } from '../activations/activation.js';
import { InputError } from '../numerics/errors.js';
import { checkNetwork } from '../problem/checkProblem.js';
import { type Connection, connectionsOf, skipsOf } from '../problem/connection.js';
import { activationOf, gain, type Network } from '../problem/problem.js';
import { convolution, convolutionInput } from './convolution.js';
import { dense } from './dense.js';
import { denseInput } from './denseInput.js';
import type { InputMap, Layer, MomentMap } from './layer.js';
import { checkOwnMoments } from './ownMoments.js';
import { readout } from './readout.js';

/**
 * What an architecture may be made of; a theory says which of these it treats, beside dense layers of one
 * activation.
 */
export type Ingredient = 'activations' | 'convolution' | 'average' | 'residual' | 'own';

/** How theories and people call them. */
const SAID: Readonly<Record<Ingredient, string>> = {
  activations: 'layers of different activations',
  convolution: 'convolutions',
  average: 'averages over positions (readout)',
  residual: 'residual blocks (skip)',
  own: 'layers of a kind of one’s own',
};

/** A network as values that compose: the input kernel, and layers on top of it. */
export interface Architecture {
  /** what the input layer makes of the data */
  readonly input: InputMap;
  /** layers[l − 1] is hidden layer l = 1..L */
  readonly layers: readonly Layer[];
  /**
   * whether its kernels are of pairs at the same position alone, S blocks of P×P one below the other
   * (`smallestArchitecture`), instead of all pairs, (P·S)²
   */
  readonly samePositions?: boolean;
}

/** Networks are immutable, and theories ask for their layers again and again. */
const known = new WeakMap<Network, Architecture>();

/**
 * The architecture of a network's numbers (theory §1). @throws InputError for patches and positions that do
 * not fit
 */
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
  const { hiddenLayers, widths, biasVariance } = network;
  const [first, ...above] = connectionsOf(network);
  const skips = skipsOf(network);
  const withBlocks = above.some(({ kind }) => kind !== 'dense');
  const layers = Array.from({ length: hiddenLayers }, (_, k): Layer => {
    const connection = above[k];
    const map = momentMap(connection, gain(network, k + 1));
    if (connection.kind === 'own') checkOwnMoments(connection.own, map, `network.layers[${k + 1}].own`);
    const skip = skips[k + 1];
    const layer = {
      width: widths[k],
      activation: activationOf(network, k + 1),
      map,
      beta: biasVariance[k + 1],
    };
    return skip ? { ...layer, skip } : layer;
  });
  const g = gain(network, 0);
  const input =
    first.kind === 'convolution'
      ? convolutionInput(first, g, biasVariance[0], withBlocks)
      : denseInput(g, biasVariance[0]);
  return { input, layers };
}

/** 𝒯 of a connection with variance g of its weights. */
export function momentMap(connection: Connection, g: number): MomentMap {
  if (connection.kind === 'convolution') return convolution(connection, g);
  if (connection.kind === 'own') return connection.own.moments(g, connection.positions);
  return connection.kind === 'dense' ? dense(g) : readout(connection.kind, connection.positions, g);
}

function ingredientsOf({ structure }: Network): Ingredient[] {
  if (!structure) return [];
  const { layers, readout } = structure;
  const convolved = layers.some(({ convolution }) => convolution);
  const has: Readonly<Record<Ingredient, boolean>> = {
    activations: new Set(layers.map(({ activation }) => identityOf(activation))).size > 1,
    convolution: convolved,
    average: convolved && readout === 'average',
    residual: layers.some(({ skip }) => skip !== undefined),
    own: layers.some(({ own }) => own),
  };
  return (Object.keys(has) as Ingredient[]).filter((ingredient) => has[ingredient]);
}

/**
 * What of a network something does not treat, in one line that begins with `who`; undefined where it treats
 * all.
 */
export function untreated(
  network: Network,
  who: string,
  treats: readonly Ingredient[] = [],
): string | undefined {
  const other = ingredientsOf(network).find((ingredient) => !treats.includes(ingredient));
  return other && `${who} does not treat ${SAID[other]} yet`;
}

/**
 * @param instead what does treat such networks, for the message
 * @throws InputError for a network with other layers than dense ones, of one activation unless it treats
 *   several
 */
export function requireDense(
  network: Network,
  who: string,
  treats: readonly Ingredient[] = [],
  instead?: string,
): void {
  checkNetwork(network);
  const reason = untreated(network, who, treats);
  if (reason === undefined) return;
  const dense = `dense layers${treats.length > 0 ? '' : ' of one activation'}`;
  throw new InputError(`network.layers: ${reason}, but ${dense}${instead ? `; ${instead}` : ''}`);
}

/**
 * Positions of one point in the largest kernel, which has P times as many rows. @param architecture of a
 * network
 */
export const mostPositions = ({ input, layers }: Architecture): number =>
  layers.reduce((most, { map }) => Math.max(most, map.positions, map.positionsAbove), input.positions);

/** Whether neurons are in several layers, as residual blocks make them. */
export const isResidual = (network: Network): boolean => ingredientsOf(network).includes('residual');

/**
 * Whether fluctuations are followed draw by draw: where responses couple an entry of a kernel to others than
 * its own variances, as patches do, or neurons are in several layers.
 */
export const followsDraws = (network: Network): boolean =>
  isResidual(network) || architectureOf(network).layers.some(({ map }) => map.gain === undefined);

/** Whether covariances among positions of a point count: where there are several, and they are read together. */
export const averagesPositions = (network: Network): boolean =>
  ingredientsOf(network).some((ingredient) => ingredient === 'average' || ingredient === 'own');

/** Whether points have several positions, whose covariances new points come with. */
export const hasPositions = (network: Network): boolean => mostPositions(architectureOf(network)) > 1;

/** Rows of the largest kernel of P points. */
export const mostRows = (network: Network, points: number): number =>
  points * mostPositions(architectureOf(network));

/** Rows and columns of C⁽⁰⁾ … C⁽ᴸ⁾. @param architecture of a network @param points P */
export const kernelShapes = (
  { input, layers, samePositions }: Architecture,
  points: number,
): (readonly [rows: number, columns: number])[] =>
  [input.positions, ...layers.map(({ map }) => map.positionsAbove)].map((positions) => [
    positions * points,
    samePositions ? points : positions * points,
  ]);

/** Rows of C⁽⁰⁾ … C⁽ᴸ⁾ of all pairs. @param architecture of a network @param points P */
export const kernelSizes = (architecture: Architecture, points: number): number[] =>
  kernelShapes(architecture, points).map(([rows]) => rows);

/** Entries of the largest kernel of P points. @param architecture of a network */
export const mostEntries = (architecture: Architecture, points: number): number =>
  points ** 2 * mostPositions(architecture) ** (architecture.samePositions ? 1 : 2);
