import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { removeUnfinished, UNFINISHED, writeAtomically } from '../io/atomic.js';
import { removeEmpty, removeIfInterrupted } from '../io/leftovers.js';
import { lock } from '../io/lock.js';
import { makeFolders, outPath } from '../io/outPath.js';
import { unreadable, unwritable } from '../io/reasons.js';
import { type FailureReason, InputError } from '../numerics/errors.js';
import { arraysIntact, readLines, readObject } from './intact.js';
import type { SweepTask } from './task.js';

/** A task that did not end in a result. */
export interface Failure {
  readonly key: string;
  /** for programs; missing in folders of former versions */
  readonly reason?: FailureReason;
  readonly message: string;
}

const FOLDERS = ['results', 'failures'];
const DESCRIPTION = 'sweep.json';
const TASKS = 'tasks.jsonl';
const LOCK = '.lock';
/**
 * Seconds after which an unfinished file has nobody who writes it; jobs of a cluster may be at work in the
 * same folder.
 */
const ABANDONED = 600;

/**
 * The folder of a sweep: `results/KEY.json` (and `.npz`) appear whole when a task is done,
 * `failures/KEY.json` when it failed; `sweep.json` says which grid it belongs to, and `tasks.jsonl` has a
 * task a line, for whoever runs them.
 */
export class SweepStore {
  /**
   * Results found whole, with the size and time that they had: those of large sweeps are asked for again and
   * again.
   */
  private readonly whole = new Map<string, string>();
  /** Folders that `prepare` made, outermost first; undefined where there was a sweep before. */
  private made: string[] | undefined;

  constructor(readonly folder: string) {}

  private path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** Seconds since a file was written to. */
  private age(folder: string, name: string): number {
    const info = statSync(this.path(folder, name), { throwIfNoEntry: false });
    return info ? (Date.now() - info.mtimeMs) / 1000 : 0;
  }

  /** Whether there is anything of a sweep here. */
  get exists(): boolean {
    return existsSync(this.path(DESCRIPTION));
  }

  /** The grid that the folder belongs to, as canonical text. */
  grid(): string | undefined {
    return readObject(this.path(DESCRIPTION))?.grid as string | undefined;
  }

  /**
   * Makes the folder ready for a grid.
   * @param update whether the folder of another grid may become that of this one, keeping results that both
   *   share
   * @returns gives it free again: one sweep at a time, beside jobs of a cluster, which only add results
   * @throws InputError if it holds something else, is in use, or cannot be written
   */
  prepare(grid: string, update: boolean): () => void {
    outPath(this.folder);
    if (existsSync(this.folder) && !this.exists && this.entries('.').some((name) => !name.startsWith(LOCK)))
      throw new InputError(
        `--out ${this.folder}: exists and is not a sweep; give a new folder or one of an earlier sweep`,
      );
    const before = this.grid();
    if (before !== undefined && before !== grid && !update)
      throw new InputError(
        `--out ${this.folder}: holds the sweep of another grid; give --update to make it that of this one (results that both share are kept), or another folder`,
      );
    const isNew = !this.exists;
    try {
      const made = makeFolders(this.folder);
      const release = lock(this.path(LOCK), `--out ${this.folder}`);
      for (const folder of FOLDERS) made.push(...makeFolders(this.path(folder)));
      this.made = isNew ? made : undefined;
      return release;
    } catch (error) {
      throw error instanceof InputError
        ? error
        : new InputError(`--out ${this.folder}: ${unwritable(error)}`);
    }
  }

  /**
   * Takes back what `prepare` and `begin` made of a folder that was no sweep before, once it is free again.
   */
  undoPrepare(): void {
    if (!this.made) return;
    for (const name of [TASKS, DESCRIPTION]) rmSync(this.path(name), { force: true });
    removeEmpty([...this.made, this.path('slurm')]);
  }

  /**
   * Lets what threads of this run are writing go with them, if they are ended. @returns forgets it, once all
   * is written
   */
  removeUnfinishedIfInterrupted(): () => void {
    return removeIfInterrupted(() => {
      for (const folder of [...FOLDERS, '.']) removeUnfinished(this.path(folder));
    });
  }

  /** Writes down what is to be done; files that a killed run left unfinished are removed. */
  begin(grid: string, tasks: readonly SweepTask[]): void {
    for (const folder of [...FOLDERS, '.']) {
      for (const name of this.entries(folder)) {
        if (name.endsWith(UNFINISHED) && this.age(folder, name) > ABANDONED)
          rmSync(this.path(folder, name), { force: true });
      }
    }
    writeAtomically(this.path(TASKS), tasks.map((task) => `${JSON.stringify(task)}\n`).join(''));
    writeAtomically(
      this.path(DESCRIPTION),
      `${JSON.stringify({ grid, tasks: tasks.length }, undefined, 2)}\n`,
    );
  }

  /** The tasks written down by `begin`. @throws InputError if there are none, or the file is damaged */
  tasks(): SweepTask[] {
    let text: string;
    try {
      text = readFileSync(this.path(TASKS), 'utf8');
    } catch (error) {
      throw new InputError(`${this.folder}: is no sweep (${TASKS}: ${unreadable(error)})`);
    }
    const tasks = readLines(text);
    const count = readObject(this.path(DESCRIPTION))?.tasks;
    const damage =
      typeof tasks === 'number'
        ? `line ${tasks} is damaged`
        : tasks.length === 0 || (typeof count === 'number' && tasks.length !== count)
          ? `has ${tasks.length} of ${count ?? 'its'} tasks`
          : undefined;
    if (damage !== undefined)
      throw new InputError(
        `${this.path(TASKS)}: ${damage}; run the same sweep again, which writes it anew and keeps its results`,
      );
    return tasks as readonly unknown[] as SweepTask[];
  }

  private entries(folder: string): string[] {
    try {
      return readdirSync(this.path(folder));
    } catch {
      return [];
    }
  }

  private keysIn(folder: string): Set<string> {
    return new Set(
      this.entries(folder).flatMap((name) => (name.endsWith('.json') ? [name.slice(0, -5)] : [])),
    );
  }

  /** Keys of the tasks that are done; damaged results count as missing. */
  done(): Set<string> {
    return new Set([...this.keysIn('results')].filter((key) => this.isDone(key)));
  }

  /** Whether a task is done: of a large sweep this reads one result, and `done` all. */
  isDone(key: string): boolean {
    const paths = ['json', 'npz'].map((end) => this.path('results', `${key}.${end}`));
    const stamp = paths
      .map((path) => statSync(path, { throwIfNoEntry: false }))
      .map((info) => (info ? `${info.size} ${info.mtimeMs}` : ''))
      .join();
    if (this.whole.get(key) === stamp) return true;
    const whole = readObject(paths[0])?.key === key && arraysIntact(paths[1]);
    if (whole) this.whole.set(key, stamp);
    return whole;
  }

  /** Keys of the tasks that failed and were not done since. */
  failed(): Set<string> {
    return new Set([...this.keysIn('failures')].filter((key) => !this.isDone(key)));
  }

  failure(key: string): Failure {
    const found = readObject(this.path('failures', `${key}.json`));
    return {
      key,
      message:
        typeof found?.message === 'string' ? found.message : 'failed, but the file that says why is damaged',
    };
  }

  writeFailure(failure: Failure): void {
    writeAtomically(this.path('failures', `${failure.key}.json`), `${JSON.stringify(failure)}\n`);
  }

  forgetFailure(key: string): void {
    rmSync(this.path('failures', `${key}.json`), { force: true });
  }

  /** Arrays first: who sees the result finds them. */
  writeResult(key: string, result: string, arrays: Uint8Array | undefined): void {
    if (arrays) writeAtomically(this.path('results', `${key}.npz`), arrays);
    writeAtomically(this.path('results', `${key}.json`), `${result}\n`);
  }

  result(key: string): Record<string, unknown> {
    return JSON.parse(readFileSync(this.path('results', `${key}.json`), 'utf8')) as Record<string, unknown>;
  }

  write(name: string, content: string | Uint8Array): void {
    writeAtomically(this.path(name), content);
  }
}
