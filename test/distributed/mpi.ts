import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Outcome } from '../cli/run.js';
import { root } from '../support.js';

const bin = join(root, 'bin/finite-width.js');
const LAUNCH = ['--allow-run-as-root', '--oversubscribe', '--quiet'];

/** Whether this machine has MPI and ScaLAPACK; where they must be, tests fail without. */
export const possible =
  spawnSync('mpirun', ['--version']).status === 0 &&
  /libscalapack-openmpi/.test(spawnSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).stdout ?? '');
export const required = process.env.FINITE_WIDTH_NEEDS_MPI === '1';

/** Programs that mpirun starts together, as groups of equal ones. */
export function together(
  cwd: string,
  groups: readonly (readonly [count: number, ...args: string[]])[],
  env: Record<string, string> = {},
): Outcome {
  const programs = groups.map(([count, ...args]) => ['-n', String(count), process.execPath, bin, ...args]);
  const all = programs.flatMap((program, k) => (k === 0 ? program : [':', ...program]));
  return spawnSync('mpirun', [...LAUNCH, ...all], {
    cwd,
    encoding: 'utf8',
    // Processes that wait for each other without end are a failure.
    timeout: 150_000,
    env: { ...process.env, ...env },
  });
}
