import { existsSync, lstatSync, mkdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { InputError } from '../numerics/errors.js';
import { unwritable } from './reasons.js';

/**
 * Where results go: links to folders are followed, so that the folder is replaced and the link stays.
 * @throws InputError for links to nothing, and for files
 */
export function outPath(shown: string): string {
  const path = resolve(shown);
  if (!isThere(path, shown)) return path;
  const there = statSync(path, { throwIfNoEntry: false });
  if (!there)
    throw new InputError(
      `--out ${shown}: is a link to ${readlinkSync(path)}, which does not exist; remove it or give another folder`,
    );
  if (!there.isDirectory())
    throw new InputError(`--out ${shown}: is a file; give a new folder or one of an earlier run`);
  return realpathSync(path);
}

/**
 * A folder that is replaced as a whole cannot be one that the program or the shell is in. @throws InputError
 */
export function checkNotAround(path: string, shown: string): void {
  const here = realpathSync(process.cwd());
  if (path !== here && path !== '/' && !here.startsWith(path.endsWith(sep) ? path : path + sep)) return;
  const what = path === here ? 'is the working directory' : 'is around the working directory';
  throw new InputError(
    `--out ${shown}: ${what}; results replace their folder: give another one, for example runs/first`,
  );
}

/**
 * Makes a folder and what is missing above it, one by one: Node's recursive mkdir never returns on file
 * systems such as /proc.
 */
export function makeFolders(path: string): string[] {
  const missing: string[] = [];
  for (let folder = path; !existsSync(folder); folder = dirname(folder)) missing.unshift(folder);
  const made: string[] = [];
  for (const folder of missing) {
    try {
      mkdirSync(folder);
      made.push(folder);
    } catch (error) {
      // Others may make it at the same moment.
      if (
        (error as NodeJS.ErrnoException).code !== 'EEXIST' ||
        !statSync(folder, { throwIfNoEntry: false })?.isDirectory()
      )
        throw error;
    }
  }
  return made;
}

/**
 * Whether there is anything at a path, a link to nothing included. @throws InputError for what can be no
 * path, such as too long a name
 */
function isThere(path: string, shown: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    throw new InputError(`--out ${shown}: ${unwritable(error)}`);
  }
}
