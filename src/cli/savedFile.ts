import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { checkWritable, writeAtomically } from '../io/atomic.js';
import type { RunFolder } from '../io/runFolder.js';
import { InputError } from '../numerics/errors.js';
import type { KernelPosterior } from '../posterior/posterior.js';
import type { Problem } from '../problem/problem.js';
import { isPosterior } from '../theories/saving/restorePosterior.js';
import { checkSavable, savePosterior } from '../theories/saving/savePosterior.js';

/** What `solve` writes besides. */
export const RESULTS: readonly string[] = ['kernels.npz', 'predictions.npz', 'result.json'];

/** Whether a file is to lie in the folder of the results, which appears as a whole. */
const isIn = (path: string, out: string): boolean => dirname(resolve(path)) === resolve(out);

/**
 * What `--save` cannot do is known before anything is solved: what no file can hold, and places where none
 * can be written, or something else lies.
 * @throws InputError that names the option
 */
export function checkSave(path: string, out: string, problem: Problem): void {
  try {
    if (path.trim() === '') throw new InputError('is empty; give a file such as posterior.npz');
    if (isIn(path, out) && RESULTS.includes(basename(path)))
      throw new InputError(`${path}: is the name of a result; give another one, such as posterior.npz`);
    checkSavable('nngp', problem);
    if (!isIn(path, out)) checkWritable(path);
    if (existsSync(path) && !isPosterior(readFileSync(path)))
      throw new InputError(
        `${path}: exists and is no posterior; give a new file, or one that --save has written`,
      );
  } catch (error) {
    throw error instanceof InputError ? new InputError(`--save ${error.message}`) : error;
  }
}

/** Keeps a posterior in a file, with the results where it is to lie among them. */
export async function saveTo(path: string, folder: RunFolder, posterior: KernelPosterior): Promise<void> {
  const bytes = savePosterior(posterior);
  if (isIn(path, folder.path)) await folder.write(basename(path), bytes);
  else writeAtomically(path, bytes);
}
