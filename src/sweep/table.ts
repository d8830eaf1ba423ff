import { InputError } from '../numerics/errors.js';
import { nearestName } from '../numerics/nearestName.js';
import type { SweepStore } from './store.js';
import type { SweepTask } from './task.js';

/** A cell of the table; what is undefined is null. */
export type Cell = number | string | boolean | null;

/** One row a result, the same columns in all. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Readonly<Record<string, Cell>>[];
}

type Plain = Record<string, unknown>;

/** Numbers and texts stay; lists become JSON. */
function cellOf(value: unknown): Cell {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  return typeof value === 'string' || typeof value === 'boolean' ? value : JSON.stringify(value);
}

/** A list of equal numbers is one number: widths of 20, 20, 20 are a width of 20. */
const collapsed = (value: unknown): unknown =>
  Array.isArray(value) && value.length > 0 && value.every((entry) => entry === value[0]) ? value[0] : value;

/**
 * Parameters as columns, by the last part of their key; those of the data that others have too get a name of
 * their own.
 */
function parametersOf({ spec, theory, options }: SweepTask): Plain {
  const { data, network, noiseVariance, likelihood } = spec;
  const renamed: Readonly<Record<string, string>> = { noise: 'dataNoise', seed: 'dataSeed' };
  const ofData = Object.entries(data).map(([key, value]) => [renamed[key] ?? key, value]);
  const { sampling, seed, start: _, ...others } = options;
  const ofOptions = Object.entries({ ...others, ...sampling }).map(([key, value]) => [
    `option_${key}`,
    value,
  ]);
  return {
    ...Object.fromEntries(ofData),
    ...Object.fromEntries(Object.entries(network).map(([key, value]) => [key, collapsed(value)])),
    ...(likelihood ? { likelihood } : { noiseVariance }),
    theory,
    seed,
    ...Object.fromEntries(ofOptions),
  };
}

/** Columns that are parameters. */
export const parameterNames = (tasks: readonly SweepTask[]): Set<string> =>
  new Set(tasks.flatMap((task) => Object.keys(parametersOf(task))));

/** The parameters of tasks as a table, whether they are done or not. */
export function plannedTable(tasks: readonly SweepTask[]): Table {
  const columns = [...parameterNames(tasks)];
  const rows = tasks.map((task) => {
    const parameters = parametersOf(task);
    return Object.fromEntries(columns.map((name) => [name, cellOf(parameters[name])]));
  });
  return { columns, rows };
}

/** The column that a condition is about. */
export const columnOf = (condition: string): string | undefined =>
  /^\s*([\w.]+)\s*[!<>=]/.exec(condition)?.[1];

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** Measures as columns: of every layer, and of the output kernel by names that do not depend on the depth. */
function measuresOf(result: Plain): Plain {
  const byLayer = (name: string, column: string) =>
    Object.fromEntries(list(result[name]).map((value, l) => [`${column}${l}`, value]));
  const last = (name: string) => list(result[name]).at(-1);
  const train = (result.train ?? {}) as Plain;
  const test = (result.test ?? {}) as Plain;
  const details = (result.details ?? {}) as Plain;
  return {
    converged: result.converged,
    reason: result.reason,
    residual: result.residual,
    iterations: result.iterations,
    solvedWidth: collapsed(result.width),
    ckaL: last('cka'),
    ckaL_se: last('ckaStandardError'),
    ckaNngpL: last('ckaNngp'),
    changeL: last('change'),
    logEvidence: result.logEvidence,
    logEvidence_se: result.logEvidenceStandardError,
    logEvidence_leftOut: result.logEvidenceLeftOut,
    trainError: train.meanSquaredError,
    trainAccuracy: train.accuracy,
    testBias2: test.meanSquaredError,
    testVariance: test.variance,
    testLoss: test.loss,
    testAccuracy: test.accuracy,
    ...(test.brierScore === undefined
      ? {}
      : {
          testLogDensity: test.logPredictiveDensity,
          testBrier: test.brierScore,
          testCalibrationError: test.calibrationError,
        }),
    rhat: details.rhat,
    ess: details.ess,
    acceptance: Array.isArray(details.acceptance)
      ? (details.acceptance as number[]).reduce((sum, value) => sum + value, 0) / details.acceptance.length
      : undefined,
    ...byLayer('cka', 'cka_'),
    ...byLayer('ckaStandardError', 'cka_se_'),
    ...byLayer('ckaNngp', 'ckaNngp_'),
    ...byLayer('change', 'change_'),
    message: result.message,
  };
}

/**
 * The results there are of some tasks, in their order; times are left out, so that equal sweeps have equal
 * tables.
 */
export function tableOf(store: SweepStore, tasks: readonly SweepTask[]): Table {
  const done = store.done();
  const rows = tasks
    .filter(({ key }) => done.has(key))
    .map(
      (task) => ({ ...parametersOf(task), ...measuresOf(store.result(task.key)), key: task.key }) as Plain,
    );
  const seen = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  // Columns that depend on the depth last, the key at the very end.
  const late = (name: string) => (name === 'key' ? 3 : name === 'message' ? 2 : /_\d+$/.test(name) ? 1 : 0);
  const order = [...seen].sort((a, b) => late(a) - late(b) || compareLate(a, b, seen));
  const columns = order.filter((name) => rows.some((row) => cellOf(row[name]) !== null));
  return {
    columns,
    rows: rows.map((row) => Object.fromEntries(columns.map((name) => [name, cellOf(row[name])]))),
  };
}

/** Layers in the order of their numbers, whatever the first row has. */
function compareLate(a: string, b: string, seen: readonly string[]): number {
  const parts = (name: string) => /^(.*_)(\d+)$/.exec(name);
  const [x, y] = [parts(a), parts(b)];
  if (x && y && x[1] === y[1]) return Number(x[2]) - Number(y[2]);
  if (x && y) return firstOf(x[1], seen) - firstOf(y[1], seen);
  return seen.indexOf(a) - seen.indexOf(b);
}
const firstOf = (stem: string, seen: readonly string[]) => seen.findIndex((name) => name.startsWith(stem));

const quoted = (cell: Cell): string => {
  const text = cell === null ? '' : String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** Comma-separated values with a header line; empty where nothing is known. */
export const toCsv = ({ columns, rows }: Table): string =>
  [columns.join(','), ...rows.map((row) => columns.map((name) => quoted(row[name])).join(','))]
    .join('\n')
    .concat('\n');

/** @throws InputError that lists the columns there are */
export function checkColumn({ columns }: Table, name: string, option: string): void {
  if (columns.includes(name)) return;
  const nearest = nearestName(name, columns);
  throw new InputError(
    `${option}: there is no column "${name}"; ${nearest ? `did you mean "${nearest}"?` : `there are ${columns.join(', ')}`}`,
  );
}

const OPERATORS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
};

/**
 * Rows for which `column=value`, `!=`, `<`, `<=`, `>` or `>=` holds; conditions are joined by commas or given
 * one by one.
 */
export function filtered(table: Table, conditions: readonly string[]): Table {
  const tests = conditions.map((text) => {
    const match = /^\s*([\w.]+)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*$/.exec(text);
    if (!match)
      throw new InputError(
        `--where "${text}": give a condition such as theory=map, width>50 or converged=true`,
      );
    const [, column, operator, value] = match;
    checkColumn(table, column, '--where');
    if (operator === '=' || operator === '!=') {
      const same = (cell: Cell) =>
        String(cell) === value || (typeof cell === 'number' && value !== '' && cell === Number(value));
      return (row: Readonly<Record<string, Cell>>) => same(row[column]) === (operator === '=');
    }
    const limit = Number(value);
    if (value === '' || Number.isNaN(limit))
      throw new InputError(`--where "${text}": "${value}" is no number`);
    return (row: Readonly<Record<string, Cell>>) => {
      const cell = row[column];
      return typeof cell === 'number' && OPERATORS[operator](cell, limit);
    };
  });
  return { columns: table.columns, rows: table.rows.filter((row) => tests.every((test) => test(row))) };
}
