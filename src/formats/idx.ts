import { InputError } from '../numerics/errors.js';

/** An array of bytes in the IDX format of the MNIST files. @throws InputError */
export function readIdx(bytes: Uint8Array, name: string): { shape: number[]; values: Uint8Array } {
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== 0x08) {
    throw new InputError(`${name}: not an IDX file of bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 4 + 4 * bytes[3];
  if (bytes.length < start) throw new InputError(`${name}: truncated header`);
  const shape = Array.from({ length: bytes[3] }, (_, k) => view.getUint32(4 + 4 * k));
  const count = shape.reduce((product, n) => product * n, 1);
  if (bytes.length < start + count)
    throw new InputError(
      `${name}: truncated; ${count} bytes of data expected, ${bytes.length - start} are there`,
    );
  return { shape, values: bytes.subarray(start, start + count) };
}
