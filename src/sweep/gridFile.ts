import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { loadData } from '../datasets/loadData.js';
import { parseJson } from '../formats/json.js';
import { idxFiles } from '../io/digits.js';
import { fileSources } from '../io/loadProblem.js';
import { readInput } from '../io/readInput.js';
import type { DataSpec, FileSpec } from '../problem/dataSchema.js';
import type { Axis } from './axis.js';
import { type Grid, parseGrid } from './grid.js';
import type { Size } from './outline.js';
import { canonical, type FileFacts, type SweepTask, tasksOf } from './task.js';

/** A grid file with its tasks. */
export interface LoadedGrid {
  readonly grid: Grid;
  readonly tasks: readonly SweepTask[];
  /** the grid in a form in which equal grids have equal texts */
  readonly text: string;
}

const FILE_KEYS = ['npz', 'npy', 'targets', 'csv', 'testCsv', 'idx'];

/** The data with absolute paths: tasks run wherever there is a thread for them. */
function withAbsolutePaths(data: unknown, folder: string): unknown {
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      FILE_KEYS.includes(key) && typeof value === 'string' ? resolve(folder, value) : value,
    ]),
  );
}

const sha = async (path: string) =>
  createHash('sha256')
    .update(await readInput(path))
    .digest('hex');

/** Hash of every file that data name; the size of the data goes with the file that names them. */
async function factsOf(data: unknown, facts: Map<string, { hash: string; size: Size }>): Promise<void> {
  if (typeof data !== 'object' || data === null) return;
  const paths = Object.entries(data).flatMap(([key, value]) =>
    FILE_KEYS.includes(key) && typeof value === 'string' ? [value] : [],
  );
  if (paths.length === 0 || paths.every((path) => facts.has(path))) return;
  if ('dataset' in data) {
    // A folder of digits: its files are what matters.
    for (const path of paths) {
      const hash = (await Promise.all(idxFiles(path).map(sha))).join();
      facts.set(path, { hash, size: { samples: 0, dimension: 0, outputs: 1 } });
    }
    return;
  }
  // Loading says in one line what is wrong with a file, before any task is made of it.
  // Sizes as the files have them: what is measured by a metric is no image any more.
  const asTheyAre = { ...(data as FileSpec), inputMetric: 0 };
  const { x, y, image } = await loadData(asTheyAre as DataSpec, fileSources('/'));
  const size = { samples: x.rows, dimension: x.columns, outputs: y.columns, image };
  for (const path of paths) facts.set(path, { hash: await sha(path), size });
}

/** All data that a grid names: `data` itself may be an axis, or keys of it. */
const dataOf = ({ base, groups }: Grid): unknown[] => {
  const own = (base as { data?: unknown }).data;
  const axes: readonly Axis[] = groups.flat();
  const whole = axes.find(({ key }) => key === 'data');
  if (whole) return [...whole.values];
  const files = axes.filter(({ key }) => FILE_KEYS.includes(key.replace('data.', '')));
  return [
    own,
    ...files.flatMap(({ key, values }) =>
      values.map((value) => ({ ...(own as object), [key.replace('data.', '')]: value })),
    ),
  ];
};

/** Makes paths absolute wherever a grid has them. */
function absolute(grid: Grid, folder: string): Grid {
  const base = grid.base as { data?: unknown };
  const groups = grid.groups.map((group) =>
    group.map(({ key, values }) => {
      if (key === 'data') return { key, values: values.map((value) => withAbsolutePaths(value, folder)) };
      const name = key.replace('data.', '');
      if (!key.startsWith('data.') || !FILE_KEYS.includes(name)) return { key, values };
      return {
        key,
        values: values.map((value) => (typeof value === 'string' ? resolve(folder, value) : value)),
      };
    }),
  );
  return { ...grid, base: { ...base, data: withAbsolutePaths(base.data, folder) }, groups };
}

/** Reads a grid file and makes its tasks. @throws InputError */
export async function loadGrid(path: string): Promise<LoadedGrid> {
  const grid = absolute(parseGrid(parseJson(await readInput(path), path), path), dirname(resolve(path)));
  const facts = new Map<string, { hash: string; size: Size }>();
  for (const data of dataOf(grid)) await factsOf(data, facts);
  return { grid, tasks: tasksOf(grid, facts as FileFacts, path), text: canonical(grid) };
}
