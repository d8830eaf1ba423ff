import type { Matrix } from '../numerics/matrix.js';
import { zeros } from '../numerics/matrix.js';
import type { ColumnScale, TargetScale } from './columnScale.js';
import type { Data } from './data.js';

/** What is standardised, with the mean and standard deviation of the training points. */
export interface StandardizeOption {
  /** every column of X by itself */
  readonly inputs?: boolean | undefined;
  /** every output minus its mean, all over one deviation; targets that are classes stay */
  readonly targets?: boolean | undefined;
}

/** Largest magnitude of each column. */
function magnitudes({ columns, data }: Matrix): number[] {
  const largest = new Array<number>(columns).fill(0);
  for (let i = 0; i < data.length; i++)
    largest[i % columns] = Math.max(largest[i % columns], Math.abs(data[i]));
  return largest;
}

/**
 * The power of two near a magnitude: in units of it no digit changes, and squares do not leave double
 * precision.
 */
const unitOf = (magnitude: number): number =>
  magnitude > 0 ? 2 ** Math.max(-1022, Math.floor(Math.log2(magnitude))) : 1;

/**
 * Means of the columns in their units, and standard deviations, of the P points and not of a population:
 * divided by P.
 */
function scaleOf({ rows, columns, data }: Matrix, unit: readonly number[]): ColumnScale {
  const [mean, square] = [new Array<number>(columns).fill(0), new Array<number>(columns).fill(0)];
  const entry = (i: number, j: number) => data[i * columns + j] / unit[j];
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) mean[j] += entry(i, j) / rows;
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) square[j] += (entry(i, j) - mean[j]) ** 2 / rows;
  return { unit, mean, deviation: square.map(Math.sqrt) };
}

/** Columns as a scale measures them. */
export function shifted({ rows, columns, data }: Matrix, { unit, mean, deviation }: ColumnScale): Matrix {
  const out = zeros(rows, columns);
  for (let i = 0, j = 0; i < data.length; i++, j = i % columns)
    out.data[i] = (data[i] / unit[j] - mean[j]) / deviation[j];
  return out;
}

/** A deviation that is rounding: the column is constant, and is centred alone. */
const constant = (deviation: number, mean: number) => !(deviation > 1e-12 * Math.abs(mean));

/**
 * Every column with mean zero and standard deviation one over the training points; a constant column is
 * centred alone.
 */
function standardizeInputs(
  x: Matrix,
  xTest?: Matrix,
): { x: Matrix; xTest?: Matrix; inputScale: ColumnScale } {
  const { unit, mean, deviation } = scaleOf(x, magnitudes(x).map(unitOf));
  // Centred alone, in the units that it has.
  const scale = {
    unit,
    mean,
    deviation: deviation.map((value, j) => (constant(value, mean[j]) ? 1 / unit[j] : value)),
  };
  return { x: shifted(x, scale), ...(xTest ? { xTest: shifted(xTest, scale) } : {}), inputScale: scale };
}

/** Every output with mean zero, and the mean over outputs of their variances one. */
function standardizeTargets(
  y: Matrix,
  yTest?: Matrix,
): { y: Matrix; yTest?: Matrix; targetScale: TargetScale } {
  const all = magnitudes(y);
  const common = unitOf(all.reduce((most, value) => Math.max(most, value), 0));
  const { unit, mean, deviation } = scaleOf(
    y,
    all.map(() => common),
  );
  const root = Math.sqrt(deviation.reduce((sum, value) => sum + value * value, 0) / deviation.length);
  const one = deviation.every((value, j) => constant(value, mean[j])) ? 1 / common : root;
  const scale = { unit, mean, deviation: mean.map(() => one) };
  const test = yTest ? { yTest: shifted(yTest, scale) } : {};
  const targetScale = { mean: mean.map((value) => value * common), deviation: one * common };
  return { y: shifted(y, scale), ...test, targetScale };
}

/** Targets as given in the units of the problem. */
export function standardizedTargets(y: Matrix, { mean, deviation }: TargetScale): Matrix {
  return shifted(y, { unit: mean.map(() => 1), mean, deviation: mean.map(() => deviation) });
}

/** Outputs in the units of the targets as given; errors of outputs have no offset. */
export function inTargetUnits(outputs: Matrix, scale: TargetScale | undefined, offset = true): Matrix {
  if (!scale) return outputs;
  const { columns } = outputs;
  const out = zeros(outputs.rows, columns);
  for (let i = 0; i < out.data.length; i++)
    out.data[i] = outputs.data[i] * scale.deviation + (offset ? scale.mean[i % columns] : 0);
  return out;
}

/**
 * Data with inputs and targets as asked for; targets that are classes stay. The description says what was
 * done.
 */
export function standardized(data: Data, asked: true | StandardizeOption): Data {
  const { inputs, targets } = typeof asked === 'object' ? asked : { inputs: true, targets: true };
  const scaled = targets && !data.classes ? standardizeTargets(data.y, data.yTest) : undefined;
  const said = [
    ...(inputs ? ['inputs standardised column by column'] : []),
    ...(scaled
      ? [
          `targets standardised: (y − ${shown(scaled.targetScale.mean)})/${rounded(scaled.targetScale.deviation)}`,
        ]
      : []),
  ];
  const description = [data.description, ...said].join('; ');
  if (!inputs) return { ...data, ...scaled, description };
  const { inputScale, ...points } = standardizeInputs(data.x, data.xTest);
  return {
    ...data,
    ...points,
    ...scaled,
    preparation: { ...data.preparation, scale: inputScale },
    description,
  };
}

const rounded = (value: number): string => String(Number(value.toPrecision(4)));
const shown = (mean: readonly number[]): string => (mean.length === 1 ? rounded(mean[0]) : 'mean');
