import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';
import { InputError } from '../numerics/errors.js';
import { removeIfInterrupted } from './leftovers.js';
import { unwritable } from './reasons.js';

/** What files that are being written end with, until they are whole. */
export const UNFINISHED = '.unfinished';

/**
 * Names this run among all that write to a folder, in every thread of it. Process ids do not: those of two
 * containers, or of a killed run and the next, may be the same.
 */
export const RUN = nameOfRun();

function nameOfRun(): string {
  const key = 'finite-width.run';
  const known = getEnvironmentData(key);
  if (typeof known === 'string') return known;
  const name = randomBytes(8).toString('hex');
  setEnvironmentData(key, name);
  return name;
}

/** Asks for what was written to reach the disk; not every file system can say so of folders. */
export function syncFolder(path: string): void {
  let folder: number | undefined;
  try {
    folder = openSync(path, 'r');
    fsyncSync(folder);
  } catch {
    // Nothing that could be done about it.
  } finally {
    if (folder !== undefined) closeSync(folder);
  }
}

/** Writes a new file, down to the disk. */
export function writeSynced(path: string, parts: readonly (string | Uint8Array)[]): void {
  const file = openSync(path, 'wx');
  try {
    for (const part of parts) {
      const bytes = typeof part === 'string' ? Buffer.from(part) : part;
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Writes a file that appears whole or not at all, whoever else writes the same. @throws InputError with the
 * path and why it cannot be written
 */
export function writeAtomically(path: string, ...parts: readonly (string | Uint8Array)[]): void {
  const partial = `${path}.${RUN}-${randomBytes(4).toString('hex')}${UNFINISHED}`;
  const remove = () => rmSync(partial, { force: true });
  const forget = removeIfInterrupted(remove, { remove: [partial], ifEmpty: [] });
  try {
    writeSynced(partial, parts);
    renameSync(partial, path);
    syncFolder(dirname(path));
  } catch (error) {
    remove();
    throw new InputError(`${path}: ${unwritable(error)}`);
  } finally {
    forget();
  }
}

/** @throws InputError with the path and why no file can be written there */
export function checkWritable(path: string): void {
  const trial = `${path}.${RUN}-${randomBytes(4).toString('hex')}${UNFINISHED}`;
  try {
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory())
      throw Object.assign(new Error(), { code: 'EISDIR' });
    writeSynced(trial, []);
    rmSync(trial, { force: true });
  } catch (error) {
    throw new InputError(`${path}: ${unwritable(error)}`);
  }
}

/** Removes what threads of this run were writing to a folder when they were ended. */
export function removeUnfinished(folder: string): void {
  let names: string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // Never made: nothing was written to it.
  }
  for (const name of names) {
    if (name.includes(`.${RUN}-`) && name.endsWith(UNFINISHED)) rmSync(join(folder, name), { force: true });
  }
}
