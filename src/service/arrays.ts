import { npyHeader, readNpy } from '../formats/npy.js';
import { readNpyTexts } from '../formats/npyTexts.js';
import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';

const positionOf = (value: unknown): number | undefined =>
  typeof value === 'object' && value !== null && 'array' in value ? Number(value.array) : undefined;

/** The arrays of a request, which its parameters name as `{ "array": k }`. */
export class Arrays {
  constructor(private readonly all: readonly Buffer[]) {}

  /** Whether a parameter is an array. */
  isArray = (value: unknown): boolean => positionOf(value) !== undefined;

  private bytes(value: unknown, name: string): Buffer {
    const found = this.all[positionOf(value) ?? -1];
    if (!found) throw new InputError(`${name}: missing; give an array`);
    return found;
  }

  /**
   * A matrix; of a list of numbers one column. @throws InputError for what is no array of real numbers in one
   * or two dimensions
   */
  matrix = (value: unknown, name: string): Matrix => readNpy(this.bytes(value, name), name).matrix(name);

  /** A list of numbers. */
  vector = (value: unknown, name: string): Float64Array => readNpy(this.bytes(value, name), name).values;

  /** Labels. @throws InputError for what are no texts */
  texts = (value: unknown, name: string): string[] => readNpyTexts(this.bytes(value, name), name);
}

/** The bytes of an array in .npy format, in pieces: its entries are not copied. */
function npyPieces(array: Matrix | Float64Array): Uint8Array[] {
  const [shape, values] =
    'rows' in array ? [[array.rows, array.columns], array.data] : [[array.length], array];
  return [npyHeader(shape), new Uint8Array(values.buffer, values.byteOffset, values.byteLength)];
}

/** Arrays of an answer, by name, and the part of its content that says which is which. */
export function answerArrays(arrays: Readonly<Record<string, Matrix | Float64Array>>): {
  readonly names: Readonly<Record<string, { readonly array: number }>>;
  readonly arrays: Uint8Array[][];
} {
  const names = Object.fromEntries(Object.keys(arrays).map((name, array) => [name, { array }]));
  return { names, arrays: Object.values(arrays).map(npyPieces) };
}
