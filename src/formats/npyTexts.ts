import { InputError } from '../numerics/errors.js';
import { shownName } from './names.js';
import { checkedHeader, isTexts, type NpyHeader, type TextEntries } from './npy.js';

/** Marks the end of a text that is shorter than its cell, as NumPy pads them. */
const trimmed = (text: string): string => text.replace(/\0+$/, '');

/** UCS-4: four bytes a character, in either order. @throws RangeError for what is no character */
function unicode(view: DataView, from: number, { size, little }: TextEntries): string {
  let text = '';
  for (let at = from; at < from + size; at += 4) text += String.fromCodePoint(view.getUint32(at, little));
  return trimmed(text);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes, which are taken as UTF-8, and so as ASCII. @throws TypeError for other bytes */
const bytesAsText = (view: DataView, from: number, { size }: TextEntries): string =>
  trimmed(utf8.decode(new Uint8Array(view.buffer, view.byteOffset + from, size)));

/** @throws InputError unless the array is one column: P or P×1 */
function checkColumn({ shape }: NpyHeader, name: string): void {
  if (shape.length === 1 || (shape.length === 2 && shape[1] === 1)) return;
  const what = shape.length === 0 ? 'a single text' : `${shape.join('×')} texts`;
  throw new InputError(`${name}: ${what} where labels are one column, a text for each data point`);
}

/**
 * The texts of an array of type `<U…` (UCS-4, either byte order) or `|S…` (bytes, read as UTF-8), of shape P
 * or P×1.
 * @param memory bytes that may be taken
 * @throws InputError for other shapes, what is no text, or is truncated
 */
export function readNpyTexts(bytes: Uint8Array, name: string, memory = Number.POSITIVE_INFINITY): string[] {
  const header = checkedHeader(bytes, name, memory);
  const { entries, start } = header;
  if (!isTexts(entries)) throw new InputError(`${name}: numbers where texts are expected`);
  checkColumn(header, name);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  const read = entries.code === 'U' ? unicode : bytesAsText;
  return Array.from({ length: header.shape[0] }, (_, i) => {
    try {
      return read(view, i * entries.size, entries);
    } catch {
      const what =
        entries.code === 'U'
          ? 'damaged: no text of UCS-4'
          : 'bytes that are no UTF-8; save with .astype(str)';
      throw new InputError(`${name}[${i}]: entries of type ${shownName(entries.type)}, ${what}`);
    }
  });
}
