import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run, temporaryFolder } from './cli/run.js';
import { root } from './support.js';

const { stdout } = spawnSync(process.execPath, [join(root, 'scripts/figures.js'), '--list'], {
  encoding: 'utf8',
});
const figures: [name: string, args: string[]][] = JSON.parse(stdout);

describe('docs/figures.md', () => {
  it('has a command above every picture, and shows all there are', () => {
    const shown = figures.map(([name]) => `${name}.svg`);
    // Those of docs/validity.md are made of kept errors (test/validity.test.ts).
    const kept = readdirSync(join(root, 'docs/pictures')).filter(
      (name) => !name.startsWith('validity-') && name.endsWith('.svg'),
    );
    expect(shown.sort()).toEqual(kept.sort());
  });

  it('gives commands whose options there are', () => {
    for (const [name, args] of figures) {
      const folder = temporaryFolder();
      // What is missing is the last thing wrong with a command whose options are all right.
      const phase = args[0] === 'phase';
      const tried = phase ? [...args, '--out', '.'] : args.map((arg, k) => (k === 1 ? 'missing.json' : arg));
      const { status, stderr } = run(folder, tried);
      expect(`${name}: ${stderr}`).toMatch(phase ? /--out/ : /missing\.json/);
      expect(status).toBe(2);
      expect(existsSync(join(folder, 'runs'))).toBe(false);
    }
  });
});
