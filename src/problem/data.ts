import type { Matrix } from '../numerics/matrix.js';
import type { ColumnScale, TargetScale } from './columnScale.js';
import type { InputMetric } from './inputMetric.js';

/** Names of columns, in order. */
export interface DataColumns {
  /** D names */
  readonly inputs: readonly string[];
  /** names of the targets' columns, as given: one for labels */
  readonly targets: readonly string[];
}

/** What was done to the inputs as given, in this order. */
export interface Preparation {
  /** columns standardised */
  readonly scale?: ColumnScale;
  /** the first layer's prior covariance Σᵖ taken into them */
  readonly metric?: InputMetric;
}

/** Data points in rows: inputs and targets; optionally test points. */
export interface Data {
  /** X, P×D */
  readonly x: Matrix;
  /** Y, P×n */
  readonly y: Matrix;
  /** inputs of test points, T×D */
  readonly xTest?: Matrix;
  /** targets of test points, T×n */
  readonly yTest?: Matrix;
  /**
   * shape of an input that is an image, channels last: [length, channels] or [height, width, channels], row
   * by row in x
   */
  readonly image?: readonly number[];
  /**
   * names of classes, if the targets stand for them: −1 and +1 in one column for two, a column each for more
   */
  readonly classes?: readonly string[];
  /** names of the columns of a csv that inputs and targets come from */
  readonly columns?: DataColumns;
  /** how standardised targets are turned back; outputs in the problem are in units of these */
  readonly targetScale?: TargetScale;
  /** what was done to inputs, to be done to new ones as well (`preparedInputs`) */
  readonly preparation?: Preparation;
  /** one line for people: where the data come from and how inputs are scaled */
  readonly description: string;
  /** how the data were read, where that is not the obvious way: a sentence each */
  readonly notes?: readonly string[];
}
