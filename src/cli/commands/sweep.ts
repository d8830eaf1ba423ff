import { Command, Option } from 'commander';
import { THREADS } from '../../compute/nodeCompute.js';
import { InputError } from '../../numerics/errors.js';
import { gigabytes } from '../../numerics/shown.js';
import { alignColumns, duration } from '../../report/format.js';
import { largestMemory, secondsOf } from '../../sweep/cost.js';
import { countOf, type Grid } from '../../sweep/grid.js';
import { type LoadedGrid, loadGrid } from '../../sweep/gridFile.js';
import { runTasks, workersFor } from '../../sweep/local.js';
import { sweepParityWarning } from '../../sweep/parity.js';
import { inHand, isSubmitted, requireSlurm, submit } from '../../sweep/slurm.js';
import { parseProfile, readProfile, SLURM_BOUNDS, type SlurmProfile } from '../../sweep/slurmProfile.js';
import { SweepStore } from '../../sweep/store.js';
import type { SweepTask } from '../../sweep/task.js';
import { DONE, NOT_CONVERGED } from '../exit.js';
import { interruptionNote } from '../interruption.js';
import { refuseGiven, within } from '../options.js';
import { warn } from '../printing.js';
import { withProgress } from '../solveTheory.js';
import { writeTable } from './table.js';

interface Flags {
  readonly out?: string;
  readonly dryRun?: boolean;
  readonly retryFailed?: boolean;
  readonly update?: boolean;
  readonly executor: 'local' | 'slurm';
  readonly status?: boolean;
  readonly threads?: number;
  readonly arrays: boolean;
  readonly profile?: string;
  readonly partition?: string;
  readonly account?: string;
  readonly time?: string;
  readonly memory?: string;
  readonly cpus?: number;
  readonly max?: number;
  readonly chunk?: number;
  readonly directive: readonly string[];
  readonly json?: boolean;
}

/** What is done, what is not, and why. */
interface State {
  readonly tasks: number;
  readonly done: number;
  readonly failed: number;
  readonly running: number;
  readonly waiting: number;
  readonly missing: number;
}

const valueText = (values: readonly unknown[]): string => {
  const shown = values
    .slice(0, 8)
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
  return `${shown.join(', ')}${values.length > 8 ? `, … (${values.length})` : ''}`;
};

function gridTable({ groups, theories, seeds }: Grid): string {
  const rows = groups.flatMap((group, g) =>
    group.map(({ key, values }) => [key, valueText(values), group.length > 1 ? `together (${g + 1})` : '']),
  );
  return alignColumns([
    ['varied', 'values', ''],
    ...rows,
    ['theories', theories.join(', '), ''],
    ['seeds', valueText(seeds), ''],
  ]);
}

/** Count and cost, before anything is started. */
function estimate(
  { grid, tasks }: LoadedGrid,
  left: readonly SweepTask[],
  done: number,
  threads: number | undefined,
): string {
  const asked = countOf(grid);
  const twice = asked - tasks.length;
  const count = `${tasks.length} tasks${twice > 0 ? ` (${asked} combinations; ${twice} differ only in what their theory does not use)` : ''}, ${done} done, ${tasks.length - done - left.length > 0 ? `${tasks.length - done - left.length} failed before, ` : ''}${left.length} to do`;
  if (left.length === 0) return count;
  const seconds = left.reduce((sum, task) => sum + secondsOf(task), 0);
  const workers = workersFor(left, threads);
  const memory = largestMemory(left);
  return `${count}\nabout ${duration(seconds)} of one core (within a factor of two for closed-form activations), ${duration(seconds / workers)} on ${workers} here; up to ${gigabytes(memory)} of memory a task`;
}

const profileOf = (flags: Flags): SlurmProfile => {
  const { partition, account, time, memory, cpus, max, chunk, directive } = flags;
  const own = Object.fromEntries(
    Object.entries({ partition, account, time, memory, cpus, max, chunk }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const file = flags.profile === undefined ? {} : readProfile(flags.profile);
  const named = (key?: string) => (key === 'directives' ? '--directive' : `--${key}`);
  const asked = parseProfile({ ...own, directives: directive }, named);
  return { ...file, ...asked, directives: [...(file.directives ?? []), ...directive] };
};

/** The state of the folder, and of the cluster if it has anything in hand. */
function stateOf(store: SweepStore, tasks: readonly SweepTask[], slurm: boolean): State {
  const [done, failed] = [store.done(), store.failed()];
  const { running, waiting } = slurm ? inHand(store.folder) : { running: new Set(), waiting: new Set() };
  const count = (test: (key: string) => boolean) => tasks.filter(({ key }) => test(key)).length;
  const open = (key: string) => !done.has(key);
  return {
    tasks: tasks.length,
    done: count((key) => done.has(key)),
    failed: count((key) => open(key) && failed.has(key) && !running.has(key) && !waiting.has(key)),
    running: count((key) => open(key) && running.has(key)),
    waiting: count((key) => open(key) && waiting.has(key)),
    missing: count((key) => open(key) && !failed.has(key) && !running.has(key) && !waiting.has(key)),
  };
}

const stateText = ({ tasks, done, failed, running, waiting, missing }: State): string =>
  `${done} of ${tasks} tasks done${failed ? `, ${failed} failed` : ''}${running ? `, ${running} running` : ''}${waiting ? `, ${waiting} waiting` : ''}${missing ? `, ${missing} missing` : ''}`;

/** The messages of failures, each with how often it occurs. */
function failuresText(store: SweepStore, tasks: readonly SweepTask[]): string {
  const failed = store.failed();
  const counts = new Map<string, number>();
  for (const { key } of tasks) {
    if (!failed.has(key)) continue;
    const { message } = store.failure(key);
    counts.set(message, (counts.get(message) ?? 0) + 1);
  }
  const lines = [...counts].slice(0, 5).map(([message, count]) => `  ${count} × ${message}`);
  return lines.length === 0 ? '' : `\nfailed (run again with --retry-failed):\n${lines.join('\n')}`;
}

/** What is left to do. */
function missing(store: SweepStore, tasks: readonly SweepTask[], retry: boolean): SweepTask[] {
  const [done, failed] = [store.done(), store.failed()];
  return tasks.filter(({ key }) => !done.has(key) && (retry || !failed.has(key)));
}

async function runLocally(store: SweepStore, left: readonly SweepTask[], flags: Flags): Promise<void> {
  // Expensive tasks first, so that none of them is left over for one core at the end.
  const cost = new Map(left.map((task) => [task.key, secondsOf(task)]));
  const order = left.toSorted((a, b) => (cost.get(b.key) ?? 0) - (cost.get(a.key) ?? 0));
  const total = order.reduce((sum, { key }) => sum + (cost.get(key) ?? 0), 0);
  let [spent, count] = [0, 0];
  interruptionNote(
    () => `interrupted; ${count} of ${order.length} tasks are done and kept: run the same command to go on`,
  );
  await withProgress('sweep', (line, signal) =>
    runTasks(
      order,
      { folder: store.folder, arrays: flags.arrays, threads: flags.threads },
      (end) => {
        spent += 'key' in end ? (cost.get(end.key) ?? 0) : 0;
        line.update({ fraction: Math.min(0.999, spent / total), stage: `${++count}/${order.length} tasks` });
      },
      signal,
    ),
  );
}

/** What a run of the sweep works with. */
interface Job {
  readonly loaded: LoadedGrid;
  readonly store: SweepStore;
  readonly left: readonly SweepTask[];
  readonly profile: SlurmProfile;
  readonly flags: Flags;
  readonly say: (line: string) => void;
  readonly finish: (state: State, converged: boolean) => void;
}

async function submitAll({
  loaded: { tasks, text },
  store,
  left,
  profile,
  flags,
  say,
  finish,
}: Job): Promise<void> {
  const { running, waiting } = inHand(store.folder);
  const open = left.filter(({ key }) => !running.has(key) && !waiting.has(key));
  store.begin(text, tasks);
  if (open.length > 0) {
    const { array, gather, chunks } = submit(store.folder, open, profile, flags.arrays);
    say(
      `submitted ${open.length} tasks as job array ${array} (${chunks.length} jobs), results gathered by job ${gather}`,
    );
  }
  const state = stateOf(store, tasks, true);
  if (open.length === 0 && state.running + state.waiting === 0) await writeTable(store, tasks);
  say(
    `${stateText(state)}${failuresText(store, tasks)}\n${store.folder}: the same command with --status tells how far it is; without, it submits again what is missing`,
  );
  return finish(state, true);
}

async function solveAll({ loaded: { tasks, text }, store, left, flags, say, finish }: Job): Promise<void> {
  store.begin(text, tasks);
  await runLocally(store, left, flags);
  const { rows } = await writeTable(store, tasks);
  const state = stateOf(store, tasks, false);
  const bad = rows.filter(({ converged }) => converged === false).length;
  say(
    `${stateText(state)}${bad ? `, ${bad} did not converge (column converged)` : ''}${failuresText(store, tasks)}`,
  );
  say(`${store.folder}: results.csv, results.parquet; results/KEY.json${flags.arrays ? ' and .npz' : ''}`);
  finish(state, bad === 0);
}

/** Options of Slurm alone. */
const OF_SLURM = ['profile', 'partition', 'account', 'time', 'memory', 'cpus', 'max', 'chunk', 'directive'];

async function sweep(
  path: string,
  flags: Flags,
  command: Command,
  report: (code: number) => void,
): Promise<void> {
  if (flags.executor === 'slurm') refuseGiven(command, ['threads'], 'by --executor slurm, which has --cpus');
  else refuseGiven(command, OF_SLURM, 'without --executor slurm');
  const loaded = await loadGrid(path);
  const { grid, tasks, text } = loaded;
  const store = new SweepStore(flags.out ?? `runs/${path.replace(/^.*\//, '').replace(/\.json$/, '')}`);
  const slurm = flags.executor === 'slurm';
  const profile = slurm ? profileOf(flags) : {};
  const say = (line: string) => {
    if (!flags.json) process.stdout.write(`${line}\n`);
  };
  const finish = (state: State, converged: boolean) => {
    if (flags.json) process.stdout.write(`${JSON.stringify({ folder: store.folder, ...state })}\n`);
    report(state.failed > 0 || !converged ? NOT_CONVERGED : DONE);
  };
  if (flags.status) {
    const state = stateOf(store, tasks, slurm);
    say(`${stateText(state)}${failuresText(store, tasks)}`);
    return finish(state, true);
  }
  const left = missing(store, tasks, flags.retryFailed === true);
  const opening = `${gridTable(grid)}\n\n${estimate(loaded, left, stateOf(store, tasks, false).done, flags.threads)}\n`;
  const warning = left.length > 0 ? await sweepParityWarning(left) : undefined;
  if (warning) warn(warning);
  if (flags.dryRun) {
    say(opening);
    return finish(stateOf(store, tasks, false), true);
  }
  if (slurm) requireSlurm();
  // Not that nothing was written: from here on there is a folder.
  interruptionNote(() => `interrupted; ${store.folder} is kept: run the same command to go on`);
  const release = store.prepare(text, flags.update === true);
  let undo = () => {};
  try {
    say(opening);
    const job: Job = { loaded, store, left, profile, flags, say, finish };
    await (slurm ? submitAll(job) : solveAll(job));
  } catch (error) {
    // Slurm has said no to all of it.
    if (slurm && !isSubmitted(store.folder)) undo = () => store.undoPrepare();
    throw error;
  } finally {
    release();
    undo();
  }
}

function collect(text: string, before: readonly string[]): readonly string[] {
  if (!text.startsWith('--'))
    throw new InputError(`--directive "${text}": give an option of sbatch, such as --constraint=avx512`);
  return [...before, text];
}

export function sweepCommand(report: (code: number) => void): Command {
  return new Command('sweep')
    .description(
      'Solve every combination of a grid of problems, theories and seeds, on all cores or on a Slurm cluster; does only what is missing',
    )
    .argument(
      '<grid>',
      'a grid file (JSON): a problem whose keys may have lists and ranges, with theories, seeds, options',
    )
    .option('--out <folder>', 'where results are kept (default: runs/GRID)')
    .option('--dry-run', 'say what would be done and what it would cost')
    .option('--retry-failed', 'also run tasks again that failed')
    .option('--update', 'make the folder of another grid that of this one; what both share is kept')
    .option('--no-arrays', 'write no kernels and predictions, only the table')
    .addOption(
      new Option('--threads <number>', 'workers here (default: one a core)').argParser(within(THREADS)),
    )
    .addOption(
      new Option('--executor <name>', 'where tasks run').choices(['local', 'slurm']).default('local'),
    )
    .option('--status', 'say what is done, running, waiting, failed, missing')
    .option('--profile <file>', 'Slurm: a JSON file with the options below as keys (and directives: a list)')
    .option('--partition <name>', 'Slurm: partition')
    .option('--account <name>', 'Slurm: account')
    .option('--time <limit>', 'Slurm: time limit of a job, such as 02:00:00')
    .option(
      '--memory <size>',
      'Slurm: memory of a job, such as 4G (default: what its largest task needs, for each cpu)',
    )
    .addOption(
      new Option('--cpus <number>', 'Slurm: cores of a job, each with its own task (default: 1)').argParser(
        within(SLURM_BOUNDS.cpus),
      ),
    )
    .addOption(
      new Option('--max <number>', 'Slurm: jobs at the same time').argParser(within(SLURM_BOUNDS.max)),
    )
    .addOption(
      new Option('--chunk <number>', 'Slurm: tasks of a job (default: about ten minutes of them)').argParser(
        within(SLURM_BOUNDS.chunk),
      ),
    )
    .addOption(
      new Option('--directive <option>', 'Slurm: any further option of sbatch')
        .argParser(collect)
        .default([], 'none'),
    )
    .option('--json', 'print the outcome as JSON on the standard output')
    .action((path: string, flags: Flags, command: Command) => sweep(path, flags, command, report));
}
