import { InputError } from '../numerics/errors.js';
import type { SweepPoint } from '../report/sweepFigure.js';
import { checkColumn, type Table } from './table.js';

/** Which columns a figure shows. */
export interface PlotSpec {
  readonly x: string;
  readonly y: string;
  readonly color?: string | undefined;
}

/** x=width,y=ckaL,color=theory @throws InputError */
export function parsePlot(text: string): PlotSpec {
  const entries = text.split(',').map((part) => part.split('=').map((word) => word.trim()));
  const spec = Object.fromEntries(entries.filter((entry) => entry.length === 2));
  const unknown = entries.find(([name, value]) => !['x', 'y', 'color'].includes(name) || !value);
  if (unknown || !spec.x || !spec.y) throw new InputError(`--plot "${text}": give columns as x=width,y=ckaL,color=theory`);
  return { x: spec.x, y: spec.y, ...(spec.color ? { color: spec.color } : {}) };
}

/**
 * The points of a figure: the mean of the rows that agree in x and colour, in most cases seeds. Its error is that of the mean, and for a single row its own,
 * from the column `Y_se`. Rows without one of the numbers are left out.
 * @throws InputError for a column that is not there, or has no numbers
 */
export function plotPoints(table: Table, { x, y, color }: PlotSpec): SweepPoint[] {
  for (const name of [x, y, ...(color ? [color] : [])]) checkColumn(table, name, '--plot');
  const groups = new Map<string, { colour: string; x: number; ys: number[]; own: number }>();
  for (const row of table.rows) {
    const [at, value] = [row[x], row[y]];
    if (typeof at !== 'number' || typeof value !== 'number') continue;
    const colour = color ? String(row[color] ?? '–') : '';
    const name = `${colour}\n${at}`;
    const group = groups.get(name) ?? { colour, x: at, ys: [], own: 0 };
    group.ys.push(value);
    const own = row[`${y}_se`];
    group.own = typeof own === 'number' ? own : 0;
    groups.set(name, group);
  }
  if (groups.size === 0) throw new InputError(`--plot: no row has numbers in both ${x} and ${y}`);
  return [...groups.values()].map(({ colour, x: at, ys, own }) => {
    const mean = ys.reduce((sum, value) => sum + value, 0) / ys.length;
    const variance = ys.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, ys.length - 1);
    return { colour, x: at, y: mean, error: ys.length > 1 ? Math.sqrt(variance / ys.length) : own };
  });
}
