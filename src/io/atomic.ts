import { randomBytes } from 'node:crypto';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { InputError } from '../numerics/errors.js';
import { unwritable } from './reasons.js';

/** What files that are being written end with, until they are whole. */
export const UNFINISHED = '.unfinished';

/** Writes a file that appears whole or not at all, whoever else writes the same. @throws InputError with the path and why it cannot be written */
export function writeAtomically(path: string, content: string | Uint8Array): void {
  const partial = `${path}.${randomBytes(6).toString('hex')}${UNFINISHED}`;
  try {
    writeFileSync(partial, content);
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw new InputError(`${path}: ${unwritable(error)}`);
  }
}
