import { checkMatrix, checkNumbers, checkObject, checkPositive } from '../numerics/arguments.js';
import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';
import type { TargetScale } from './columnScale.js';
import type { Data, DataColumns, Preparation } from './data.js';
import { checkArrays } from './dataSchema.js';
import { inMetric, inputMetricOf } from './inputMetric.js';
import {
  type LabelledTargets,
  type LabelsOption,
  namesClasses,
  shortened,
  targetsOf,
  textsOf,
} from './labels.js';
import { type StandardizeOption, shifted, standardized } from './standardize.js';
import { checkEntries, toMatrix } from './toMatrix.js';

/** Arrays that may become data: matrices or nested lists. */
export interface DataInput {
  /** X, P×D */
  readonly x: unknown;
  /** Y, P×n or P numbers, or P labels */
  readonly y: unknown;
  /** inputs of test points, T×D */
  readonly xTest?: unknown;
  /** targets of test points, of the kind of y */
  readonly yTest?: unknown;
  /** shape of an input that is an image, channels last: [length, channels] or [height, width, channels] */
  readonly image?: readonly number[] | undefined;
  /** whether numbers in one column are classes (default: numbers are numbers); texts always are */
  readonly labels?: LabelsOption | undefined;
  /** columns with mean zero and variance one (default: as they are) */
  readonly standardize?: boolean | StandardizeOption | undefined;
  /** names of the classes that y codes already, as in `Data` */
  readonly classes?: readonly string[];
  /** how y was standardised already, as in `Data` */
  readonly targetScale?: TargetScale;
  /**
   * p of the prior covariance Σᵖ of the first layer's weights: C⁽⁰⁾ = g XΣᵖXᵀ/D + β, Σ = XᵀX/P (default 0)
   */
  readonly inputMetric?: number | undefined;
  /** what was done to x already, as in `Data` */
  readonly preparation?: Preparation;
  /** names of the columns of x and y */
  readonly columns?: DataColumns;
  /** one line for people (default: the number of points and their dimension) */
  readonly description?: string;
  /** how the data were read, a sentence each */
  readonly notes?: readonly string[];
}

/** Texts as they are, and one column of numbers as texts. */
function labelsOf(targets: unknown, name: string): string[] {
  const texts = textsOf(targets);
  if (texts) return texts;
  const matrix = toMatrix(targets, name);
  if (matrix.columns === 1) return Array.from(matrix.data, String);
  throw new InputError(
    `${name}: "labels": "classes" needs one column of labels where there are ${matrix.columns}`,
  );
}

/** Targets as numbers, what they stand for, and what to say about that. */
function codedTargets({
  y,
  yTest,
  labels,
  classes,
}: DataInput): Partial<LabelledTargets> & { y: Matrix; note?: string } {
  const texts = textsOf(y);
  if (texts && labels === 'numbers')
    throw new InputError(
      `Y[0]: "${shortened(texts[0])}" is no number, and "labels": "numbers" takes no texts`,
    );
  const guessed = !texts && labels === 'auto' && namesClasses(toMatrix(y, 'Y'));
  if (!texts && !guessed && labels !== 'classes') {
    const numbers = { y: toMatrix(y, 'Y'), ...(classes ? { classes } : {}) };
    const testTexts = textsOf(yTest);
    if (testTexts)
      throw new InputError(`Y_test[0]: "${shortened(testTexts[0])}" is no number, as those of Y are`);
    return yTest === undefined ? numbers : { ...numbers, yTest: toMatrix(yTest, 'Y_test') };
  }
  const coded = targetsOf(labelsOf(y, 'Y'), yTest === undefined ? undefined : labelsOf(yTest, 'Y_test'));
  const note = `Y: few integers are taken as ${coded.classes.length} classes; "labels": "numbers" takes them as they are`;
  return guessed ? { ...coded, note } : coded;
}

/**
 * Matrices of consistent shapes with finite entries: labels become targets, and inputs and targets are
 * standardised if that is asked for.
 * @throws InputError naming the array and its first bad entry
 */
export function createData(input: DataInput): Data {
  checkObject('data', input, 'must be an object { x, y } of inputs and targets, or data of a generator');
  checkArrays(input);
  const data = withStandardized(input);
  return input.inputMetric ? withInputMetric(data, input.inputMetric) : data;
}

/**
 * Inputs measured by Σᵖ of the training points, which is all that a prior covariance Σᵖ of the first layer's
 * weights does.
 */
export function withInputMetric(data: Data, power: number): Data {
  if (data.preparation?.metric)
    throw new InputError(
      'data.inputMetric: the inputs have been measured by a metric already; leave one of the two out',
    );
  const metric = inputMetricOf(data.x, power);
  const measured = (x: Matrix, name: string) => {
    const out = inMetric(x, metric);
    checkEntries(out, name, ' in its metric');
    return out;
  };
  // What is measured is no image any more.
  const { image: _, ...about } = data;
  return {
    ...about,
    x: measured(data.x, 'X'),
    ...(data.xTest ? { xTest: measured(data.xTest, 'X_test') } : {}),
    preparation: { ...data.preparation, metric },
    description: `${data.description}; weights of the first layer with prior covariance Σ^${power}, Σ = XᵀX/P`,
  };
}

/**
 * New inputs, as given, prepared as those of the data were: T×D.
 * @param value a matrix, or rows as lists
 * @param data of the problem
 * @throws InputError for another number of columns, and entries that are no finite numbers
 */
export function preparedInputs(value: unknown, data: Data): Matrix {
  checkObject('data', data, 'must be the data of a problem');
  checkMatrix('data.x', data.x);
  if (data.preparation !== undefined) checkPreparation(data.preparation);
  const x = toMatrix(value, 'X_test');
  const { scale, metric } = data.preparation ?? {};
  const columns = metric?.directions.columns ?? data.x.columns;
  if (x.columns !== columns)
    throw new InputError(`X_test: ${x.columns} column${x.columns === 1 ? '' : 's'} where X has ${columns}`);
  const scaled = scale ? shifted(x, scale) : x;
  checkEntries(scaled, 'X_test', ' when standardised');
  return metric ? inMetric(scaled, metric) : scaled;
}

function withStandardized(input: DataInput): Data {
  const asked = input.standardize;
  const data = checkedData(input);
  if (!asked) return data;
  if (data.classes && typeof asked === 'object' && asked.targets)
    throw new InputError(
      'data.standardize.targets: targets are classes, coded as ±1 or one-hot; standardize inputs alone',
    );
  const result = standardized(data, asked);
  // Test points may be far from points that hardly differ.
  if (result.xTest) checkEntries(result.xTest, 'X_test', ' when standardised');
  if (result.yTest) checkEntries(result.yTest, 'Y_test', ' when standardised');
  return result;
}

function checkScale(scale: unknown, y: Matrix): void {
  checkObject('data.targetScale', scale, 'must be an object { mean, deviation }');
  checkNumbers('data.targetScale.mean', scale.mean, y.columns);
  checkPositive('data.targetScale.deviation', scale.deviation);
}

function checkPreparation(value: unknown): void {
  checkObject('data.preparation', value, 'must be the preparation of data that createProblem has made');
  const { scale, metric } = value;
  if (scale !== undefined)
    checkObject('data.preparation.scale', scale, 'must be an object { unit, mean, deviation }');
  if (metric === undefined) return;
  checkObject('data.preparation.metric', metric, 'must be an object { power, directions, variances }');
  checkMatrix('data.preparation.metric.directions', metric.directions);
}

function checkedImage(image: readonly number[], x: Matrix): readonly number[] {
  checkNumbers('data.image', image);
  const size = image.reduce((product, length) => product * length, 1);
  const whole = image.every((length) => Number.isSafeInteger(length) && length >= 1);
  if (whole && size === x.columns && (image.length === 2 || image.length === 3)) return [...image];
  throw new InputError(
    `data.image: [${image.join(', ')}]; must be [length, channels] or [height, width, channels], ${x.columns} numbers as X has columns`,
  );
}

function checkedData(input: DataInput): Data {
  const x = toMatrix(input.x, 'X');
  const { y, yTest, classes, coding, note } = codedTargets(input);
  if (input.targetScale !== undefined) checkScale(input.targetScale, y);
  if (input.preparation !== undefined) checkPreparation(input.preparation);
  if (y.rows !== x.rows)
    throw new InputError(`Y: ${y.rows} rows where X has ${x.rows}; every data point needs one target`);
  const notes = [...(input.notes ?? []), ...(note === undefined ? [] : [note])];
  const description = input.description ?? `${x.rows} data points of dimension ${x.columns}`;
  const about = {
    description: coding === undefined ? description : `${description}; ${coding}`,
    ...(notes.length > 0 ? { notes } : {}),
    ...(classes ? { classes } : {}),
    ...(input.targetScale ? { targetScale: input.targetScale } : {}),
    ...(input.preparation ? { preparation: input.preparation } : {}),
    ...(input.columns ? { columns: input.columns } : {}),
    ...(input.image ? { image: checkedImage(input.image, x) } : {}),
  };
  if (input.xTest === undefined) {
    if (yTest !== undefined) throw new InputError('Y_test: given without X_test');
    return { x, y, ...about };
  }
  const xTest = toMatrix(input.xTest, 'X_test');
  if (xTest.columns !== x.columns)
    throw new InputError(`X_test: ${xTest.columns} columns where X has ${x.columns}`);
  if (yTest === undefined) return { x, y, xTest, ...about };
  if (yTest.rows !== xTest.rows)
    throw new InputError(`Y_test: ${yTest.rows} rows where X_test has ${xTest.rows}`);
  if (yTest.columns !== y.columns)
    throw new InputError(`Y_test: ${yTest.columns} columns where Y has ${y.columns}`);
  return { x, y, xTest, yTest, ...about };
}
