import { InputError } from '../numerics/errors.js';
import type { SweepPoint } from '../report/sweepFigure.js';
import { type Cell, checkColumn, type Table } from './table.js';

/** Which columns a figure shows: a line for each colour, a panel for each facet. */
export interface PlotSpec {
  readonly x: string;
  readonly y: string;
  readonly color?: string | undefined;
  readonly facet?: string | undefined;
}

/** What a figure is drawn from. */
export interface PlotRows {
  /** the results there are */
  readonly table: Table;
  /** the parameters of all tasks of the same conditions, done or not */
  readonly planned: Table;
}

/** The points of a figure, and what is said below it. */
export interface PlotPoints {
  readonly points: readonly SweepPoint[];
  /** what a point and its bar are */
  readonly note: string;
  /** places that are not drawn since some of their results are missing */
  readonly incomplete: number;
}

/** The parameters that a mean may go over: repetitions of one and the same question. */
const REPETITIONS = ['dataSeed', 'seed'] as const;
const MOST_PANELS = 6;
type Row = Table['rows'][number];

function grouped(rows: readonly Row[], keyOf: (row: Row) => unknown): Map<unknown, Row[]> {
  const groups = new Map<unknown, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const known = groups.get(key);
    if (known) known.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** x=width,y=ckaL,color=theory,facet=samples @throws InputError */
export function parsePlot(text: string): PlotSpec {
  const entries = text.split(',').map((part) => part.split('=').map((word) => word.trim()));
  const spec = Object.fromEntries(entries.filter((entry) => entry.length === 2));
  const unknown = entries.find(([name, value]) => !['x', 'y', 'color', 'facet'].includes(name) || !value);
  if (unknown || !spec.x || !spec.y)
    throw new InputError(`--plot "${text}": give columns as x=width,y=ckaL,color=theory`);
  const { x, y, color, facet } = spec;
  return { x, y, ...(color ? { color } : {}), ...(facet ? { facet } : {}) };
}

/**
 * The points of a figure: means over seeds, of the data and of the solvers, with the standard error of that
 * mean, and for a single row its own, from the column `Y_se`. Seeds of one data set share its noise: where
 * the data have several, the error is that of the mean over data sets. Only places at which all planned
 * results have a number are drawn.
 * @throws InputError for a column that is not there, or has no numbers; and if a mean would go over a
 *   parameter that is no seed
 */
export function plotPoints({ table, planned }: PlotRows, spec: PlotSpec): PlotPoints {
  const { x, y, color, facet } = spec;
  for (const name of [x, y, color, facet]) if (name !== undefined) checkColumn(table, name, '--plot');
  const place = (row: Row) => JSON.stringify([row[color ?? ''] ?? null, row[facet ?? ''] ?? null, row[x]]);
  const numbers = table.rows.filter((row) => typeof row[x] === 'number' && typeof row[y] === 'number');
  if (numbers.length === 0) throw new InputError(`--plot: no row has numbers in both ${x} and ${y}`);
  const groups = [...grouped(numbers, place).values()];
  checkAverages(groups, planned.columns, spec);
  // What is drawn against a measure has no plan: every result is a place of its own or one of a group that is
  // there.
  const measured = [x, color, facet].some((name) => name !== undefined && !planned.columns.includes(name));
  const expected = grouped(measured ? table.rows : planned.rows, place);
  const complete = groups.filter((rows) => rows.length === expected.get(place(rows[0]))?.length);
  if (complete.length === 0)
    throw new InputError(
      '--plot: no place has all its results yet; finish the sweep, or choose seeds with --where',
    );
  const panels = new Set(complete.map(([row]) => row[facet ?? '']));
  if (panels.size > MOST_PANELS)
    throw new InputError(
      `--plot: facet=${facet} has ${panels.size} values; at most ${MOST_PANELS}, chosen with --where`,
    );
  const means = complete.map((rows) => ({ row: rows[0], ...meanOf(rows, y) }));
  const label = (name: string | undefined, value: Cell | undefined) =>
    name === undefined ? '' : String(value ?? '–');
  const points = means.map(({ row, mean, error }) => ({
    colour: label(color, row[color ?? '']),
    panel: facet === undefined ? '' : `${facet} = ${label(facet, row[facet])}`,
    x: Number(row[x]),
    y: mean,
    error,
  }));
  return {
    points,
    note: noteOf(means, complete.flat()),
    incomplete: new Set(expected.keys()).size - complete.length,
  };
}

/** @throws InputError that names the parameters other than seeds that differ between rows of one place */
function checkAverages(
  groups: readonly Row[][],
  parameters: readonly string[],
  { x, y, color, facet }: PlotSpec,
): void {
  const shown = new Set<string | undefined>([x, y, color, facet, ...REPETITIONS]);
  const mixed = parameters.filter(
    (name) =>
      !shown.has(name) &&
      groups.some((rows) => rows.some((row) => (row[name] ?? null) !== (rows[0][name] ?? null))),
  );
  if (mixed.length === 0) return;
  const values = [...new Set(groups.flat().map((row) => row[mixed[0]]))];
  const names = mixed.length > 4 ? `${mixed.slice(0, 4).join(', ')}, …` : mixed.join(', ');
  throw new InputError(
    `--plot: would average over ${names}; only seeds are averaged: add color=${mixed[0]} or facet=${mixed[0]}, or choose with --where ${mixed[0]}=${values[0]}`,
  );
}

interface Mean {
  readonly mean: number;
  readonly error: number;
  /** how many independent values the error is of */
  readonly count: number;
  /** what these are */
  readonly over: 'data sets' | 'seeds' | 'own' | 'none';
}

function meanOf(rows: readonly Row[], y: string): Mean {
  const data = [...grouped(rows, (row) => row.dataSeed ?? null).values()];
  const average = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const ofRows = (list: readonly Row[]) => list.map((row) => Number(row[y]));
  const values = data.length > 1 ? data.map((list) => average(ofRows(list))) : ofRows(rows);
  const mean = average(values);
  if (values.length === 1) {
    const own = rows[0][`${y}_se`];
    return typeof own === 'number'
      ? { mean, error: own, count: 1, over: 'own' }
      : { mean, error: 0, count: 1, over: 'none' };
  }
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const over = data.length > 1 ? 'data sets' : 'seeds';
  return { mean, error: Math.sqrt(variance / values.length), count: values.length, over };
}

/**
 * `means of 5 seeds ± one standard error; single results ± their own Monte Carlo error`: only what there is.
 */
function noteOf(means: readonly Mean[], rows: readonly Row[]): string {
  const counts = (over: Mean['over']) => means.filter((mean) => mean.over === over).map(({ count }) => count);
  const range = (list: readonly number[]) =>
    [...new Set([Math.min(...list), Math.max(...list)])].join(' to ');
  const averaged = (['data sets', 'seeds'] as const).flatMap((over) => {
    const list = counts(over);
    return list.length === 0 ? [] : [`means of ${range(list)} ${over} ± one standard error`];
  });
  const single = [
    ...(counts('own').length > 0 ? ['single results ± one standard error of their sampling'] : []),
    ...(counts('none').length > 0 ? ['single results without error'] : []),
  ];
  const loose = rows.filter((row) => row.converged === false).length;
  const warning = loose > 0 ? [`${loose} of ${rows.length} results not converged`] : [];
  return [...averaged, ...single, ...warning].join('; ');
}
