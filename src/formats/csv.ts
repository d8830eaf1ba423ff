import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';
import { isMissing } from '../numerics/missing.js';
import { type CsvTable, looksLikeNumber, readCsv } from './csvTable.js';
import { shownName, shownNames } from './names.js';

/** Inputs and targets out of a table. */
export interface CsvData {
  readonly x: Matrix;
  readonly y: Matrix;
  /** names of the input columns, in order */
  readonly inputs: readonly string[];
  readonly notes: readonly string[];
}

/** The columns besides the targets. @throws InputError if there are none, or a target is named twice */
export function inputColumns(table: CsvTable, targets: readonly string[]): string[] {
  const chosen = new Set(targets);
  if (chosen.size < targets.length)
    throw new InputError(`data.target: ${shownNames(targets)}: a column is named twice`);
  for (const target of targets) table.strings(target);
  const inputs = table.columns.filter((column) => !chosen.has(column));
  if (inputs.length === 0)
    throw new InputError(`${table.name}: no input column besides ${shownNames(targets)}`);
  if (table.rows === 0) throw new InputError(`${table.name}: no line of data below the header`);
  return inputs;
}

/**
 * Numbers of a table: the target columns are Y, `inputs` (by default all others) are X.
 * @throws InputError naming line and column
 */
export function fromCsv(
  content: Uint8Array | string,
  name: string,
  targets: readonly string[],
  inputs?: readonly string[],
): CsvData {
  return csvData(content, name, targets, { labels: 'numbers', ...(inputs ? { inputs } : {}) }) as CsvData;
}

/** A table as data, whose targets may be labels. */
export interface LabelledCsv extends Omit<CsvData, 'y'> {
  /** numbers, or one label a data point */
  readonly y: Matrix | readonly string[];
}

/**
 * As `fromCsv`, with labels: a single target column without any number is one (`auto`), or any with texts
 * (`classes`). Numbers in a column with texts are a mistake otherwise, and named as such.
 */
export function csvData(
  content: Uint8Array | string,
  name: string,
  targets: readonly string[],
  { labels, inputs }: { labels: 'auto' | 'classes' | 'numbers'; inputs?: readonly string[] },
): LabelledCsv {
  const table = readCsv(content, name);
  const others = inputColumns(table, targets);
  const columns = inputs ?? others;
  const texts =
    labels !== 'numbers' && targets.length === 1 ? labelsIn(table, targets[0], labels) : undefined;
  const remedy =
    labels === 'auto' && targets.length === 1 ? '; if targets are labels, give "labels": "classes"' : '';
  return {
    x: table.numbers(columns),
    y: texts ?? table.numbers(targets, remedy),
    inputs: columns,
    notes: table.notes,
  };
}

/** The labels of a column, if it has any. @throws InputError that names the line of a missing one */
function labelsIn(table: CsvTable, column: string, labels: 'auto' | 'classes'): string[] | undefined {
  const cells = table.strings(column);
  const present = cells.filter((cell) => !isMissing(cell));
  const numbers = present.filter(looksLikeNumber).length;
  const areLabels = labels === 'classes' ? numbers < present.length : numbers === 0 && present.length > 0;
  if (!areLabels) return undefined;
  const missing = cells.findIndex(isMissing);
  if (missing < 0) return cells;
  const where = `${table.name} line ${table.line(missing)}, column "${shownName(column)}"`;
  throw new InputError(
    `${where}: "${cells[missing]}" is a missing label; leave the line out, or give its class another name`,
  );
}
