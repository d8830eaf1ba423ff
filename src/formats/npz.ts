import { unzipSync, zipSync } from 'fflate';
import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';
import { type NpyArray, readNpy, writeNpy } from './npy.js';

/** The arrays of an .npz file by name. @throws InputError for what is not one, or is truncated */
export function readNpz(bytes: Uint8Array, name: string): Map<string, NpyArray> {
  let entries: Record<string, Uint8Array>;
  try {
    entries = unzipSync(bytes);
  } catch {
    throw new InputError(`${name}: truncated or not an .npz file`);
  }
  const arrays = new Map<string, NpyArray>();
  for (const [entry, content] of Object.entries(entries)) {
    const array = entry.replace(/\.npy$/, '');
    arrays.set(array, readNpy(content, `${name}: ${array}`));
  }
  return arrays;
}

/** An uncompressed .npz file, as `numpy.savez` writes it. */
export function writeNpz(arrays: Readonly<Record<string, Matrix>>): Uint8Array {
  const entries = Object.entries(arrays).map(([name, { data, rows, columns }]) => {
    // A time stamp would make equal results differ: the earliest the format knows.
    const options = { level: 0, mtime: new Date(1980, 0, 1) } as const;
    return [`${name}.npy`, [writeNpy(data, [rows, columns]), options]] as const;
  });
  return zipSync(Object.fromEntries(entries) as unknown as Parameters<typeof zipSync>[0]);
}
