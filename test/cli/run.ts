import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { root } from '../support.js';

const bin = join(root, 'bin/finite-width.js');

/** A fresh folder, removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'finite-width-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a user would, in `cwd`. */
export function run(cwd: string, args: readonly string[], env: Record<string, string> = {}): Outcome {
  return spawnSync(process.execPath, [bin, ...args], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}

/** The status that a shell reports: a program whose threads do not end in time dies of the signal itself. */
export const statusInShell = (status: number | null, signal: NodeJS.Signals | null): number | null =>
  signal === null ? status : 128 + constants.signals[signal];

/** Starts the command, sends `signal` once something is printed, and waits for its end. */
export function interrupt(cwd: string, args: readonly string[], signal: NodeJS.Signals): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin, ...args], { cwd });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      if (stdout === '') setTimeout(() => child.kill(signal), 300);
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('close', (status, by) => resolve({ status: statusInShell(status, by), stdout, stderr }));
  });
}
