import type { Matrix } from '../numerics/matrix.js';
import { zeros } from '../numerics/matrix.js';
import type { Data } from './problem.js';

/** What is standardised, with the mean and standard deviation of the training samples. */
export interface StandardizeOption {
  readonly inputs?: boolean | undefined;
  readonly targets?: boolean | undefined;
}

/** Targets in the problem are (y − mean)/deviation: a mean for each output, one deviation for all, so that one kernel and one noise serve them. */
export interface TargetScale {
  readonly mean: readonly number[];
  readonly deviation: number;
}

/** Means of the columns. */
function means({ rows, columns, data }: Matrix): number[] {
  const sums = new Array<number>(columns).fill(0);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) sums[j] += data[i * columns + j] / rows;
  return sums;
}

/** Standard deviations of the columns, of the samples and not of a population: divided by P. */
function deviations({ rows, columns, data }: Matrix, mean: readonly number[]): number[] {
  const sums = new Array<number>(columns).fill(0);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) sums[j] += (data[i * columns + j] - mean[j]) ** 2 / rows;
  return sums.map(Math.sqrt);
}

function shifted({ rows, columns, data }: Matrix, mean: readonly number[], scale: readonly number[]): Matrix {
  const out = zeros(rows, columns);
  for (let i = 0; i < data.length; i++) out.data[i] = (data[i] - mean[i % columns]) / scale[i % columns];
  return out;
}

/** A deviation that is rounding: the column is constant, and is centred alone. */
const constant = (deviation: number, mean: number) => !(deviation > 1e-12 * Math.abs(mean));

/** Every column with mean zero and standard deviation one over the training samples; a constant column is centred alone. */
function standardizeInputs(x: Matrix, xTest?: Matrix): { x: Matrix; xTest?: Matrix } {
  const mean = means(x);
  const scale = deviations(x, mean).map((deviation, j) => (constant(deviation, mean[j]) ? 1 : deviation));
  return { x: shifted(x, mean, scale), ...(xTest ? { xTest: shifted(xTest, mean, scale) } : {}) };
}

/** Every output with mean zero, and the mean over outputs of their variances one. */
function standardizeTargets(y: Matrix, yTest?: Matrix): { y: Matrix; yTest?: Matrix; targetScale: TargetScale } {
  const mean = means(y);
  const each = deviations(y, mean);
  const root = Math.sqrt(each.reduce((sum, value) => sum + value * value, 0) / each.length);
  const deviation = each.every((value, j) => constant(value, mean[j])) ? 1 : root;
  const scale = mean.map(() => deviation);
  const test = yTest ? { yTest: shifted(yTest, mean, scale) } : {};
  return { y: shifted(y, mean, scale), ...test, targetScale: { mean, deviation } };
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

/** Data with inputs and targets as asked for; targets that are classes stay. The description says what was done. */
export function standardized(data: Data, asked: true | StandardizeOption): Data {
  const { inputs, targets } = typeof asked === 'object' ? asked : { inputs: true, targets: true };
  const scaled = targets && !data.classes ? standardizeTargets(data.y, data.yTest) : undefined;
  const said = [
    ...(inputs ? ['inputs standardised column by column'] : []),
    ...(scaled ? [`targets standardised: (y − ${shown(scaled.targetScale.mean)})/${rounded(scaled.targetScale.deviation)}`] : []),
  ];
  const description = [data.description, ...said].join('; ');
  return { ...data, ...(inputs ? standardizeInputs(data.x, data.xTest) : {}), ...scaled, description };
}

const rounded = (value: number): string => String(Number(value.toPrecision(4)));
const shown = (mean: readonly number[]): string => (mean.length === 1 ? rounded(mean[0]) : 'mean');
