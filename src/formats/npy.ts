import { InputError } from '../numerics/errors.js';
import { type Matrix, zeros } from '../numerics/matrix.js';

/** An array as stored by NumPy. */
export interface NpyArray {
  readonly shape: readonly number[];
  /** row by row */
  readonly values: Float64Array;
  /** The array as a matrix: P×D as it is, a vector of P entries as P×1. @throws InputError for other dimensions */
  matrix(name: string): Matrix;
}

type Reader = (view: DataView, offset: number) => number;
const READERS: Readonly<Record<string, [size: number, read: Reader]>> = {
  f8: [8, (view, p) => view.getFloat64(p, true)],
  f4: [4, (view, p) => view.getFloat32(p, true)],
  i8: [8, (view, p) => Number(view.getBigInt64(p, true))],
  i4: [4, (view, p) => view.getInt32(p, true)],
  i2: [2, (view, p) => view.getInt16(p, true)],
  i1: [1, (view, p) => view.getInt8(p)],
  u8: [8, (view, p) => Number(view.getBigUint64(p, true))],
  u4: [4, (view, p) => view.getUint32(p, true)],
  u2: [2, (view, p) => view.getUint16(p, true)],
  u1: [1, (view, p) => view.getUint8(p)],
  b1: [1, (view, p) => view.getUint8(p)],
};

interface Header {
  readonly type: string;
  readonly fortran: boolean;
  readonly shape: number[];
  readonly start: number;
}

function parseHeader(bytes: Uint8Array, name: string): Header {
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
  if (bytes.length < 12 || magic.some((byte, i) => bytes[i] !== byte)) throw new InputError(`${name}: not an .npy array`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [start, length] = bytes[6] === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)];
  const text = new TextDecoder().decode(bytes.subarray(start, start + length));
  const type = /'descr':\s*'([^']+)'/.exec(text)?.[1];
  const shape = /'shape':\s*\(([^)]*)\)/.exec(text)?.[1];
  if (start + length > bytes.length || type === undefined || shape === undefined)
    throw new InputError(`${name}: truncated or damaged header`);
  const sizes = shape.split(',').flatMap((size) => (size.trim() ? [Number(size)] : []));
  return { type, fortran: /'fortran_order':\s*True/.test(text), shape: sizes, start: start + length };
}

/** @throws InputError for what is not an array of real numbers, or is truncated */
export function readNpy(bytes: Uint8Array, name: string): NpyArray {
  const { type, fortran, shape, start } = parseHeader(bytes, name);
  const reader = /^[<|=]/.test(type) ? READERS[type.slice(1)] : undefined;
  if (!reader) throw new InputError(`${name}: entries of type ${type}; real little-endian numbers (<f8, <f4, integers) are read`);
  const [size, read] = reader;
  const count = shape.reduce((product, n) => product * n, 1);
  if (bytes.length < start + count * size) {
    throw new InputError(
      `${name}: truncated; ${shape.join('×')} entries need ${count * size} bytes, ${bytes.length - start} are there`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  const values = new Float64Array(count);
  for (let i = 0; i < count; i++) values[i] = read(view, i * size);
  const ordered = fortran ? rowMajor(values, shape) : values;
  return {
    shape,
    values: ordered,
    matrix(label) {
      if (shape.length !== 1 && shape.length !== 2) throw new InputError(`${label}: ${shape.length} dimensions; a matrix has 2`);
      const matrix = zeros(shape[0], shape[1] ?? 1);
      matrix.data.set(ordered);
      return matrix;
    },
  };
}

function rowMajor(values: Float64Array, shape: readonly number[]): Float64Array {
  if (shape.length !== 2) return values;
  const [rows, columns] = shape;
  return values.map((_, i) => values[(i % columns) * rows + Math.floor(i / columns)]);
}

/** Float64 array in .npy format, version 1.0. */
export function writeNpy(values: Float64Array, shape: readonly number[]): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': ${tuple}, }`;
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + padded.length + values.length * 8);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, padded.length & 255, padded.length >> 8]);
  bytes.set(new TextEncoder().encode(padded), 10);
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), 10 + padded.length);
  return bytes;
}
