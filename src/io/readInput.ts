import { readFileSync, type Stats, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { InputError } from '../numerics/errors.js';
import { unreadable } from './reasons.js';

/** Devices may have no end; pipes end when their writer does. @throws InputError */
function checkEnds(stats: Stats, shown: string): void {
  if (stats.isCharacterDevice() || stats.isBlockDevice())
    throw new InputError(`${shown}: is a device, not a file`);
}

const explained = (error: unknown, shown: string) =>
  error instanceof InputError ? error : new InputError(`${shown}: ${unreadable(error)}`);

/** The bytes of a file that the user named. @throws InputError that says why they cannot be had */
export async function readInput(path: string, shown = path): Promise<Buffer> {
  try {
    checkEnds(await stat(path), shown);
    return await readFile(path);
  } catch (error) {
    throw explained(error, shown);
  }
}

/** The same, at once. */
export function readInputNow(path: string, shown = path): Buffer {
  try {
    checkEnds(statSync(path), shown);
    return readFileSync(path);
  } catch (error) {
    throw explained(error, shown);
  }
}
