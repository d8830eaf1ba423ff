import type { Matrix } from '../numerics/matrix.js';
import { gains, type Problem } from '../problem/problem.js';

/** Sizes and scales of a network: what a chain needs, as plain data for other threads. */
export interface NetworkShape {
  /** coordinates of the inputs, see InputSpace */
  readonly dimension: number;
  /** N_1 … N_L */
  readonly widths: readonly number[];
  /** g_0 … g_L, the last divided by the feature scale */
  readonly gains: readonly number[];
  /** β_0 … β_L */
  readonly biasVariance: readonly number[];
}

export const shapeOf = ({ network }: Problem, dimension: number): NetworkShape => ({
  dimension,
  widths: network.widths,
  gains: gains(network),
  biasVariance: network.biasVariance,
});

/** Whitened parameters of one layer: prior N(0, 1) for each, scales are in the forward pass. */
export interface LayerWeights {
  /** N_out × N_in */
  readonly weights: Matrix;
  /** N_out */
  readonly bias: Float64Array;
}

/** Parameters of all layers but the readout. */
export function parameterCount({ dimension, widths }: NetworkShape): number {
  return widths.reduce((sum, width, l) => sum + width * ((l === 0 ? dimension : widths[l - 1]) + 1), 0);
}

/** Views of a vector of all parameters, hidden layer by hidden layer; those of a readout come after them. */
export function layersOf({ dimension, widths }: NetworkShape, parameters: Float64Array): LayerWeights[] {
  let p = 0;
  return widths.map((width, l) => {
    const inputs = l === 0 ? dimension : widths[l - 1];
    const weights = { rows: width, columns: inputs, data: parameters.subarray(p, p + width * inputs) };
    p += width * inputs;
    const bias = parameters.subarray(p, p + width);
    p += width;
    return { weights, bias };
  });
}

/** Views of a readout with its bias, n × N_L and n, which come last where they are parameters. */
export function readoutOf({ widths }: NetworkShape, outputs: number, parameters: Float64Array): LayerWeights {
  const columns = widths[widths.length - 1];
  const from = parameters.length - outputs * (columns + 1);
  const weights = { rows: outputs, columns, data: parameters.subarray(from, from + outputs * columns) };
  return { weights, bias: parameters.subarray(from + outputs * columns) };
}
