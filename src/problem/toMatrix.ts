import { refuse } from '../numerics/arguments.js';
import { InputError } from '../numerics/errors.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import type { Problem } from './problem.js';

function isMatrix(value: object): value is Matrix {
  return 'rows' in value && 'columns' in value && 'data' in value;
}

/** Entries whose fourth powers, over small noise variances, are numbers still. */
const LARGEST_ENTRY = 1e50;

/** @throws InputError that names the array and its first bad entry */
export function toMatrix(value: unknown, name: string): Matrix {
  if (typeof value !== 'object' || value === null)
    refuse(name, value, 'give a matrix with a row for each data point');
  const matrix = isMatrix(value) ? copyChecked(value, name) : nested(value, name);
  if (matrix.rows === 0 || matrix.columns === 0)
    throw new InputError(`${name}: shape ${matrix.rows}×${matrix.columns} is empty`);
  checkEntries(matrix, name);
  return matrix;
}

/** @throws InputError that names the array and its first entry that is no number, or too large */
export function checkEntries({ columns, data }: Matrix, name: string, done = ''): void {
  const bad = data.findIndex((entry) => !(Math.abs(entry) <= LARGEST_ENTRY));
  if (bad < 0) return;
  const [row, column] = [Math.floor(bad / columns), bad % columns];
  const fault =
    Number.isFinite(data[bad]) || done
      ? `is beyond ${LARGEST_ENTRY}, where squares overflow; scale to about 1`
      : 'is not a finite number';
  throw new InputError(`${name}[${row}][${column}]: ${data[bad]}${done} ${fault}`);
}

function copyChecked(value: Matrix, name: string): Matrix {
  const sizes = [value.rows, value.columns];
  if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 0) || lengthOf(value.data) === undefined)
    refuse(name, value, 'rows and columns must be whole numbers, and data a list of numbers');
  if (value.data.length !== value.rows * value.columns) {
    throw new InputError(
      `${name}: ${value.data.length} entries do not make a ${value.rows}×${value.columns} matrix`,
    );
  }
  const matrix = zeros(value.rows, value.columns);
  matrix.data.set(value.data);
  return matrix;
}

/** Of a list or typed array; undefined for what is neither. */
function lengthOf(value: unknown): number | undefined {
  const length =
    typeof value === 'object' && value !== null ? (value as ArrayLike<unknown>).length : undefined;
  return Number.isSafeInteger(length) && (length as number) >= 0 ? length : undefined;
}

function nested(value: object, name: string): Matrix {
  if (lengthOf(value) === undefined)
    refuse(name, value, 'give a matrix, or a list with a row for each data point');
  const rows: ArrayLike<unknown>[] = [];
  for (let i = 0; i < (value as ArrayLike<unknown>).length; i++) {
    const row = (value as ArrayLike<unknown>)[i];
    const single = typeof row === 'number';
    if (!single && lengthOf(row) === undefined)
      refuse(`${name}[${i}]`, row, 'must be a finite number, or a list of them');
    rows.push(single ? [row] : (row as ArrayLike<unknown>));
  }
  const columns = rows[0]?.length ?? 1;
  rows.forEach(({ length }, i) => {
    if (length !== columns)
      throw new InputError(`${name}[${i}]: ${length} entries where row 0 has ${columns}`);
  });
  const matrix = zeros(rows.length, columns);
  rows.forEach((row, i) => {
    for (let j = 0; j < columns; j++) {
      const entry = row[j];
      if (typeof entry !== 'number') refuse(`${name}[${i}][${j}]`, entry, 'must be a finite number');
      matrix.data[i * columns + j] = entry;
    }
  });
  return matrix;
}

/**
 * Inputs as a program may have them, a row for each point: a matrix, or rows as lists or typed arrays;
 * numbers alone are a column.
 */
export type Inputs = Matrix | ArrayLike<ArrayLike<number>> | ArrayLike<number>;

/**
 * New inputs for a posterior, of as many columns as those it has seen. @throws InputError that names what is
 * wrong
 */
export function newInputs(value: unknown, { data }: Problem): Matrix {
  const x = toMatrix(value, 'X_test');
  if (x.columns === data.x.columns) return x;
  throw new InputError(
    `X_test: ${x.columns} column${x.columns === 1 ? '' : 's'} where X has ${data.x.columns}`,
  );
}
