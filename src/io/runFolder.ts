import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../numerics/errors.js';
import { RUN, syncFolder, UNFINISHED, writeSynced } from './atomic.js';
import { removeEmpty, removeIfInterrupted } from './leftovers.js';
import { lock } from './lock.js';
import { checkNotAround, makeFolders, outPath } from './outPath.js';
import { unwritable } from './reasons.js';

/** Files that tell a folder of ours from anything else. */
const MARKERS = ['result.json', 'compare.json'];

const explain = (error: unknown, path: string) =>
  error instanceof InputError ? error : new InputError(`--out ${path}: ${unwritable(error)}`);

/** runs/NAME for the problem file NAME.json or the preset NAME. */
export const defaultFolder = (source: string): string => `runs/${basename(source, '.json')}`;

function checkReplaceable(path: string, shown: string): void {
  checkNotAround(path, shown);
  if (!existsSync(path)) return;
  const entries = readdirSync(path);
  if (entries.length > 0 && !entries.some((entry) => MARKERS.includes(entry))) {
    throw new InputError(
      `--out ${shown}: exists and is not a run (it holds ${entries[0]}); give a new folder or one of an earlier run`,
    );
  }
  accessSync(path, constants.W_OK);
}

/** What a run keeps beside its folder while it is at work. */
const beside = (path: string, run: string) => {
  const stem = join(dirname(path), `.${basename(path)}.${run}`);
  return { partial: `${stem}.partial`, old: `${stem}.old` };
};

/**
 * Mends what killed runs have left beside `path`, whose lock is held: earlier results in their place,
 * everything else away.
 */
function clearAway(path: string): void {
  const [above, name] = [dirname(path), basename(path)];
  const [hidden, checkpoint] = [`.${name}.`, `${name}.checkpoint.`];
  const entries = readdirSync(above);
  const isOf = (entry: string, start: string, end: string) =>
    entry.startsWith(start) &&
    entry.endsWith(end) &&
    /^[0-9a-f]{16}(-[0-9a-f]{8})?$/.test(entry.slice(start.length, -end.length));
  for (const entry of entries) {
    if (isOf(entry, hidden, '.old') && !existsSync(path)) renameSync(join(above, entry), path);
    else if (
      isOf(entry, hidden, '.old') ||
      isOf(entry, hidden, '.partial') ||
      isOf(entry, checkpoint, UNFINISHED)
    )
      rmSync(join(above, entry), { recursive: true, force: true });
  }
}

/**
 * Results appear whole or not at all: files are written to a folder beside `path`, which takes its place at
 * `commit`. Made and locked before the computation starts, so that a folder that cannot be written, or is
 * another run's, is known at once.
 */
export class RunFolder {
  private readonly forget: () => void;

  private constructor(
    readonly path: string,
    private readonly shown: string,
    private readonly made: readonly string[],
    private readonly release: () => void,
  ) {
    this.forget = removeIfInterrupted(() => this.clear(), {
      remove: [beside(path, RUN).partial],
      ifEmpty: made,
    });
  }

  /** @throws InputError if `path` is something else than a run, is in use, or cannot be written */
  static async open(shown: string): Promise<RunFolder> {
    let made: string[] = [];
    let release = () => {};
    try {
      const path = outPath(shown);
      checkReplaceable(path, shown);
      made = makeFolders(dirname(path));
      release = lock(join(dirname(path), `.${basename(path)}.lock`), `--out ${shown}`);
      clearAway(path);
      mkdirSync(beside(path, RUN).partial);
      return new RunFolder(path, shown, made, release);
    } catch (error) {
      release();
      removeEmpty(made);
      throw explain(error, shown);
    }
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    try {
      writeSynced(join(beside(this.path, RUN).partial, name), [content]);
    } catch (error) {
      throw explain(error, this.shown);
    }
  }

  /** Puts the written files in the place of what was there. */
  async commit(): Promise<void> {
    const { partial, old } = beside(this.path, RUN);
    try {
      syncFolder(partial);
      if (existsSync(this.path)) renameSync(this.path, old);
      renameSync(partial, this.path);
      syncFolder(dirname(this.path));
    } catch (error) {
      throw explain(error, this.shown);
    }
  }

  /**
   * Removes what was written and not committed, and the folders made for it; others may write there again.
   */
  async discard(): Promise<void> {
    this.clear();
    this.forget();
  }

  private clear(): void {
    const { partial, old } = beside(this.path, RUN);
    if (existsSync(old) && !existsSync(this.path)) renameSync(old, this.path);
    rmSync(old, { recursive: true, force: true });
    rmSync(partial, { recursive: true, force: true });
    this.release();
    removeEmpty(this.made);
  }
}
