import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from '../numerics/errors.js';
import { unwritable } from './reasons.js';

/** Files that tell a folder of ours from anything else. */
const MARKERS = ['result.json', 'compare.json'];

const explain = (error: unknown, path: string) => new InputError(`--out ${path}: ${unwritable(error)}`);

/** runs/NAME for the problem file NAME.json or the preset NAME. */
export const defaultFolder = (source: string): string => `runs/${basename(source, '.json')}`;

async function checkReplaceable(path: string, shown: string): Promise<void> {
  const info = await stat(path).catch(() => undefined);
  if (!info) return;
  if (!info.isDirectory()) throw new InputError(`--out ${shown}: is a file; give a new folder or one of an earlier run`);
  const entries = await readdir(path);
  if (entries.length > 0 && !entries.some((entry) => MARKERS.includes(entry))) {
    throw new InputError(
      `--out ${shown}: exists and is not a run (it holds ${entries[0]}); give a new folder or one of an earlier run`,
    );
  }
}

/** Makes a folder and what is missing above it, one by one: Node's recursive mkdir never returns on file systems such as /proc. */
async function makeFolders(path: string): Promise<string[]> {
  const missing: string[] = [];
  for (let folder = path; !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  for (const folder of missing) await mkdir(folder);
  return missing;
}

/**
 * Results appear whole or not at all: files are written to a folder beside `path`, which takes its place at `commit`. Made before the
 * computation starts, so that a folder that cannot be written is known at once.
 */
export class RunFolder {
  private constructor(
    readonly path: string,
    private readonly shown: string,
    private readonly partial: string,
    private readonly made: readonly string[],
  ) {}

  /** @throws InputError if `path` is something else than a run, or cannot be written */
  static async open(shown: string): Promise<RunFolder> {
    const path = resolve(shown);
    const partial = join(dirname(path), `.${basename(path)}.partial-${process.pid}`);
    let made: string[];
    try {
      await checkReplaceable(path, shown);
      made = await makeFolders(partial);
    } catch (error) {
      throw error instanceof InputError ? error : explain(error, shown);
    }
    return new RunFolder(path, shown, partial, made);
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    try {
      await writeFile(join(this.partial, name), content);
    } catch (error) {
      throw explain(error, this.shown);
    }
  }

  /** Puts the written files in the place of what was there. */
  async commit(): Promise<void> {
    const old = `${this.partial}.old`;
    try {
      if (existsSync(this.path)) await rename(this.path, old);
      await rename(this.partial, this.path);
    } catch (error) {
      if (existsSync(old) && !existsSync(this.path)) await rename(old, this.path);
      throw explain(error, this.shown);
    }
    await rm(old, { recursive: true, force: true });
  }

  /** Removes what was written and not committed, and the folders made for it. */
  async discard(): Promise<void> {
    await rm(this.partial, { recursive: true, force: true });
    // Folders that hold something are not empty and stay.
    for (const folder of this.made.toReversed()) await rmdir(folder).catch(() => {});
  }
}
