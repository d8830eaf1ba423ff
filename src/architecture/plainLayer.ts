import { activationByName } from '../activations/registry.js';
import { type Connection, connectionsOf } from '../problem/connection.js';
import { activationOf, gain, type Network } from '../problem/problem.js';
import { architectureOf, momentMap } from './architecture.js';
import type { Layer } from './layer.js';

/** A hidden layer as plain data that other threads understand. */
export interface PlainLayer {
  /** N_l */
  readonly width: number;
  /** name of φ_l */
  readonly activation: string;
  /** what stands between its neurons and the kernel above */
  readonly connection: Connection;
  /** g_l */
  readonly gain: number;
  /** β_l */
  readonly beta: number;
  /** as in `Layer` */
  readonly skip?: number;
}

/** Hidden layers 1..L; undefined where activations or kinds of one's own stay in their thread. */
export function plainLayers(network: Network): PlainLayer[] | undefined {
  const connections = connectionsOf(network);
  const { layers } = architectureOf(network);
  const portable = layers.every(({ activation }) => activation.portable);
  if (!portable || connections.some(({ kind }) => kind === 'own')) return undefined;
  return layers.map(({ width, beta, skip }, k) => ({
    width,
    activation: activationOf(network, k + 1).name,
    connection: connections[k + 1],
    gain: gain(network, k + 1),
    beta,
    ...(skip ? { skip } : {}),
  }));
}

/** The layer that `plainLayers` has written down. */
export const layerFrom = ({ activation, connection, gain: g, ...rest }: PlainLayer): Layer => ({
  ...rest,
  activation: activationByName(activation),
  map: momentMap(connection, g),
});
