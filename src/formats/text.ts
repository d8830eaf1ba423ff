import { InputError } from '../numerics/errors.js';

/** Longer texts are no strings on every engine. */
const MOST_BYTES = 4e8;
/** Bytes that decide what a file without a byte-order mark is. */
const HEAD = 4096;

/** Kinds of files that are taken for tables, by their first bytes. */
const OTHERS: readonly [string, string][] = [
  ['\x1f\x8b', 'packed by gzip; unpack it with gunzip first'],
  ['PK', 'a zip archive or a workbook of a spreadsheet; save the sheet as csv'],
  ['\xd0\xcf\x11\xe0', 'a workbook of a spreadsheet; save the sheet as csv'],
  ['PAR1', 'a Parquet file; save it as csv'],
];

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  // Without a mark: in UTF-16 every other byte of plain text is zero.
  const head = bytes.subarray(0, HEAD);
  const zeros = [0, 0];
  for (let i = 0; i < head.length; i++) if (head[i] === 0) zeros[i % 2]++;
  if (zeros[1] > 0.4 * head.length && zeros[0] === 0) return 'utf-16le';
  if (zeros[0] > 0.4 * head.length && zeros[1] === 0) return 'utf-16be';
  return 'utf-8';
}

/**
 * The text of a file in UTF-8, in UTF-16 of either byte order, or else in Windows-1252; a byte-order mark is
 * no part of it.
 * @throws InputError for what is no text
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  const start = String.fromCharCode(...bytes.subarray(0, 4));
  const other = OTHERS.find(([magic]) => start.startsWith(magic));
  if (other) throw new InputError(`${name}: ${other[1]}`);
  if (bytes.length > MOST_BYTES)
    throw new InputError(
      `${name}: ${Math.round(bytes.length / 1e6)} MB are too many for a csv; save the numbers as npz`,
    );
  const text = decoded(bytes);
  if (text.includes('\0')) throw new InputError(`${name}: not a text file; it has bytes that are zero`);
  return text;
}

/** Text in UTF-8, UTF-16 or Windows-1252, without its byte-order mark. */
export function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
