import { allocate, type Matrix } from '../numerics/matrix.js';

/** Sizes of a network whose readout is integrated out: what a chain needs, as plain data for other threads. */
export interface NetworkShape {
  readonly dimension: number;
  /** N_1 … N_L */
  readonly widths: readonly number[];
  /** g_0 … g_L, the last divided by the feature scale */
  readonly gains: readonly number[];
  /** β_0 … β_L */
  readonly biasVariance: readonly number[];
}

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

/** Views of a vector of all parameters, layer by layer. */
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

export const newParameters = (shape: NetworkShape): Float64Array => allocate(parameterCount(shape));
