import { type BasicType, type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import type { Table } from './table.js';

/** The type that holds every cell of a column. */
function typeOf(cells: readonly unknown[]): BasicType {
  const known = cells.filter((cell) => cell !== null);
  if (known.length > 0 && known.every((cell) => typeof cell === 'boolean')) return 'BOOLEAN';
  return known.length > 0 && known.every((cell) => typeof cell === 'number') ? 'DOUBLE' : 'STRING';
}

/** A table as a Parquet file: numbers as doubles, what is not known as null. */
export function toParquet({ columns, rows }: Table): Uint8Array {
  const columnData = columns.map((name): ColumnSource => {
    const cells = rows.map((row) => row[name]);
    const type = typeOf(cells);
    const data = type === 'STRING' ? cells.map((cell) => (cell === null ? null : String(cell))) : cells;
    return { name, data, type, nullable: true };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
