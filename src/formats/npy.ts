import { InputError, MemoryError } from '../numerics/errors.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import { gigabytes } from '../numerics/shown.js';
import { shownName } from './names.js';

/** An array as stored by NumPy. */
export interface NpyArray {
  /** sizes along its axes */
  readonly shape: readonly number[];
  /** entries, the last axis fastest */
  readonly values: Float64Array;
  /**
   * The array as a matrix: P×D as it is, a vector of P entries as P×1. @throws InputError that has `name`,
   * for other dimensions
   */
  matrix(name: string): Matrix;
}

/** What an array says of itself before its entries. */
export interface NpyHeader {
  readonly shape: readonly number[];
  readonly entries: EntryType;
  readonly fortran: boolean;
  /** where entries begin, and where they end */
  readonly start: number;
  readonly end: number;
}

type Read = (view: DataView, offset: number, little: boolean) => number;
interface NumberEntries {
  readonly size: number;
  readonly read: Read;
  readonly little: boolean;
}

/** Texts of a fixed number of bytes: UCS-4, or bytes. */
export interface TextEntries {
  readonly size: number;
  readonly code: 'U' | 'S';
  readonly little: boolean;
  /** as the header says it */
  readonly type: string;
}

type EntryType = NumberEntries | TextEntries;

export const isTexts = (entries: EntryType): entries is TextEntries => 'code' in entries;

const READERS: Readonly<Record<string, [size: number, read: Read]>> = {
  f8: [8, (view, p, little) => view.getFloat64(p, little)],
  f4: [4, (view, p, little) => view.getFloat32(p, little)],
  f2: [2, (view, p, little) => halfPrecision(view.getUint16(p, little))],
  i8: [8, (view, p, little) => Number(view.getBigInt64(p, little))],
  i4: [4, (view, p, little) => view.getInt32(p, little)],
  i2: [2, (view, p, little) => view.getInt16(p, little)],
  i1: [1, (view, p) => view.getInt8(p)],
  u8: [8, (view, p, little) => Number(view.getBigUint64(p, little))],
  u4: [4, (view, p, little) => view.getUint32(p, little)],
  u2: [2, (view, p, little) => view.getUint16(p, little)],
  u1: [1, (view, p) => view.getUint8(p)],
  b1: [1, (view, p) => Number(view.getUint8(p) !== 0)],
};

/** IEEE 754 binary16: a sign, five bits of exponent, ten of fraction. */
function halfPrecision(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}

/** What entries are that are no numbers, by the letter of their type. */
const NO_NUMBERS: Readonly<Record<string, string>> = {
  O: 'Python objects, which are pickled; save numbers with .astype(float), labels with .astype(str)',
  U: 'texts; save numbers',
  S: 'texts; save numbers',
  M: 'dates; save numbers',
  m: 'time spans; save numbers',
  V: 'raw bytes or a structured type; save a plain array of numbers',
};

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** Bytes in which the header of any array of numbers ends. */
export const HEADER_BYTES = 4096;

/**
 * The header of an array: a dictionary as Python writes it, with either kind of quotes, and numbers of Python
 * 2 (`8L`).
 * @param bytes the array, or its first `HEADER_BYTES`
 * @throws InputError for what is no array of real numbers or texts
 */
export function readHeader(bytes: Uint8Array, name: string): NpyHeader {
  if (bytes.length < 12 || MAGIC.some((byte, i) => bytes[i] !== byte))
    throw new InputError(`${name}: not an .npy array`);
  const version = bytes[6];
  if (version < 1 || version > 3)
    throw new InputError(`${name}: version ${version} of the .npy format; versions 1 to 3 are read`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [from, length] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const start = from + length;
  if (start > bytes.length) {
    const structured =
      bytes.length >= HEADER_BYTES ? '; a structured type? save a plain array of numbers' : '';
    throw new InputError(`${name}: truncated or damaged header${structured}`);
  }
  const text = new TextDecoder().decode(bytes.subarray(from, start));
  const descr = /['"]descr['"]\s*:\s*(?:[bu]?(['"])(.*?)\1|([[(].*))/s.exec(text);
  const shapeText = /['"]shape['"]\s*:\s*\(([^)]*)\)/.exec(text)?.[1];
  const fortran = /['"]fortran_order['"]\s*:\s*(True|False)\b/.exec(text)?.[1];
  if (!descr || shapeText === undefined || fortran === undefined)
    throw new InputError(`${name}: truncated or damaged header`);
  if (descr[3] !== undefined)
    throw new InputError(
      `${name}: entries of the structured type ${shownName(descr[3])}; save a plain array of numbers`,
    );
  const entries = entryType(descr[2], name);
  const shape = shapeOf(shapeText, name);
  return { shape, entries, fortran: fortran === 'True', start, end: start + countOf(shape) * entries.size };
}

/** Characters of a text beyond which nobody names a class. */
const LONGEST_TEXT = 1e6;

function entryType(type: string, name: string): EntryType {
  const found = /^[<>|=]/.test(type) ? READERS[type.slice(1)] : undefined;
  if (found) return { size: found[0], read: found[1], little: type[0] !== '>' };
  const texts = /^[<>|=]?([US])(\d+)$/.exec(type);
  if (texts && Number(texts[2]) <= LONGEST_TEXT) {
    const code = texts[1] as 'U' | 'S';
    return { size: (code === 'U' ? 4 : 1) * Number(texts[2]), code, little: type[0] !== '>', type };
  }
  throw notNumbers(type, name);
}

function notNumbers(type: string, name: string): InputError {
  const what = NO_NUMBERS[type.replace(/^[<>|=]/, '')[0] ?? ''];
  const hint = what ?? 'real numbers of at most 64 bits are read: save with .astype("float64")';
  return new InputError(`${name}: entries of type ${shownName(type)}${what ? ', ' : '; '}${hint}`);
}

function shapeOf(text: string, name: string): number[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts[parts.length - 1] === '') parts.pop();
  const shape = parts.map((part) => (/^-?\d+[lL]?$/.test(part) ? Number.parseInt(part, 10) : Number.NaN));
  const wrong =
    shape.some((size) => !(size >= 0) || !Number.isSafeInteger(size)) ||
    !Number.isSafeInteger(8 * countOf(shape));
  if (wrong || shape.length > 32)
    throw new InputError(`${name}: damaged header: the shape is (${shownName(text)})`);
  return shape;
}

const countOf = (shape: readonly number[]): number => shape.reduce((product, n) => product * n, 1);

/** What a text takes beside its characters. */
const TEXT_BYTES = 64;

/** @throws MemoryError for an array that, with the copies made of it, exceeds `memory` bytes */
export function requireRoom({ shape, entries }: NpyHeader, name: string, memory: number): void {
  const bytes = countOf(shape) * (isTexts(entries) ? 2 * entries.size + TEXT_BYTES : 24);
  if (bytes <= memory) return;
  throw new MemoryError(
    `${name}: ${shape.join('×')} entries need ${gigabytes(bytes)}; ${gigabytes(memory)} may be used`,
  );
}

/** The entries of an array of numbers. @throws InputError that names the type of others */
export function requireNumbers({ entries }: NpyHeader, name: string): NumberEntries {
  if (isTexts(entries)) throw notNumbers(entries.type, name);
  return entries;
}

/** The header of an array that is all there, and fits. @throws InputError, MemoryError */
export function checkedHeader(bytes: Uint8Array, name: string, memory: number): NpyHeader {
  const header = readHeader(bytes, name);
  const { shape, start, end } = header;
  if (bytes.length < end) {
    throw new InputError(
      `${name}: truncated; ${shape.join('×')} entries need ${end - start} bytes, ${bytes.length - start} are there`,
    );
  }
  requireRoom(header, name, memory);
  return header;
}

/**
 * An array of real numbers, of any type and byte order, in either memory order.
 * @param memory bytes that may be taken
 * @throws InputError for what is not an array of real numbers, or is truncated
 */
export function readNpy(bytes: Uint8Array, name: string, memory = Number.POSITIVE_INFINITY): NpyArray {
  const header = checkedHeader(bytes, name, memory);
  const { shape, fortran, start } = header;
  const { size, read, little } = requireNumbers(header, name);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  const values = new Float64Array(countOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = read(view, i * size, little);
  const ordered = fortran ? rowMajor(values, shape) : values;
  return {
    shape,
    values: ordered,
    matrix(label) {
      if (shape.length !== 1 && shape.length !== 2) {
        const hint = shape.length > 2 ? `; reshape ${shape.join('×')} with .reshape(len(array), -1)` : '';
        throw new InputError(`${label}: ${shape.length} dimensions; a matrix has 2${hint}`);
      }
      const matrix = zeros(shape[0], shape[1] ?? 1);
      matrix.data.set(ordered);
      return matrix;
    },
  };
}

/** Entries whose first index runs fastest, in the order in which the last one does. */
function rowMajor(values: Float64Array, shape: readonly number[]): Float64Array {
  const result = new Float64Array(values.length);
  const index = shape.map(() => 0);
  const strides = shape.map((_, k) => countOf(shape.slice(0, k)));
  let from = 0;
  for (let i = 0; i < result.length; i++) {
    result[i] = values[from];
    for (let k = shape.length - 1; k >= 0; k--) {
      from += strides[k];
      if (++index[k] < shape[k]) break;
      from -= strides[k] * shape[k];
      index[k] = 0;
    }
  }
  return result;
}

/** What stands before the entries of a Float64 array in .npy format, version 1.0. */
export function npyHeader(shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + padded.length);
  bytes.set([...MAGIC, 1, 0, padded.length & 255, padded.length >> 8]);
  bytes.set(new TextEncoder().encode(padded), 10);
  return bytes;
}

/** Float64 array in .npy format. */
export function writeNpy(values: Float64Array, shape: readonly number[]): Uint8Array {
  const header = npyHeader(shape);
  const bytes = new Uint8Array(header.length + values.length * 8);
  bytes.set(header);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), header.length);
  return bytes;
}
