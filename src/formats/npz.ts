import { zipSync } from 'fflate';
import { checkBytes, checkMatrix, checkObject, checkText } from '../numerics/arguments.js';
import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';
import { shownName, shownNames } from './names.js';
import {
  HEADER_BYTES,
  isTexts,
  type NpyArray,
  type NpyHeader,
  readHeader,
  readNpy,
  requireNumbers,
  requireRoom,
  writeNpy,
} from './npy.js';
import { readNpyTexts } from './npyTexts.js';
import { readZip, type ZipEntry } from './zip.js';

/** The arrays of an .npz file: each is unpacked when it is read, so that others may be anything. */
export interface NpzFile {
  readonly names: readonly string[];
  /** Shape and type of an array. @throws InputError if it is missing, or of neither real numbers nor texts */
  header(array: string): NpyHeader;
  holdsTexts(array: string): boolean;
  /** Texts, one a data point. @throws InputError as `header`, or if it has no such texts */
  texts(array: string): string[];
  /** @throws InputError as `header`, or if it is damaged or larger than memory */
  read(array: string): NpyArray;
  /**
   * A file of the archive that is no array, by its whole name. @throws InputError if it is missing or damaged
   */
  bytes(name: string): Uint8Array;
}

/**
 * @param memory bytes that an array may take
 * @throws InputError for what is not an .npz file, or is truncated
 */
export function openNpz(bytes: Uint8Array, name: string, memory = Number.POSITIVE_INFINITY): NpzFile {
  const entries = new Map(readZip(bytes, name).map((entry) => [entry.name.replace(/\.npy$/, ''), entry]));
  const names = [...entries.keys()];
  const label = (array: string) => `${name}: ${shownName(array)}`;
  const entryOf = (array: string): ZipEntry => {
    const entry = entries.get(array);
    if (!entry)
      throw new InputError(
        `${name}: array ${array} is missing; the file holds ${shownNames(names) || 'nothing'}`,
      );
    return entry;
  };
  const header = (array: string): NpyHeader => {
    const entry = entryOf(array);
    const found = readHeader(entry.start(HEADER_BYTES), label(array));
    const { shape, end } = found;
    if (entry.size !== end) {
      const said = `${shape.join('×')} entries make ${end} bytes with their header, ${entry.size} are declared`;
      throw new InputError(`${label(array)}: truncated or damaged; ${said}`);
    }
    requireRoom(found, label(array), memory);
    return found;
  };
  const read = (array: string): NpyArray => {
    requireNumbers(header(array), label(array));
    return readNpy(entryOf(array).content(), label(array));
  };
  const holdsTexts = (array: string) => isTexts(header(array).entries);
  const texts = (array: string) => readNpyTexts(entryOf(array).content(), label(array));
  const bytesOf = (file: string) => entryOf(file).content();
  return { names, header, read, holdsTexts, texts, bytes: bytesOf };
}

/**
 * All arrays of an .npz file by name.
 * @param bytes the whole file
 * @param name the file's, for messages
 * @throws InputError for what is not one, is truncated, or holds what is not of real numbers
 */
export function readNpz(bytes: Uint8Array, name: string): Map<string, NpyArray> {
  checkBytes('bytes', bytes);
  checkText('name', name);
  const file = openNpz(bytes, name);
  // The head of a saved posterior is no array.
  const arrays = file.names.filter((array) => !array.endsWith('.json'));
  return new Map(arrays.map((array) => [array, file.read(array)]));
}

/** A time stamp would make equal results differ: the earliest the format knows. */
const STORED = { level: 0, mtime: new Date(1980, 0, 1) } as const;

/**
 * An uncompressed .npz file, as `numpy.savez` writes it: equal arrays make equal bytes.
 * @param arrays matrices m×n by name
 * @param texts other files of the archive, by their whole names
 * @throws InputError for what is no matrix
 */
export function writeNpz(
  arrays: Readonly<Record<string, Matrix>>,
  texts: Readonly<Record<string, string>> = {},
): Uint8Array {
  checkObject('arrays', arrays, 'must be an object of matrices');
  const entries = Object.entries(arrays as Readonly<Record<string, Matrix>>).map(([name, array]) => {
    checkMatrix(name, array);
    const { data, rows, columns } = array;
    return [`${name}.npy`, [writeNpy(data, [rows, columns]), STORED]] as const;
  });
  const others = Object.entries(texts).map(
    ([name, text]) => [name, [new TextEncoder().encode(text), STORED]] as const,
  );
  return zipSync(Object.fromEntries([...entries, ...others]) as unknown as Parameters<typeof zipSync>[0]);
}
