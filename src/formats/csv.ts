import { csvParseRows } from 'd3-dsv';
import { InputError } from '../numerics/errors.js';
import { type Matrix, zeros } from '../numerics/matrix.js';

export interface CsvTable {
  readonly x: Matrix;
  readonly y: Matrix;
  /** names of the input columns, in order */
  readonly inputs: readonly string[];
}

/**
 * Numbers from a comma-separated table with a header line: the target columns are Y, `inputs` (by default all others) are X.
 * @throws InputError naming line and column
 */
export function fromCsv(text: string, name: string, targets: readonly string[], inputs?: readonly string[]): CsvTable {
  const [header = [], ...lines] = csvParseRows(text.replace(/^\uFEFF/, ''), (row) => row.map((cell) => cell.trim()));
  const rows = lines.filter((row) => row.length > 1 || row[0] !== '');
  const columns = inputs ?? header.filter((column) => !targets.includes(column));
  for (const column of [...targets, ...columns]) {
    if (!header.includes(column)) throw new InputError(`${name}: column "${column}" is missing; there are ${header.join(', ')}`);
  }
  if (columns.length === 0) throw new InputError(`${name}: no input column besides ${targets.join(', ')}`);
  if (rows.length === 0) throw new InputError(`${name}: no line of data below the header`);
  const pick = (names: readonly string[]): Matrix => {
    const positions = names.map((column) => header.indexOf(column));
    const matrix = zeros(rows.length, names.length);
    rows.forEach((row, i) => {
      if (row.length !== header.length) {
        throw new InputError(`${name} line ${i + 2}: ${row.length} cells where the header has ${header.length}`);
      }
      positions.forEach((position, j) => {
        const value = row[position] === '' ? Number.NaN : Number(row[position]);
        if (!Number.isFinite(value)) {
          throw new InputError(`${name} line ${i + 2}, column "${names[j]}": "${row[position]}" is not a finite number`);
        }
        matrix.data[i * names.length + j] = value;
      });
    });
    return matrix;
  };
  return { x: pick(columns), y: pick(targets), inputs: columns };
}
