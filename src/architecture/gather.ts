import { type Matrix, zeros } from '../numerics/matrix.js';
import { type Connection, fanIn, positionsAbove, positionsBelow, weightsOf } from '../problem/connection.js';
import { gatherPatches, scatterPatches } from './convolution.js';
import { averagePositions, spreadPositions } from './readout.js';

/** Room for what feeds the neurons above a connection, where that is not the layer below itself. */
export function newFed(connection: Connection, below: Matrix): Matrix | undefined {
  const { kind } = connection;
  if (kind === 'dense' || kind === 'flatten') return undefined;
  const points = below.rows / positionsBelow(connection);
  return zeros(points * positionsAbove(connection), fanIn(connection, below.columns));
}

/**
 * What feeds the neurons above, a row for each (point, position) of theirs: h = √(g/columns) · fed Wᵀ + …
 * @param below (samples·positions) × N: φ of the layer below, or images
 */
export function gather(connection: Connection, below: Matrix, room = newFed(connection, below)): Matrix {
  switch (connection.kind) {
    case 'dense':
      return below;
    case 'flatten':
      return flattened(connection.positions, below);
    case 'average':
      return averagePositions(below, connection.positions, room as Matrix);
    case 'convolution':
      return gatherPatches(connection, below.data, below.columns, room);
    case 'own':
      weightsOf(connection).gather(below, connection.positions, room as Matrix);
      return room as Matrix;
  }
}

/** All positions of a point in one row: the same numbers. */
const flattened = (positions: number, { rows, columns, data }: Matrix): Matrix => ({
  rows: rows / positions,
  columns: columns * positions,
  data,
});

/**
 * The adjoint: dU/dφ of the layer below from dU/d fed, which has been written to `target` of `below` already
 * where both are the same numbers.
 */
export function scatter(connection: Connection, fed: Matrix, below: Matrix): void {
  if (connection.kind === 'average') spreadPositions(fed, connection.positions, below);
  if (connection.kind === 'convolution') scatterPatches(connection, fed, below);
  if (connection.kind === 'own') weightsOf(connection).scatter(fed, connection.positions, below);
}

/**
 * Where dU/d fed is to be written so that `scatter` completes it: `below` itself where both are the same
 * numbers.
 */
export const gradientRoom = (connection: Connection, below: Matrix, room: Matrix | undefined): Matrix =>
  room ?? gather(connection, below);
