import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { readNpz, writeNpz } from '../formats/npz.js';
import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';
import type { Problem } from '../problem/problem.js';
import { writeAtomically } from './atomic.js';

/** What a run was started with: nested plain data. */
export type Origin = Readonly<Record<string, unknown>>;

/** A short name of the numbers in the data of a problem. */
export function dataFingerprint({ data }: Problem): string {
  const hash = createHash('sha256');
  for (const matrix of [data.x, data.y, data.xTest]) {
    if (matrix)
      hash.update(`${matrix.rows}×${matrix.columns}`).update(new Uint8Array(matrix.data.slice().buffer));
  }
  return hash.digest('hex').slice(0, 16);
}

/** `a.b.c` of the first entry in which two origins differ, with both values. */
function firstDifference(
  old: unknown,
  now: unknown,
  path = '',
): readonly [string, unknown, unknown] | undefined {
  if (typeof old === 'object' && typeof now === 'object' && old && now) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      const found = firstDifference(
        (old as Origin)[key],
        (now as Origin)[key],
        path ? `${path}.${key}` : key,
      );
      if (found) return found;
    }
    return undefined;
  }
  return old === now ? undefined : [path, old, now];
}

/**
 * The state of a run that can be gone on with, in one file beside its folder: a line of JSON that says what
 * the run was started with, then an .npz. It is replaced whole, so that at every moment the last one is
 * there.
 */
export class CheckpointFile {
  readonly path: string;
  readonly shown: string;
  private readonly origin: string;

  constructor(folder: string, origin: Origin) {
    this.shown = `${folder.replace(/\/+$/, '')}.checkpoint`;
    this.path = resolve(this.shown);
    this.origin = JSON.stringify(origin);
  }

  get exists(): boolean {
    return existsSync(this.path);
  }

  /**
   * Nothing that an earlier run has left is written over. @throws InputError if it has left something and is
   * not gone on with
   */
  checkLeft(resume: boolean): void {
    if (this.exists && !resume)
      throw new InputError(
        `${this.shown} is left from a run that did not end; add --resume to go on with it, or remove it`,
      );
  }

  /** @throws InputError if there is none, it is damaged, or it belongs to another run */
  load(): Record<string, Matrix> {
    if (!this.exists)
      throw new InputError(`--resume: there is no ${this.shown}; run the command without --resume`);
    const bytes = readFileSync(this.path);
    const end = bytes.indexOf('\n');
    let old: unknown;
    try {
      old = JSON.parse(bytes.toString('utf8', 0, Math.max(0, end)));
    } catch {
      throw new InputError(
        `--resume: ${this.shown} is no checkpoint; remove it and run the command without --resume`,
      );
    }
    const difference = firstDifference(old, JSON.parse(this.origin));
    if (difference) {
      const [key, before, now] = difference;
      const value = (x: unknown) => (x === undefined ? 'nothing' : JSON.stringify(x));
      throw new InputError(
        `--resume: ${this.shown} was made with ${key} = ${value(before)}, this command has ${value(now)}; resume with the same problem and options, or remove it`,
      );
    }
    const arrays = readNpz(bytes.subarray(end + 1), this.shown);
    return Object.fromEntries([...arrays].map(([name, array]) => [name, array.matrix(name)]));
  }

  /** @throws InputError if it cannot be written; the last one stays */
  save(arrays: Readonly<Record<string, Matrix>>): void {
    try {
      writeAtomically(this.path, `${this.origin}\n`, writeNpz(arrays));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const kept = this.exists ? '; what was sampled until then is kept' : '';
      throw new InputError(`${error.message.replace(this.path, () => this.shown)}${kept}`);
    }
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }
}
