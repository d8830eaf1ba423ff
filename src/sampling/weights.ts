import type { Matrix } from '../numerics/matrix.js';
import { type Connection, connectionsOf, fanIn, skipsOf } from '../problem/connection.js';
import { gains, type Problem } from '../problem/problem.js';

/** Sizes and scales of a network: what a chain needs, as plain data for other threads. */
export interface NetworkShape {
  /** coordinates of the inputs, see InputSpace; channels of images that are convolved */
  readonly dimension: number;
  /** N_1 … N_L */
  readonly widths: readonly number[];
  /** of the input, between hidden layers, and of the readout: L + 1 */
  readonly connections: readonly Connection[];
  /** k where the pre-activations of k layers below are added to those of a hidden layer; 0 for none */
  readonly skips: readonly number[];
  /** g_0 … g_L, the last divided by the feature scale */
  readonly gains: readonly number[];
  /** β_0 … β_L */
  readonly biasVariance: readonly number[];
}

export const shapeOf = ({ network }: Problem, dimension: number): NetworkShape => ({
  dimension,
  connections: connectionsOf(network),
  skips: skipsOf(network),
  widths: network.widths,
  gains: gains(network),
  biasVariance: network.biasVariance,
});

/** Whitened parameters of one layer: prior N(0, 1) for each, scales are in the forward pass. */
export interface LayerWeights {
  /** N_out × N_in, N_in the numbers that feed a neuron: of a convolution, place by place of its patch */
  readonly weights: Matrix;
  /** N_out */
  readonly bias: Float64Array;
}

/** Numbers that feed a neuron of hidden layer l = 0 … L − 1, or an output, l = L. */
const inputsOf = ({ dimension, widths, connections }: NetworkShape, l: number): number =>
  fanIn(connections[l], l === 0 ? dimension : widths[l - 1]);

/** Parameters of all layers but the readout. */
export const parameterCount = (shape: NetworkShape): number =>
  shape.widths.reduce((sum, width, l) => sum + width * (inputsOf(shape, l) + 1), 0);

/** Parameters of the readout of this many outputs. */
export const readoutCount = (shape: NetworkShape, outputs: number): number =>
  outputs * (inputsOf(shape, shape.widths.length) + 1);

/** Views of a vector of all parameters, hidden layer by hidden layer; those of a readout come after them. */
export function layersOf(shape: NetworkShape, parameters: Float64Array): LayerWeights[] {
  let p = 0;
  return shape.widths.map((width, l) => {
    const inputs = inputsOf(shape, l);
    const weights = { rows: width, columns: inputs, data: parameters.subarray(p, p + width * inputs) };
    p += width * inputs;
    const bias = parameters.subarray(p, p + width);
    p += width;
    return { weights, bias };
  });
}

/** Views of a readout with its bias, n × N_in and n, which come last where they are parameters. */
export function readoutOf(shape: NetworkShape, outputs: number, parameters: Float64Array): LayerWeights {
  const columns = inputsOf(shape, shape.widths.length);
  const from = parameters.length - readoutCount(shape, outputs);
  const weights = { rows: outputs, columns, data: parameters.subarray(from, from + outputs * columns) };
  return { weights, bias: parameters.subarray(from + outputs * columns) };
}
