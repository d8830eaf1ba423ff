import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeAtomically } from '../io/atomic.js';
import { unreadable, unwritable } from '../io/reasons.js';
import { InputError } from '../numerics/errors.js';
import { largestMemory, secondsOf } from './cost.js';
import { readLines } from './intact.js';
import type { SlurmProfile } from './slurmProfile.js';
import type { SweepTask } from './task.js';

/** Jobs shorter than this spend much of their time in the scheduler. */
const JOB_SECONDS = 600;
/** Clusters allow about a thousand jobs in an array unless they are told otherwise. */
const ARRAY = 1000;

type Program = 'sbatch' | 'squeue';

const isMissing = (error: Error | undefined) =>
  (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
const missingProgram = (program: Program): InputError =>
  new InputError(
    `--executor slurm: there is no ${program} on this machine; run this on a login node of the cluster, or leave --executor out`,
  );

/** Before anything is written. @throws InputError if this is no machine of a cluster */
export function requireSlurm(): void {
  for (const program of ['sbatch', 'squeue'] as const)
    if (isMissing(spawnSync(program, ['--version']).error)) throw missingProgram(program);
}

/** Runs a program of Slurm. @throws InputError if it is not there, or says no */
function slurm(program: Program, args: readonly string[]): string {
  const { error, status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (isMissing(error)) throw missingProgram(program);
  if (error || status !== 0) {
    const said = (error?.message ?? stderr).trim().split('\n').join('; ');
    throw new InputError(`--executor slurm: ${program}: ${said || `exit status ${status}`}`);
  }
  return stdout.trim();
}

/** One submitted array and the job that gathers its results. */
export interface Batch {
  readonly name: string;
  readonly array: string;
  readonly gather: string;
  /** keys of the tasks of each job of the array */
  readonly chunks: readonly (readonly string[])[];
}

const batchesPath = (folder: string) => join(folder, 'slurm', 'batches.json');

/** Whether any array was ever submitted. */
export const isSubmitted = (folder: string): boolean => existsSync(batchesPath(folder));

export function batchesOf(folder: string): Batch[] {
  const path = batchesPath(folder);
  if (!existsSync(path)) return [];
  try {
    const batches: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (Array.isArray(batches) && batches.every((batch) => Array.isArray(batch?.chunks))) return batches;
  } catch {
    // said below
  }
  throw new InputError(
    `${path}: is damaged, so that jobs in hand are not known; remove it once squeue lists none of this sweep`,
  );
}

/**
 * How many tasks each job of an array gets: jobs of a sensible length, and no more of them than an array may
 * have.
 */
export function chunkSize(tasks: readonly SweepTask[], { chunk, cpus = 1 }: SlurmProfile): number {
  const least = Math.ceil(tasks.length / ARRAY);
  if (chunk !== undefined) return Math.max(chunk, least);
  const mean = tasks.reduce((sum, task) => sum + secondsOf(task), 0) / tasks.length;
  return Math.max(least, Math.min(tasks.length, Math.ceil((JOB_SECONDS * cpus) / Math.max(mean, 0.1))));
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A batch script; directives first, then this program. */
function script(directives: readonly string[], args: readonly string[]): string {
  const command = [process.execPath, resolve(process.argv[1]), ...args].map(quoted).join(' ');
  return [
    '#!/bin/bash',
    ...directives.map((directive) => `#SBATCH ${directive}`),
    '',
    `exec ${command} "$@"`,
    '',
  ].join('\n');
}

function directivesOf(profile: SlurmProfile, tasks: readonly SweepTask[]): string[] {
  const { partition, account, qos, time, cpus = 1, directives = [] } = profile;
  const megabytes = Math.ceil((cpus * largestMemory(tasks)) / 2 ** 20);
  return [
    ...(partition ? [`--partition=${partition}`] : []),
    ...(account ? [`--account=${account}`] : []),
    ...(qos ? [`--qos=${qos}`] : []),
    ...(time ? [`--time=${time}`] : []),
    `--mem=${profile.memory ?? `${megabytes}M`}`,
    '--ntasks=1',
    `--cpus-per-task=${cpus}`,
    ...directives,
  ];
}

/** Scripts that were not taken are of no use. */
function orRemove<T>(place: string, submit: () => T): T {
  try {
    return submit();
  } catch (error) {
    rmSync(place, { recursive: true, force: true });
    throw error;
  }
}

/** What names a job where many are listed. */
const JOB = '--job-name=finite-width';

/**
 * Submits tasks as one job array and a job that gathers results after it, whatever became of it.
 * @throws InputError if Slurm is not there or says no
 */
export function submit(
  folder: string,
  tasks: readonly SweepTask[],
  profile: SlurmProfile,
  arrays: boolean,
): Batch {
  const size = chunkSize(tasks, profile);
  const count = Math.ceil(tasks.length / size);
  const chunks = Array.from({ length: count }, (_, k) => tasks.slice(k * size, (k + 1) * size));
  const name = `${new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-')}-${randomBytes(2).toString('hex')}`;
  const place = resolve(folder, 'slurm', name);
  try {
    mkdirSync(place, { recursive: true });
  } catch (error) {
    throw new InputError(`--out ${folder}: ${unwritable(error)}`);
  }
  chunks.forEach((chunk, k) => {
    writeAtomically(
      join(place, `tasks-${k}.jsonl`),
      chunk.map((task) => `${JSON.stringify(task)}\n`).join(''),
    );
  });
  const run = ['sweep-run', resolve(folder), '--batch', name, ...(arrays ? [] : ['--no-arrays']), '--chunk'];
  const arrayScript = script([JOB, ...directivesOf(profile, tasks)], run).replace(
    '"$@"',
    '"$SLURM_ARRAY_TASK_ID"',
  );
  writeAtomically(join(place, 'array.sh'), arrayScript);
  const light = directivesOf({ ...profile, cpus: 1, memory: '1G' }, tasks);
  writeAtomically(
    join(place, 'gather.sh'),
    script([`${JOB}-gather`, ...light], ['sweep-gather', resolve(folder)]),
  );
  const limit = profile.max === undefined ? '' : `%${profile.max}`;
  const idOf = (text: string) => text.split(';')[0];
  const asked = ['--parsable', `--array=0-${count - 1}${limit}`, `--output=${join(place, 'job-%a.log')}`];
  const array = idOf(orRemove(place, () => slurm('sbatch', [...asked, join(place, 'array.sh')])));
  const batch = { name, array, chunks: chunks.map((chunk) => chunk.map(({ key }) => key)) };
  // Written down before the gathering job is asked for: an array that runs must be known.
  const note = (gather: string) =>
    writeAtomically(
      batchesPath(folder),
      `${JSON.stringify([...batchesOf(folder).filter((other) => other.name !== name), { ...batch, gather }])}\n`,
    );
  note('');
  const gather = idOf(
    slurm('sbatch', [
      '--parsable',
      `--dependency=afterany:${array}`,
      `--output=${join(place, 'gather.log')}`,
      join(place, 'gather.sh'),
    ]),
  );
  note(gather);
  return { ...batch, gather };
}

/** Tasks of a job of an array. */
export function chunkTasks(folder: string, batch: string, chunk: number): SweepTask[] {
  const path = join(folder, 'slurm', batch, `tasks-${chunk}.jsonl`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError(`--batch ${batch} --chunk ${chunk}: ${path}: ${unreadable(error)}`);
  }
  const tasks = readLines(text);
  if (typeof tasks === 'number' || tasks.length === 0)
    throw new InputError(`${path}: is damaged; submit what is missing again by the same sweep`);
  return tasks as readonly unknown[] as SweepTask[];
}

/** Which tasks the cluster has in hand. */
export interface InHand {
  readonly running: ReadonlySet<string>;
  readonly waiting: ReadonlySet<string>;
}

/** Asks the queue alone, which works without accounting. @throws InputError if there is no Slurm */
export function inHand(folder: string): InHand {
  const batches = new Map(batchesOf(folder).map((batch) => [batch.array, batch]));
  const [running, waiting] = [new Set<string>(), new Set<string>()];
  if (batches.size === 0) return { running, waiting };
  for (const line of slurm('squeue', ['--me', '--noheader', '--array', '--format=%F|%K|%T']).split('\n')) {
    const [array, index, state] = line.trim().split('|');
    const keys = batches.get(array)?.chunks[Number(index)] ?? [];
    const set = [
      'PENDING',
      'CONFIGURING',
      'REQUEUED',
      'REQUEUE_HOLD',
      'REQUEUE_FED',
      'SPECIAL_EXIT',
    ].includes(state)
      ? waiting
      : running;
    for (const key of keys) set.add(key);
  }
  return { running, waiting };
}
