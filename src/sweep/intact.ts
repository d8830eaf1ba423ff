import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';

/** An object of JSON from a file; undefined if there is none, or it is damaged. */
export function readObject(path: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The record that ends an archive, without a comment: its signature, and where the directory before it lies.
 */
const END = { bytes: 22, signature: 0x06054b50, size: 12, offset: 16 };

/**
 * Whether a file is an archive to its very end; what a full disk or lost power cut off is missing there.
 * Archives of this program have no comment.
 */
function endsAsArchive(path: string): boolean {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const end = Buffer.alloc(END.bytes);
    if (size < END.bytes || readSync(file, end, 0, END.bytes, size - END.bytes) < END.bytes) return false;
    if (end.readUInt32LE(0) !== END.signature) return false;
    const [directory, at] = [end.readUInt32LE(END.size), end.readUInt32LE(END.offset)];
    // Of archives beyond 4 GB the record says no more.
    return at === 0xffffffff || (at + directory <= size - END.bytes && at + directory > 0);
  } finally {
    closeSync(file);
  }
}

/** Whether arrays beside a result are whole; results may have none. */
export function arraysIntact(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) === undefined || endsAsArchive(path);
}

/** Objects of a file with one a line. @returns them, or the number of the first line that is damaged */
export function readLines(text: string): readonly Record<string, unknown>[] | number {
  const lines = text.split('\n');
  const objects: Record<string, unknown>[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value !== 'object' || value === null) return index + 1;
      objects.push(value as Record<string, unknown>);
    } catch {
      return index + 1;
    }
  }
  return objects;
}
