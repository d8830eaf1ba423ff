import { checkFloats, checkMatrix, checkObject, checkPositive } from '../numerics/arguments.js';
import type { Matrix } from '../numerics/matrix.js';

/** Errors of a predictor, in the square of a unit of the targets. */
export interface PredictionQuality {
  /** bias²: squared error of the mean predictor, mean over points and outputs */
  readonly meanSquaredError: number;
  /** its root, in the unit of outputs */
  readonly rootMeanSquaredError: number;
  /**
   * R² = 1 − Σ(⟨f⟩ − y)²/Σ(y − ȳ)², mean over outputs; absent where the targets of an output are all equal
   */
  readonly r2?: number;
  /**
   * variance of the noiseless output, mean over points: what single networks add to the error of their mean
   */
  readonly variance?: number;
  /** bias² + variance, the expected squared error of one network drawn from the posterior */
  readonly loss?: number;
  /**
   * share of points on the right side of zero (one output ±1) or with the right largest output (one-hot);
   * absent for other targets
   */
  readonly accuracy?: number;
}

/** Targets, and the names of the classes that they stand for. */
export interface Targets {
  /** P×n: numbers; ±1 for two classes, a column a class for more */
  readonly y: Matrix;
  /** names of the classes, in the order of the outputs; −1 before +1 in one column */
  readonly classes?: readonly string[] | undefined;
}

const largestOf = (row: Float64Array): number =>
  row.indexOf(row.reduce((best, value) => Math.max(best, value)));

/**
 * How to read a class from a row of outputs, for targets that stand for classes: ±1 in one column by the
 * sign; named ones, or one-hot rows, by the largest output.
 */
export function classesOf({ y, classes }: Targets): ((row: Float64Array) => number) | undefined {
  if (classes && y.columns > 1) return largestOf;
  if (y.columns === 1)
    return y.data.every((value) => Math.abs(value) === 1) ? (row) => Math.sign(row[0]) : undefined;
  for (let i = 0; i < y.rows; i++) {
    const row = y.data.subarray(i * y.columns, (i + 1) * y.columns);
    if (row.filter((value) => value === 1).length !== 1 || row.some((value) => value !== 0 && value !== 1))
      return undefined;
  }
  return largestOf;
}

/** R², mean over outputs; undefined where the targets of one are all equal. */
function explained(mean: Matrix, y: Matrix): number | undefined {
  let total = 0;
  for (let j = 0; j < y.columns; j++) {
    const targets = Float64Array.from({ length: y.rows }, (_, i) => y.data[i * y.columns + j]);
    if (targets.every((value) => value === targets[0])) return undefined;
    const average = targets.reduce((sum, value) => sum + value / y.rows, 0);
    const scatter = targets.reduce((sum, value) => sum + (value - average) ** 2, 0);
    const missed = targets.reduce((sum, value, i) => sum + (mean.data[i * y.columns + j] - value) ** 2, 0);
    total += 1 - missed / scatter;
  }
  const share = total / y.columns;
  return Number.isFinite(share) ? share : undefined;
}

/**
 * Errors of a predictor: ⟨(f − y)²⟩ = (⟨f⟩ − y)² + Var f over networks, in the square of a `unit` of outputs.
 * @param mean ⟨f⟩, P×n
 * @param targets y, P×n, with the names of their classes
 * @param variance Var f of every point, the same for all outputs, P
 * @throws InputError for what does not fit together
 */
export function qualityOf(
  mean: Matrix,
  targets: Targets,
  variance?: Float64Array,
  unit = 1,
): PredictionQuality {
  checkObject('targets', targets, 'must be an object { y, classes }');
  const { y } = targets as Targets;
  checkMatrix('targets.y', y);
  checkMatrix('mean', mean, y.rows, y.columns);
  if (variance !== undefined) checkFloats('variance', variance, y.rows);
  checkPositive('unit', unit);
  let squares = 0;
  for (let i = 0; i < y.data.length; i++) squares += (mean.data[i] - y.data[i]) ** 2;
  const meanSquaredError = (unit * unit * squares) / y.data.length;
  const spread =
    variance && (unit * unit * variance.reduce((sum, value) => sum + value, 0)) / variance.length;
  const r2 = explained(mean, y);
  const errors = {
    meanSquaredError,
    rootMeanSquaredError: Math.sqrt(meanSquaredError),
    ...(r2 === undefined ? {} : { r2 }),
    ...(spread === undefined ? {} : { variance: spread, loss: meanSquaredError + spread }),
  };
  const classOf = classesOf(targets);
  if (!classOf) return errors;
  let right = 0;
  for (let i = 0; i < y.rows; i++) {
    const [from, to] = [i * y.columns, (i + 1) * y.columns];
    if (classOf(mean.data.subarray(from, to)) === classOf(y.data.subarray(from, to))) right++;
  }
  return { ...errors, accuracy: right / y.rows };
}

/** The class of each row of outputs, counted from 0 in the order of the names: P×1. */
export function predictedClasses({ rows, columns, data }: Matrix): Matrix {
  const indices = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * columns, (i + 1) * columns);
    indices[i] = columns === 1 ? Number(row[0] > 0) : largestOf(row);
  }
  return { rows, columns: 1, data: indices };
}
