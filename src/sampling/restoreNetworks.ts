import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';
import type { SamplingRun } from './run.js';
import { layersOf, parameterCount, readoutOf } from './weights.js';

/**
 * Takes the networks of another run of the same problem and settings, as `KeptNetworks.arrays` has them, so that they predict as they did there. First-layer
 * weights are those of the inputs, whatever coordinates each run has for the space that the training points span.
 * @throws InputError that begins with `damaged` for arrays of other sizes
 */
export function restoreNetworks({ chains, kept }: SamplingRun, arrays: Readonly<Record<string, Matrix>>): void {
  const { model, inputs } = chains;
  const { shape, y, potential } = model;
  const outputs = potential === 'weights' ? y.columns : 0;
  const readout = outputs * (shape.widths[shape.widths.length - 1] + 1);
  const count = (arrays.weights_0?.rows ?? 0) / shape.widths[0];
  const layers = shape.widths.length + (outputs > 0 ? 1 : 0);
  const rowsOf = (l: number) => shape.widths[l] ?? outputs;
  for (let l = 0; l < layers; l++) {
    const columns = l === 0 ? inputs.dimension : shape.widths[l - 1];
    const [weights, bias] = [arrays[`weights_${l}`], arrays[`bias_${l}`]];
    const right = weights?.rows === count * rowsOf(l) && weights.columns === columns && bias?.data.length === count * rowsOf(l);
    if (!Number.isInteger(count) || count < 1 || !right)
      throw new InputError(`damaged: weights of layer ${l} are missing or of another size`);
  }
  const part = ({ data, columns }: Matrix, k: number, rows: number): Matrix => ({
    rows,
    columns,
    data: data.slice(k * rows * columns, (k + 1) * rows * columns),
  });
  kept.parameters.length = 0;
  for (let k = 0; k < count; k++) {
    const position = new Float64Array(parameterCount(shape) + readout);
    const views = [...layersOf(shape, position), ...(outputs > 0 ? [readoutOf(shape, outputs, position)] : [])];
    views.forEach(({ weights, bias }, l) => {
      const given = part(arrays[`weights_${l}`], k, rowsOf(l));
      const root = Math.sqrt(shape.gains[l] / given.columns);
      const scaled = { ...given, data: given.data.map((value) => value / root) };
      weights.data.set((l === 0 ? inputs.lower(scaled) : scaled).data);
      const shift = Math.sqrt(shape.biasVariance[l]);
      const shifts = part(arrays[`bias_${l}`], k, rowsOf(l)).data;
      bias.set(shift > 0 ? shifts.map((value) => value / shift) : shifts);
    });
    kept.keep(position);
  }
}
