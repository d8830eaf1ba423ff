import { dsvFormat } from 'd3-dsv';
import { checkBytes, checkText, refuse } from '../numerics/arguments.js';
import { checkWhole } from '../numerics/bounds.js';
import { InputError } from '../numerics/errors.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import { isMissing } from '../numerics/missing.js';
import { shownName, shownNames } from './names.js';
import { decodeText } from './text.js';

/** A table with a header line, as strings; numbers are made of the columns that are asked for. */
export interface CsvTable {
  /** the file's, for messages */
  readonly name: string;
  /** all columns but those of an index, in order */
  readonly columns: readonly string[];
  /** lines of data */
  readonly rows: number;
  /** remarks for the user: what was left out, how numbers were understood */
  readonly notes: readonly string[];
  /** The cells of a column. @throws InputError if there is none of this name */
  strings(column: string): string[];
  /** The line of the file that a row begins in, from 1; rows count from 0. */
  line(row: number): number;
  /**
   * Some columns as numbers, P×columns. @throws InputError naming line and column of what is none, and
   * `remedy`
   */
  numbers(columns: readonly string[], remedy?: string): Matrix;
}

interface Row {
  readonly cells: readonly string[];
  /** of the file, from 1: blank lines and line ends in quotes count */
  readonly line: number;
}

const LINE_END = /\r\n|\n|\r/g;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DECIMAL_COMMA = /^[+-]?(\d+,\d*|,\d+)(e[+-]?\d+)?$/i;
const WHOLE = /^[+-]?\d+$/;
/** What pandas calls a column that had no name. */
const UNNAMED = /^(Unnamed: 0(\.\d+)*)?$/;
const CELL_ENDS = '\r\n';
const SEPARATORS = [',', ';', '\t'];

/**
 * Reads a csv: separated by commas, semicolons or tabs, in any common encoding, the names of the columns in
 * the first line. An unnamed first column of whole numbers or of texts is the index that pandas and R write,
 * in the header or not: it is left out, and `notes` says so.
 * @param content the bytes of the file, or its text
 * @param name the file's, for messages
 * @throws InputError for repeated or missing names and for lines that are longer or shorter than the header
 */
export function readCsv(content: Uint8Array | string, name: string): CsvTable {
  checkText('name', name);
  if (typeof content !== 'string') checkBytes('content', content, 'must be a text or the bytes of a file');
  const text = typeof content === 'string' ? content.replace(/^\uFEFF/, '') : decodeText(content, name);
  const { separator, rows } = split(text, name);
  const [first, ...body] = rows;
  if (!first) throw new InputError(`${name}: empty; the first line must name the columns`);
  const header = withRowNames(first, body, separator);
  for (const { cells, line } of body) {
    if (cells.length === header.cells.length) continue;
    const end = line + cells.reduce((sum, cell) => sum + lineEnds(cell), 0);
    const hint =
      end > line
        ? `; a quoted cell goes on to line ${end}: is a quote missing?`
        : decimalCommaHint(cells, header, separator) || rowNamesHint(header, body);
    throw new InputError(
      `${name} line ${line}: ${cells.length} cells where the header has ${header.cells.length}${hint}`,
    );
  }
  const { names, positions, notes } = namedColumns(header.cells, body, name);
  return new Table(name, names, positions, body, separator, notes);
}

/**
 * Whether all lines have one cell more than the header, and neither since they end with a separator nor by a
 * quote that swallows a line end.
 */
function isOneShort({ cells: names }: Row, body: readonly Row[]): boolean {
  if (body.some(({ cells }) => cells.some((cell) => lineEnds(cell) > 0))) return false;
  const more = body.length > 0 && body.every(({ cells }) => cells.length === names.length + 1);
  return more && body.some(({ cells }) => cells[names.length] !== '');
}

/**
 * A header with an empty name for the column of row names that R's write.table leaves out of it: different
 * texts, or numbers. Between commas these count from 1, since others may be the whole parts of decimals.
 */
function withRowNames(header: Row, body: readonly Row[], separator: string): Row {
  const names = body.map(({ cells }) => cells[0]);
  const counted =
    separator !== ',' || !WHOLE.test(names[0] ?? '') || names.every((text, k) => Number(text) === k + 1);
  const are = isOneShort(header, body) && counted && isIndex(body, 0) && new Set(names).size === names.length;
  return are ? { ...header, cells: ['', ...header.cells] } : header;
}

const rowNamesHint = (header: Row, body: readonly Row[]): string =>
  isOneShort(header, body)
    ? `; every line has one cell more: if the first names the rows (as R's write.table has it), name it in the header too`
    : '';

/** What more cells than names may come from. */
function decimalCommaHint(cells: readonly string[], header: Row, separator: string): string {
  const whole = cells.length > header.cells.length && cells.every((cell) => WHOLE.test(cell));
  return separator === ',' && whole ? '; if commas are decimal, separate columns by ; or tabs' : '';
}

const lineEnds = (cell: string): number => cell.match(LINE_END)?.length ?? 0;

/** The rows that are not blank, with their lines. */
function split(text: string, name: string): { separator: string; rows: Row[] } {
  // Spreadsheets name the separator in a line of its own before the header.
  const declared = /^sep=([,;\t])\r?\n/i.exec(text);
  const separator = declared?.[1] ?? likelySeparator(text);
  const rows: Row[] = [];
  let line = declared ? 2 : 1;
  const table = declared ? text.slice(declared[0].length) : text;
  checkQuotes(table, separator, name, line);
  dsvFormat(separator).parseRows(table, (raw) => {
    const cells = raw.map((cell) => cell.trim());
    if (cells.length > 1 || cells[0] !== '') rows.push({ cells, line });
    line += 1 + raw.reduce((sum, cell) => sum + lineEnds(cell), 0);
    return undefined;
  });
  return { separator, rows };
}

/**
 * @throws InputError for a cell whose opening quote has no closing one, or has it before the end of the cell
 */
function checkQuotes(text: string, separator: string, name: string, first: number): void {
  let line = first;
  for (let at = 0, quote = text.indexOf('"'); quote >= 0; quote = text.indexOf('"', at)) {
    line += lineEnds(text.slice(at, quote));
    at = quote + 1;
    if (quote > 0 && !CELL_ENDS.includes(text[quote - 1]) && text[quote - 1] !== separator) continue;
    let close = text.indexOf('"', at);
    while (close >= 0 && text[close + 1] === '"') close = text.indexOf('"', close + 2);
    if (close < 0) throw new InputError(`${name} line ${line}: a quote opens a cell and is never closed`);
    const next = text[close + 1];
    if (next !== undefined && !CELL_ENDS.includes(next) && next !== separator)
      throw new InputError(
        `${name} line ${line}: "${shownName(next)}" follows the closing quote of a cell; ${next === ' ' ? 'separate columns by , ; or tabs, not blanks' : 'is a quote missing?'}`,
      );
    line += lineEnds(text.slice(at, close));
    at = close + 1;
  }
}

/** The separator that the first line has most of, outside quotes. */
function likelySeparator(text: string): string {
  const first = /^\s*((?:"[^"]*"|[^"\r\n])*)/.exec(text)?.[1] ?? '';
  const bare = first.replace(/"[^"]*"/g, '');
  const count = (separator: string) => bare.split(separator).length;
  return SEPARATORS.reduce((best, separator) => (count(separator) > count(best) ? separator : best));
}

interface Columns {
  readonly names: string[];
  /** of each name in the rows */
  readonly positions: Map<string, number>;
  readonly notes: string[];
}

function namedColumns(header: readonly string[], body: readonly Row[], name: string): Columns {
  const blank = (j: number) => body.every(({ cells }) => cells[j] === '');
  let end = header.length;
  // Lines that end with a separator.
  while (end > 1 && header[end - 1] === '' && blank(end - 1)) end--;
  let start = 0;
  while (start < end - 1 && UNNAMED.test(header[start]) && isIndex(body, start)) start++;
  const positions = new Map<string, number>();
  for (let j = start; j < end; j++) {
    const earlier = positions.get(header[j]);
    if (header[j] === '')
      throw new InputError(`${name}: column ${j + 1} has no name in the header; name it, or remove it`);
    if (earlier !== undefined)
      throw new InputError(
        `${name}: columns ${earlier + 1} and ${j + 1} are both called "${shownName(header[j])}"; every column needs a name of its own`,
      );
    positions.set(header[j], j);
  }
  const called = header[0] === '' ? ' has no name and' : `, "${header[0]}",`;
  const dropped =
    start === 1
      ? `the first column${called} is left out as an index; ${header[0] === '' ? 'name' : 'rename'} it in the header to use it`
      : `the first ${start} columns have no names and are left out as indices; name them in the header to use them`;
  return {
    names: header.slice(start, end),
    positions,
    notes: start > 0 ? [`${name}: ${dropped}`] : [],
  };
}

/** Whether a column without a name numbers or names the rows: decimals are a quantity. */
function isIndex(body: readonly Row[], column: number): boolean {
  const whole = body.filter(({ cells }) => WHOLE.test(cells[column])).length;
  return whole === body.length || (whole === 0 && !body.some(({ cells }) => NUMBER.test(cells[column])));
}

class Table implements CsvTable {
  readonly rows: number;
  constructor(
    readonly name: string,
    readonly columns: readonly string[],
    private readonly positions: ReadonlyMap<string, number>,
    private readonly body: readonly Row[],
    private readonly separator: string,
    readonly notes: readonly string[],
  ) {
    this.rows = body.length;
  }

  private position(column: string): number {
    checkText('column', column);
    const position = this.positions.get(column);
    if (position !== undefined) return position;
    const unnamed = this.columns.every((name) => NUMBER.test(name))
      ? '; the first line must name the columns'
      : '';
    const there = `there ${this.columns.length === 1 ? 'is only' : 'are'} ${shownNames(this.columns)}`;
    const single =
      this.columns.length === 1 && /[\s|]/.test(this.columns[0]) ? '; separate columns by , ; or tabs' : '';
    throw new InputError(
      `${this.name}: column "${shownName(column)}" is missing; ${there}${unnamed}${single}`,
    );
  }

  strings(column: string): string[] {
    const position = this.position(column);
    return this.body.map(({ cells }) => cells[position]);
  }

  line(row: number): number {
    checkWhole('row', row, { least: 0, most: this.rows - 1 });
    return this.body[row].line;
  }

  numbers(columns: readonly string[], remedy = ''): Matrix {
    if (!Array.isArray(columns) || columns.length === 0)
      refuse('columns', columns, 'must be a list of names of columns');
    const positions = Array.from(columns, (column) => this.position(column));
    const comma = this.hasDecimalCommas(positions);
    const matrix = zeros(this.body.length, columns.length);
    this.body.forEach(({ cells, line }, i) => {
      positions.forEach((position, j) => {
        const cell = cells[position];
        const value = comma ? numberOf(cell.replace(',', '.'), !cell.includes('.')) : numberOf(cell);
        if (!Number.isFinite(value)) throw this.noNumber(cell, columns[j], line, { comma, remedy });
        matrix.data[i * columns.length + j] = value;
      });
    });
    return matrix;
  }

  /** Whether numbers have decimal commas: only where commas do not separate. */
  private hasDecimalCommas(positions: readonly number[]): boolean {
    if (this.separator === ',') return false;
    return this.body.some(({ cells }) => positions.some((position) => DECIMAL_COMMA.test(cells[position])));
  }

  private noNumber(
    cell: string,
    column: string,
    line: number,
    { comma, remedy }: { comma: boolean; remedy: string },
  ): InputError {
    const where = `${this.name} line ${line}, column "${shownName(column)}"`;
    const hint =
      comma && NUMBER.test(cell)
        ? '; other cells have decimal commas: use one kind only'
        : this.separator === ',' && DECIMAL_COMMA.test(cell)
          ? '; decimal commas are read where ; or tabs separate columns'
          : isMissing(cell)
            ? '; fill it in, or leave the line out'
            : remedy;
    return new InputError(`${where}: "${shownName(cell)}" is not a finite number${hint}`);
  }
}

/** A decimal number; NaN for anything else that JavaScript would take: 0x10, 1_000, Infinity, nothing. */
const numberOf = (cell: string, allowed = true): number =>
  allowed && NUMBER.test(cell) ? Number(cell) : Number.NaN;

/** Whether a cell is a number, with a point or a comma. */
export const looksLikeNumber = (cell: string): boolean => NUMBER.test(cell) || DECIMAL_COMMA.test(cell);
