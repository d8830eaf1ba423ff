import { Inflate, inflateSync } from 'fflate';
import { InputError } from '../numerics/errors.js';

/** A file in an archive, as the directory at its end tells. */
export interface ZipEntry {
  readonly name: string;
  /** bytes when unpacked, as declared */
  readonly size: number;
  /** The first bytes, without unpacking more than needed. @throws InputError */
  start(bytes: number): Uint8Array;
  /** All of it, checked against its checksum. @throws InputError */
  content(): Uint8Array;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** The comment that may follow the directory, and the record before it. */
const LONGEST_END = 65_535 + 22;
/** A value that says: look into the extra field, in 64 bits. */
const LARGE = 0xffffffff;

class Damaged extends Error {}

/**
 * The files in a zip archive, zip64 included. The directory is read here and not by fflate, which unpacks
 * whatever it is asked for to the size that the archive declares: this one says what is in it first, unpacks
 * beginnings, and verifies checksums.
 * @throws InputError for what is no archive, or is truncated
 */
export function readZip(bytes: Uint8Array, name: string): ZipEntry[] {
  return guarded(`${name}: truncated or not an .npz file`, () => directory(bytes, name));
}

/** Whatever a damaged archive makes readers throw is the file's fault. */
function guarded<T>(message: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof InputError ? error : new InputError(message);
  }
}

function directory(bytes: Uint8Array, name: string): ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = (at: number) => Number(view.getBigUint64(at, true));
  let end = bytes.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== END) {
    if (--end < bytes.length - LONGEST_END) throw new Damaged();
  }
  if (end < 0) throw new Damaged();
  let count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (end >= 20 && view.getUint32(end - 20, true) === LOCATOR_64) {
    const record = long(end - 12);
    if (view.getUint32(record, true) !== END_64) throw new Damaged();
    count = long(record + 32);
    at = long(record + 48);
  }
  const entries: ZipEntry[] = [];
  for (let k = 0; k < count; k++) {
    const { entry, next } = entryAt(view, at, name);
    entries.push(entry);
    at = next;
  }
  return entries;
}

function entryAt(view: DataView, at: number, archive: string): { entry: ZipEntry; next: number } {
  if (view.getUint32(at, true) !== ENTRY) throw new Damaged();
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) =>
    view.getUint16(at + offset, true),
  );
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
  const fields = {
    size: view.getUint32(at + 24, true),
    packed: view.getUint32(at + 20, true),
    local: view.getUint32(at + 42, true),
  };
  fillLarge(fields, view, at + 46 + nameLength, extraLength);
  const { size, packed, local } = fields;
  if (view.getUint32(local, true) !== LOCAL) throw new Damaged();
  const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (from + packed > view.byteLength) throw new Damaged();
  const source: Source = {
    label: `${archive}: ${name.replace(/\.npy$/, '')}`,
    method: view.getUint16(at + 10, true),
    encrypted: (view.getUint16(at + 8, true) & 1) === 1,
    checksum: view.getUint32(at + 16, true),
    data: bytes.subarray(from, from + packed),
    size,
  };
  const entry = {
    name,
    size,
    start: (length: number) => startOf(source, length),
    content: () => contentOf(source),
  };
  return { entry, next: at + 46 + nameLength + extraLength + commentLength };
}

/** Sizes beyond 32 bits stand in the extra field 1, in this order, each only if it is needed. */
function fillLarge(
  fields: Record<'size' | 'packed' | 'local', number>,
  view: DataView,
  from: number,
  length: number,
): void {
  for (let at = from; at + 4 <= from + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let value = at + 4;
    for (const key of ['size', 'packed', 'local'] as const) {
      if (fields[key] !== LARGE) continue;
      fields[key] = Number(view.getBigUint64(value, true));
      value += 8;
    }
  }
}

interface Source {
  readonly label: string;
  readonly method: number;
  readonly encrypted: boolean;
  readonly checksum: number;
  readonly data: Uint8Array;
  readonly size: number;
}

const STORED = 0;
const DEFLATED = 8;

function requireReadable({ label, method, encrypted }: Source): void {
  if (encrypted) throw new InputError(`${label}: encrypted; save it without a password`);
  if (method !== STORED && method !== DEFLATED)
    throw new InputError(
      `${label}: compressed by method ${method}; numpy.savez and numpy.savez_compressed are read`,
    );
}

/** Bytes of input that are unpacked at a time: a thousand times as many come out of it at most. */
const CHUNK = 1024;

function startOf(source: Source, length: number): Uint8Array {
  requireReadable(source);
  if (source.method === STORED) return source.data.subarray(0, length);
  return guarded(`${source.label}: damaged, it cannot be unpacked`, () => {
    const start = new Uint8Array(Math.min(length, source.size));
    let filled = 0;
    const inflate = new Inflate((chunk) => {
      const part = chunk.subarray(0, start.length - filled);
      start.set(part, filled);
      filled += part.length;
    });
    for (let at = 0; at < source.data.length && filled < start.length; at += CHUNK) {
      inflate.push(source.data.subarray(at, at + CHUNK), at + CHUNK >= source.data.length);
    }
    return start.subarray(0, filled);
  });
}

function contentOf(source: Source): Uint8Array {
  requireReadable(source);
  const { data, size, method, label } = source;
  const message = `${label}: damaged; its checksum is not that of the archive's directory`;
  const content = guarded(message, () =>
    method === STORED ? data : inflateSync(data, { out: new Uint8Array(size) }),
  );
  if (content.length !== size || crc32(content) !== source.checksum) throw new InputError(message);
  return content;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** The checksum of zip archives: CRC-32, reflected, of polynomial 0x04c11db7. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = CRC_TABLE[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
