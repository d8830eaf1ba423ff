import { Command } from 'commander';
import { toPng } from '../../io/png.js';
import { alignColumns } from '../../report/format.js';
import { type PlotSpec, parsePlot, plotPoints } from '../../sweep/plot.js';
import { SweepStore } from '../../sweep/store.js';
import { filtered, parameterNames, type Table, tableOf, toCsv } from '../../sweep/table.js';
import type { SweepTask } from '../../sweep/task.js';

interface Flags {
  readonly where: readonly string[];
  readonly columns?: string;
  readonly plot?: string;
  readonly out?: string;
  readonly csv?: boolean;
  readonly json?: boolean;
}

/** Rows that a terminal is shown. */
const MOST_ROWS = 40;
/** Columns that are shown unless others are named: what differs, and the measures people ask for first. */
const MEASURES = ['converged', 'ckaL', 'ckaL_se', 'ckaNngpL', 'logEvidence', 'testLoss'];

/** Writes results.csv and results.parquet of a sweep. */
export async function writeTable(store: SweepStore, tasks: readonly SweepTask[]): Promise<Table> {
  const { toParquet } = await import('../../sweep/parquet.js');
  const table = tableOf(store, tasks);
  store.write('results.csv', toCsv(table));
  store.write('results.parquet', toParquet(table));
  return table;
}

/** Whether a column has several values, rows without one aside. */
const differs = ({ rows }: Table, name: string): boolean =>
  new Set(rows.map((row) => row[name] ?? null).filter((cell) => cell !== null)).size > 1;

/** Names the parameters over which a figure averages: a mean over more than seeds should be meant. */
function averagedOver(table: Table, tasks: readonly SweepTask[], { x, color }: PlotSpec, points: number): string {
  if (points === table.rows.length) return '';
  const names = [...parameterNames(tasks)].filter((name) => name !== x && name !== color && differs(table, name));
  return names.length === 0 ? '' : `; means over ${names.join(', ')}`;
}

function shownColumns(table: Table, tasks: readonly SweepTask[], asked: string | undefined): string[] {
  if (asked !== undefined) return asked.split(',').map((name) => name.trim());
  const parameters = parameterNames(tasks);
  const first = table.columns.filter((name) => name === 'theory' || (parameters.has(name) && differs(table, name)));
  return [...first, ...MEASURES.filter((name) => table.columns.includes(name) && !first.includes(name))];
}

const digits = (value: unknown): string =>
  value === null || value === undefined ? '–' : typeof value === 'number' ? String(Number(value.toPrecision(5))) : String(value);

async function table(folder: string, flags: Flags): Promise<void> {
  const store = new SweepStore(folder);
  const tasks = store.tasks();
  const all = tableOf(store, tasks);
  const rows = filtered(
    all,
    flags.where.flatMap((text) => text.split(',')),
  );
  if (flags.plot !== undefined) {
    const spec = parsePlot(flags.plot);
    const points = plotPoints(rows, spec);
    const { sweepFigure } = await import('../../report/sweepFigure.js');
    const svg = sweepFigure(points, spec.x, spec.y);
    const name = flags.out?.replace(/\.(svg|png)$/, '') ?? `${spec.y}-${spec.x}`;
    store.write(`${name}.svg`, svg);
    store.write(`${name}.png`, await toPng(svg));
    const over = averagedOver(rows, tasks, spec, points.length);
    process.stdout.write(`${folder}: ${name}.svg, ${name}.png (${points.length} points, bars of one standard error${over})\n`);
    return;
  }
  const columns = shownColumns(all, tasks, flags.columns);
  for (const column of columns) filtered(all, [`${column}!=`]);
  const chosen: Table = flags.columns === undefined ? rows : { columns, rows: rows.rows };
  if (flags.json)
    process.stdout.write(
      `${JSON.stringify(chosen.rows.map((row) => Object.fromEntries(chosen.columns.map((name) => [name, row[name]]))))}\n`,
    );
  else if (flags.csv) process.stdout.write(toCsv(chosen));
  else {
    const cells = rows.rows.slice(0, MOST_ROWS).map((row) => columns.map((name) => digits(row[name])));
    const more = rows.rows.length > MOST_ROWS ? `\n… ${rows.rows.length - MOST_ROWS} rows more; --csv prints all` : '';
    process.stdout.write(`${alignColumns([columns, ...cells])}${more}\n\n${rows.rows.length} of ${tasks.length} tasks\n`);
  }
}

export function tableCommand(): Command {
  return new Command('table')
    .description('The results of a sweep: rows that fulfil conditions, as a table, csv, or a figure')
    .argument('<folder>', 'the folder of a sweep')
    .option(
      '--where <condition>',
      'theory=map, width>50, …; several by commas or given again',
      (text: string, before: string[]) => [...before, text],
      [],
    )
    .option('--columns <names>', 'columns to print (default: what is varied and the main measures)')
    .option('--plot <axes>', 'draw x=width,y=ckaL,color=theory instead: means over the other rows, with one standard error')
    .option('--out <name>', 'name of the figure in the folder (default: Y-X)')
    .option('--csv', 'print all rows and columns as csv')
    .option('--json', 'print all rows and columns as JSON')
    .action((folder: string, flags: Flags) => table(folder, flags));
}
