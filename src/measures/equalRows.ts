import type { Matrix } from '../numerics/matrix.js';

/** The first pair of equal rows, if any. */
export function duplicateRows(x: Matrix): [number, number] | undefined {
  const seen = new Map<number, number[]>();
  for (let i = 0; i < x.rows; i++) {
    const hash = hashOfRow(x, i);
    const alike = seen.get(hash) ?? [];
    const earlier = alike.find((j) => rowsAgree(x, i, j));
    if (earlier !== undefined) return [earlier, i];
    alike.push(i);
    seen.set(hash, alike);
  }
  return undefined;
}

/** By Fowler, Noll and Vo, of 32 bits at a time; equal for equal rows, to which −0 is 0. */
function hashOfRow({ columns, data }: Matrix, i: number): number {
  const row = data.slice(i * columns, (i + 1) * columns);
  for (let k = 0; k < columns; k++) row[k] += 0;
  let hash = 0x811c9dc5;
  for (const word of new Uint32Array(row.buffer, row.byteOffset, 2 * columns))
    hash = Math.imul(hash ^ word, 0x01000193);
  return hash;
}

function rowsAgree({ columns, data }: Matrix, i: number, j: number): boolean {
  for (let k = 0; k < columns; k++) if (data[i * columns + k] !== data[j * columns + k]) return false;
  return true;
}
