import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';
import type { SamplingRun } from './run.js';
import { layersOf, parameterCount, readoutCount, readoutOf } from './weights.js';

/**
 * Takes the networks of another run of the same problem and settings, as `KeptNetworks.arrays` has them, so
 * that they predict as they did there. First-layer weights are those of the inputs, whatever coordinates each
 * run has for the space that the training points span.
 * @throws InputError that begins with `damaged` for arrays of other sizes
 */
export function restoreNetworks(
  { chains, kept }: SamplingRun,
  arrays: Readonly<Record<string, Matrix>>,
): void {
  const { model, inputs } = chains;
  const { shape, y, potential } = model;
  const outputs = potential === 'weights' ? y.columns : 0;
  const viewsOf = (position: Float64Array) => [
    ...layersOf(shape, position),
    ...(outputs > 0 ? [readoutOf(shape, outputs, position)] : []),
  ];
  const size = parameterCount(shape) + (outputs > 0 ? readoutCount(shape, outputs) : 0);
  const sizes = viewsOf(new Float64Array(size)).map(({ weights }, l) => ({
    rows: weights.rows,
    columns: l === 0 ? inputs.columnsOf(weights) : weights.columns,
  }));
  const count = (arrays.weights_0?.rows ?? 0) / sizes[0].rows;
  sizes.forEach(({ rows, columns }, l) => {
    const [weights, bias] = [arrays[`weights_${l}`], arrays[`bias_${l}`]];
    const right =
      weights?.rows === count * rows && weights.columns === columns && bias?.data.length === count * rows;
    if (!Number.isInteger(count) || count < 1 || !right)
      throw new InputError(`damaged: weights of layer ${l} are missing or of another size`);
  });
  kept.parameters.length = 0;
  for (let k = 0; k < count; k++) {
    const position = new Float64Array(size);
    viewsOf(position).forEach(({ weights, bias }, l) => {
      const { rows, columns } = sizes[l];
      const root = Math.sqrt(shape.gains[l] / columns);
      const given = arrays[`weights_${l}`].data.slice(k * rows * columns, (k + 1) * rows * columns);
      const scaled = { rows, columns, data: given.map((value) => value / root) };
      weights.data.set((l === 0 ? inputs.lower(scaled) : scaled).data);
      const shift = Math.sqrt(shape.biasVariance[l]);
      const shifts = arrays[`bias_${l}`].data.slice(k * rows, (k + 1) * rows);
      bias.set(shift > 0 ? shifts.map((value) => value / shift) : shifts);
    });
    kept.keep(position);
  }
}
