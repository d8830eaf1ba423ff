import { InputError } from '../numerics/errors.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import { isMissing } from '../numerics/missing.js';

/** Whether targets are classes: `auto` takes texts and few integers as such. */
export type LabelsOption = 'auto' | 'classes' | 'numbers';

/** The most integers that are taken as classes unasked, and the points that each must have on average. */
const MOST_CLASSES = 20;
const SAMPLES_EACH = 2;
/** Integers beyond these are measurements, not labels. */
const [LEAST_LABEL, LARGEST_LABEL] = [-1, 1000];
const SHOWN = 12;
const EVERY_CLASS = 'every data point needs a class: leave it out, or give its class another name';

/** Targets made of labels. */
export interface LabelledTargets {
  readonly y: Matrix;
  readonly yTest?: Matrix;
  /** names of the classes: −1 and +1 for two, column by column for more */
  readonly classes: readonly string[];
  /** how they became numbers, for people */
  readonly coding: string;
}

/** A list of texts, or of rows with one text each: labels as a program may give them. */
export function textsOf(value: unknown): string[] | undefined {
  if (!Array.isArray(value) || value.length === 0) return undefined;
  // Not by map, which leaves out the holes of a list.
  const cells = Array.from(value, (row: unknown) =>
    Array.isArray(row) && row.length === 1 ? (row[0] as unknown) : row,
  );
  return cells.every((cell) => typeof cell === 'string') ? (cells as string[]) : undefined;
}

/**
 * Whether one column of numbers names classes: few different integers, other than ±1, which are targets as
 * they are.
 */
export function namesClasses({ columns, rows, data }: Matrix): boolean {
  if (columns !== 1 || !data.every(Number.isInteger)) return false;
  const values = new Set(data);
  if (values.size < 2 || [...values].every((value) => Math.abs(value) === 1)) return false;
  if ([...values].some((value) => value < LEAST_LABEL || value > LARGEST_LABEL)) return false;
  return values.size <= MOST_CLASSES && values.size * SAMPLES_EACH <= rows;
}

const compare = (a: string, b: string): number => {
  const difference = Number(a) - Number(b);
  if (!Number.isNaN(difference) && difference !== 0) return difference;
  return a < b ? -1 : a > b ? 1 : 0;
};

const listed = (names: readonly string[]): string =>
  names.length > SHOWN ? `${names.slice(0, SHOWN).join(', ')}, …` : names.join(', ');

/**
 * Classes as targets, in the order of numbers or of the alphabet: two are −1 and +1; C of them are one-hot
 * rows minus their mean over classes, so 1 − 1/C in the column of the class and −1/C in the others, since
 * networks without bias have outputs of mean zero.
 * @throws InputError for fewer than two classes, missing labels, and classes of test points that training has
 *   none of
 */
export function targetsOf(labels: readonly string[], test: readonly string[] | undefined): LabelledTargets {
  for (const [name, list] of [
    ['Y', labels],
    ['Y_test', test ?? []],
  ] as const) {
    // biome-ignore format: pairs
    const missing = list.findIndex(isMissing);
    if (missing < 0) continue;
    const what = list[missing].trim() === '' ? 'an empty label' : `"${list[missing]}" is a missing label`;
    throw new InputError(`${name}[${missing}]: ${what}; ${EVERY_CLASS}`);
  }
  const classes = [...new Set(labels)].sort(compare);
  if (classes.length < 2)
    throw new InputError(`Y: all labels are "${shortened(classes[0])}"; classes need at least two`);
  if (classes.length === labels.length && labels.length > 2)
    throw new InputError(
      `Y: ${classes.length} different labels of ${labels.length} data points, such as "${shortened(labels[0])}", are no classes`,
    );
  const position = new Map(classes.map((name, k) => [name, k]));
  const unknown = test?.find((label) => !position.has(label));
  if (unknown !== undefined)
    throw new InputError(
      `Y_test: class "${shortened(unknown)}" is not among those of training: ${shortened(listed(classes), 120)}`,
    );
  const encoded = (list: readonly string[]) =>
    encode(
      list.map((label) => position.get(label) as number),
      classes.length,
    );
  return {
    y: encoded(labels),
    ...(test ? { yTest: encoded(test) } : {}),
    classes,
    coding: codingOf(classes),
  };
}

/** A label as part of one line. */
export const shortened = (text: string, most = 40): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

function encode(indices: readonly number[], count: number): Matrix {
  const columns = count === 2 ? 1 : count;
  const y = zeros(indices.length, columns);
  indices.forEach((k, i) => {
    if (columns === 1) y.data[i] = k === 0 ? -1 : 1;
    else for (let j = 0; j < columns; j++) y.data[i * columns + j] = (j === k ? 1 : 0) - 1 / count;
  });
  return y;
}

function codingOf(classes: readonly string[]): string {
  const names = classes.map((name) => shortened(name));
  if (classes.length === 2) return `classes ${names[0]} = −1, ${names[1]} = +1`;
  const count = classes.length;
  return `${count} classes, one-hot and centred (${count - 1}/${count} for the class, −1/${count} for others): ${listed(names)}`;
}
