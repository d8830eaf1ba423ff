import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RUN, UNFINISHED, writeAtomically } from '#src/io/atomic.js';
import { temporaryFolder } from '../cli/run.js';
import { root } from '../support.js';

const folder = temporaryFolder();
const atomic = JSON.stringify(join(root, 'dist/io/atomic.js'));

/** The names that a process and a thread of it give their run. */
function namesOfRuns(): string[] {
  const thread = `import(${atomic}).then(({ RUN }) => require('node:worker_threads').parentPort.postMessage(RUN))`;
  const program = `import { RUN } from ${atomic};
    import { Worker } from 'node:worker_threads';
    new Worker(${JSON.stringify(thread)}, { eval: true, execArgv: [] }).on('message', (name) => console.log(RUN + ' ' + name));`;
  return spawnSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })
    .stdout.trim()
    .split(' ');
}

describe('files that appear whole or not at all', () => {
  it('have names of the run, which all its threads share and no other process does, whatever its number', () => {
    const [first, second] = [namesOfRuns(), namesOfRuns()];
    expect(first).toEqual([first[0], first[0]]);
    expect(second).toEqual([second[0], second[0]]);
    expect(new Set([first[0], second[0], RUN]).size).toBe(3);
    for (const name of [first[0], second[0], RUN]) expect(name).toMatch(/^[0-9a-f]{16}$/);
  });

  it('replace what was there, and write through nothing that a killed run has left', () => {
    const path = join(folder, 'a.txt');
    const left = `${path}.0123456789abcdef-01234567${UNFINISHED}`;
    writeFileSync(left, 'half');
    for (const text of ['first, which is longer', 'second'])
      writeAtomically(path, text, new Uint8Array([0x21]));
    expect(readFileSync(path, 'utf8')).toBe('second!');
    expect(readFileSync(left, 'utf8')).toBe('half');
    expect(readdirSync(folder).sort()).toEqual(['a.txt', `a.txt.0123456789abcdef-01234567${UNFINISHED}`]);
  });

  it('leave nothing where they cannot be put', () => {
    mkdirSync(join(folder, 'taken/full'), { recursive: true });
    const before = readdirSync(folder);
    expect(() => writeAtomically(join(folder, 'taken'), 'text')).toThrow(/taken: [^\n]+$/);
    expect(readdirSync(folder)).toEqual(before);
  });
});
