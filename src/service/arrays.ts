import { readNpy, writeNpy } from '../formats/npy.js';
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

  /** A matrix; of a list of numbers one column. @throws InputError for what is no array of real numbers in one or two dimensions */
  matrix = (value: unknown, name: string): Matrix => readNpy(this.bytes(value, name), name).matrix(name);

  /** A list of numbers. */
  vector = (value: unknown, name: string): Float64Array => readNpy(this.bytes(value, name), name).values;

  /** Labels. @throws InputError for what are no texts */
  texts = (value: unknown, name: string): string[] => readNpyTexts(this.bytes(value, name), name);
}

/** Arrays of an answer, by name, and the part of its content that says which is which. */
export function answerArrays(arrays: Readonly<Record<string, Matrix | Float64Array>>): {
  readonly names: Readonly<Record<string, { readonly array: number }>>;
  readonly arrays: Buffer[];
} {
  const entries = Object.entries(arrays);
  return {
    names: Object.fromEntries(entries.map(([name], array) => [name, { array }])),
    arrays: entries.map(([, array]) => {
      const bytes = 'rows' in array ? writeNpy(array.data, [array.rows, array.columns]) : writeNpy(array, [array.length]);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }),
  };
}
