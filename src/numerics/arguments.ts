import { shownValue } from './bounds.js';
import type { Matrix } from './denseMatrix.js';
import { InputError } from './errors.js';

// What programs without types may give to the entry points of the library. Checks cost nothing that grows
// with the data, but for `checkFinite`.

type Fields = Readonly<Record<string, unknown>>;

/** Typed arrays of other realms, such as a test runner's, are as good as our own. */
export const isFloats = (value: unknown): value is Float64Array =>
  Object.prototype.toString.call(value) === '[object Float64Array]';

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws InputError that names the argument, its value and what would be right */
export function refuse(name: string, value: unknown, right: string): never {
  throw new InputError(`${name}: ${value === undefined ? 'missing' : shownValue(value)}; ${right}`);
}

/** @throws InputError for what is no object, or a list */
export function checkObject(
  name: string,
  value: unknown,
  right = 'must be an object',
): asserts value is Fields {
  if (!isObject(value)) refuse(name, value, right);
}

/** @throws InputError for what is no text */
export function checkText(name: string, value: unknown, right = 'must be a text'): asserts value is string {
  if (typeof value !== 'string') refuse(name, value, right);
}

/** @throws InputError for what is no Uint8Array */
export function checkBytes(
  name: string,
  value: unknown,
  right = 'must be the bytes of a file, a Uint8Array',
): void {
  if (Object.prototype.toString.call(value) !== '[object Uint8Array]') refuse(name, value, right);
}

/** @throws InputError for what is no finite number, or less than the least */
export function checkNumber(
  name: string,
  value: unknown,
  least = Number.NEGATIVE_INFINITY,
): asserts value is number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= least) return;
  refuse(
    name,
    value,
    least === Number.NEGATIVE_INFINITY ? 'must be a finite number' : `must be a finite number from ${least}`,
  );
}

/** @throws InputError for what is no finite number greater than zero */
export function checkPositive(name: string, value: unknown): asserts value is number {
  if (!(typeof value === 'number' && Number.isFinite(value) && value > 0))
    refuse(name, value, 'must be a finite number greater than 0');
}

/** @throws InputError for anything but a function */
export function checkFunction(name: string, value: unknown): void {
  if (typeof value !== 'function') refuse(name, value, 'must be a function');
}

/** @throws InputError for anything but an AbortSignal */
export function checkSignal(name: string, value: unknown): void {
  if (!(value instanceof AbortSignal))
    refuse(name, value, 'must be an AbortSignal, such as that of an AbortController');
}

/** @throws InputError for what is no list or typed array of finite numbers, of one length if that is given */
export function checkNumbers(
  name: string,
  value: unknown,
  length?: number,
): asserts value is ArrayLike<number> {
  const list = Array.isArray(value) || isFloats(value);
  const right = `must be a list of ${length === undefined ? '' : `${length} `}finite numbers`;
  if (!list || (length !== undefined && value.length !== length)) refuse(name, value, right);
  checkFinite(name, value as ArrayLike<number>);
}

/** @throws InputError that names the first entry that is no finite number */
export function checkFinite(name: string, values: ArrayLike<unknown>): void {
  for (let i = 0; i < values.length; i++)
    if (!Number.isFinite(values[i])) refuse(`${name}[${i}]`, values[i], 'must be a finite number');
}

const shape = (rows: number | undefined, columns: number | undefined) => `${rows ?? 'P'}×${columns ?? 'n'}`;

/** @throws InputError for what is no matrix, or not of the rows and columns that are given */
export function checkMatrix(
  name: string,
  value: unknown,
  rows?: number,
  columns?: number,
): asserts value is Matrix {
  const right = 'must be a matrix { rows, columns, data }, such as of fromRows';
  checkObject(name, value, right);
  const { rows: r, columns: c, data } = value;
  if (!Number.isSafeInteger(r) || !Number.isSafeInteger(c) || !isFloats(data)) refuse(name, value, right);
  const [P, n] = [r as number, c as number];
  if (data.length !== P * n || P < 0)
    refuse(name, value, `has ${data.length} entries, where ${P}×${n} are ${P * n}`);
  if ((rows !== undefined && P !== rows) || (columns !== undefined && n !== columns))
    throw new InputError(`${name}: ${P}×${n}; must be ${shape(rows, columns)}`);
}

/** @throws InputError for what is no Float64Array, or of another length */
export function checkFloats(name: string, value: unknown, length: number): asserts value is Float64Array {
  if (!isFloats(value) || value.length !== length)
    refuse(name, value, `must be a Float64Array of ${length} numbers`);
}

/** @throws InputError for what is no square matrix */
export function checkSquare(name: string, value: unknown): asserts value is Matrix {
  checkMatrix(name, value);
  if (value.rows !== value.columns)
    throw new InputError(`${name}: ${value.rows}×${value.columns}; must be a square matrix`);
}

/** @throws InputError for what is no pair of indices of points */
export function checkPoints(
  name: string,
  value: unknown,
  points: number,
): asserts value is readonly [number, number] {
  const right = `must be a pair of whole numbers from 0 to ${points - 1}`;
  const pair: readonly unknown[] =
    Array.isArray(value) && value.length === 2 ? value : refuse(name, value, right);
  if (!pair.every((i) => Number.isInteger(i) && (i as number) >= 0 && (i as number) < points))
    refuse(name, value, right);
}

/**
 * @param shapes rows of every matrix, or rows and columns, where they are known; those of the first otherwise
 * @throws InputError for what is no list of matrices of these shapes, or square and of one size, of one
 *   length if that is given
 */
export function checkKernels(
  name: string,
  value: unknown,
  length?: number,
  shapes?: readonly (number | readonly [rows: number, columns: number])[],
): asserts value is readonly Matrix[] {
  const wanted = `must be a list of ${length ?? 'L + 1'} kernels, C⁽⁰⁾ … C⁽ᴸ⁾`;
  if (!Array.isArray(value) || value.length === 0) refuse(name, value, wanted);
  if (length !== undefined && value.length !== length)
    throw new InputError(`${name}: ${value.length} matrices; ${wanted}`);
  const first = value[0] as unknown;
  checkMatrix(`${name}[0]`, first);
  if (!shapes) checkSquare(`${name}[0]`, first);
  for (let l = 0; l < value.length; l++) {
    const shape = shapes?.[l] ?? first.rows;
    const [rows, columns] = typeof shape === 'number' ? [shape, shape] : shape;
    checkMatrix(`${name}[${l}]`, value[l], rows, columns);
  }
}
