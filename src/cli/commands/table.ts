import { Command } from 'commander';
import { InputError } from '../../numerics/errors.js';
import { alignColumns } from '../../report/format.js';
import { parsePlot, plotPoints } from '../../sweep/plot.js';
import { SweepStore } from '../../sweep/store.js';
import {
  checkColumn,
  columnOf,
  filtered,
  parameterNames,
  plannedTable,
  type Table,
  tableOf,
  toCsv,
} from '../../sweep/table.js';
import type { SweepTask } from '../../sweep/task.js';
import { interruptionNote } from '../interruption.js';
import { refuseGiven } from '../options.js';

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

function shownColumns(table: Table, tasks: readonly SweepTask[], asked: string | undefined): string[] {
  if (asked !== undefined) return asked.split(',').map((name) => name.trim());
  const parameters = parameterNames(tasks);
  const first = table.columns.filter(
    (name) => name === 'theory' || (parameters.has(name) && differs(table, name)),
  );
  return [...first, ...MEASURES.filter((name) => table.columns.includes(name) && !first.includes(name))];
}

const digits = (value: unknown): string =>
  value === null || value === undefined
    ? '–'
    : typeof value === 'number'
      ? String(Number(value.toPrecision(5)))
      : String(value);

/** A name in the folder of the sweep, with the endings of pictures left out. @throws InputError */
function figureName(text: string): string {
  const name = text.replace(/\.(svg|png)$/i, '');
  const [ending] = /\.[a-z]\w{0,4}$/i.exec(name) ?? [];
  if (ending !== undefined && name === text)
    throw new InputError(
      `--out "${text}": figures are written as .svg and .png, not ${ending}; give a name such as width.svg`,
    );
  if (/^[^/\\\p{Cc}]{1,200}$/u.test(name)) return name;
  throw new InputError(
    `--out "${text}": give a name of at most 200 characters in the folder of the sweep, such as width.svg`,
  );
}

/** Draws results of a sweep into its folder, and says what the picture shows. */
async function plot(
  store: SweepStore,
  tasks: readonly SweepTask[],
  conditions: readonly string[],
  flags: Flags,
): Promise<string> {
  const spec = parsePlot(flags.plot ?? '');
  const name = flags.out === undefined ? `${spec.y}-${spec.x}` : figureName(flags.out);
  const everything = plannedTable(tasks);
  const onParameters = conditions.filter((condition) =>
    everything.columns.includes(columnOf(condition) ?? ''),
  );
  const planned = filtered(everything, onParameters);
  const { points, note, incomplete } = plotPoints(
    { table: filtered(tableOf(store, tasks), conditions), planned },
    spec,
  );
  const { sweepFigure } = await import('../../report/sweepFigure.js');
  const left =
    incomplete > 0 ? `${incomplete} place${incomplete === 1 ? '' : 's'} left out: results are missing` : '';
  const svg = sweepFigure(points, spec.x, spec.y, [note, left].filter(Boolean).join('; '));
  const { toPng } = await import('../../io/png.js');
  const png = await toPng(svg);
  store.write(`${name}.svg`, svg);
  store.write(`${name}.png`, png);
  interruptionNote(() => 'interrupted; the figure is written');
  return `${name}.svg, ${name}.png (${[`${points.length} points`, note, left].filter(Boolean).join('; ')})`;
}

async function table(folder: string, flags: Flags, command: Command): Promise<void> {
  if (flags.plot === undefined)
    refuseGiven(command, ['out'], 'without --plot, which draws the figure that it names');
  else refuseGiven(command, ['columns', 'csv', 'json'], 'with --plot, which prints no table');
  const store = new SweepStore(folder);
  const tasks = store.tasks();
  const conditions = flags.where.flatMap((text) => text.split(','));
  if (flags.plot !== undefined) {
    process.stdout.write(`${folder}: ${await plot(store, tasks, conditions, flags)}\n`);
    return;
  }
  const all = tableOf(store, tasks);
  const rows = filtered(all, conditions);
  const columns = shownColumns(all, tasks, flags.columns);
  for (const column of columns) checkColumn(all, column, '--columns');
  const chosen: Table = flags.columns === undefined ? rows : { columns, rows: rows.rows };
  if (flags.json)
    process.stdout.write(
      `${JSON.stringify(chosen.rows.map((row) => Object.fromEntries(chosen.columns.map((name) => [name, row[name]]))))}\n`,
    );
  else if (flags.csv) process.stdout.write(toCsv(chosen));
  else {
    const cells = rows.rows.slice(0, MOST_ROWS).map((row) => columns.map((name) => digits(row[name])));
    const more =
      rows.rows.length > MOST_ROWS ? `\n… ${rows.rows.length - MOST_ROWS} rows more; --csv prints all` : '';
    process.stdout.write(
      `${alignColumns([columns, ...cells])}${more}\n\n${rows.rows.length} of ${tasks.length} tasks\n`,
    );
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
    .option(
      '--plot <axes>',
      'draw x=width,y=ckaL,color=theory,facet=samples instead: means over seeds alone, with one standard error',
    )
    .option('--out <name>', 'name of the figure in the folder (default: Y-X)')
    .option('--csv', 'print all rows and columns as csv')
    .option('--json', 'print all rows and columns as JSON')
    .action((folder: string, flags: Flags, command: Command) => table(folder, flags, command));
}
