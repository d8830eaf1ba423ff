import { mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { batchesOf, chunkTasks } from '#src/sweep/slurm.js';
import { run, temporaryFolder } from '../cli/run.js';

const folder = temporaryFolder();
const grid = {
  data: { dataset: 'xor', samples: 12, dimension: 6, noise: 1, seed: 0 },
  network: { hiddenLayers: 2, width: { values: [20, 30, 40, 50] }, activation: 'erf', weightVariance: 1.2 },
  noiseVariance: 0.1,
  theories: ['linearResponse'],
};
writeFileSync(join(folder, 'grid.json'), JSON.stringify(grid));
const sweep = (...args: string[]) => run(folder, ['sweep', 'grid.json', '--out', 'out', ...args]);
const at = (...parts: string[]) => join(folder, 'out', ...parts);

describe('a damaged sweep', () => {
  it('solves again what is damaged, with the same bits, and nothing else', () => {
    expect(sweep().status).toBe(0);
    const table = readFileSync(at('results.csv'), 'utf8');
    const keys = readdirSync(at('results')).flatMap((name) =>
      name.endsWith('.json') ? [name.slice(0, -5)] : [],
    );
    expect(keys).toHaveLength(4);
    const arrays = keys.map((key) => readFileSync(at('results', `${key}.npz`)));
    const damages: [string, (path: string) => void][] = [
      ['json', (path) => writeFileSync(path, '')],
      ['json', (path) => truncateSync(path, 100)],
      ['npz', (path) => writeFileSync(path, '')],
      ['npz', (path) => truncateSync(path, 500)],
    ];
    for (const [k, [end, damage]] of damages.slice(0, 3).entries())
      damage(at('results', `${keys[k]}.${end}`));
    const { status, stdout } = run(folder, ['table', 'out', '--json']);
    expect([status, JSON.parse(stdout).length]).toEqual([0, 1]);
    expect(sweep('--status').stdout).toMatch(/^1 of 4 tasks done, 3 missing/);
    expect(sweep().stdout).toMatch(/4 tasks, 1 done, 3 to do/);
    damages[3][1](at('results', `${keys[3]}.npz`));
    expect(sweep('--json').stdout).toMatch(/"done":4,"failed":0/);
    expect(readFileSync(at('results.csv'), 'utf8')).toBe(table);
    for (const [k, key] of keys.entries())
      expect(readFileSync(at('results', `${key}.npz`)).equals(arrays[k])).toBe(true);
    expect(readdirSync(at()).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    ['a line cut off', '{"key":"a"}\n{"key":', /tasks\.jsonl: line 2 is damaged; run the same sweep again/],
    ['nothing', '', /tasks\.jsonl: has 0 of 4 tasks; run the same sweep again/],
    ['lines that are missing', '{"key":"a"}\n', /tasks\.jsonl: has 1 of 4 tasks/],
  ])('is named where tasks.jsonl has %s, and mended by the same sweep', (_, text, message) => {
    sweep();
    writeFileSync(at('tasks.jsonl'), text);
    const { status, stderr } = run(folder, ['table', 'out']);
    expect([status, stderr.split('\n').length]).toEqual([2, 2]);
    expect(stderr).toMatch(message);
    expect(sweep().status).toBe(0);
    expect(run(folder, ['table', 'out']).status).toBe(0);
  });

  it('goes on without its description', () => {
    for (const text of ['', '{"grid":', '[]']) {
      writeFileSync(at('sweep.json'), text);
      expect(sweep().stdout).toMatch(/4 tasks, 4 done, 0 to do/);
    }
  });

  it('names batches and tasks of jobs that are damaged', () => {
    mkdirSync(at('slurm/b'), { recursive: true });
    for (const text of ['', '[{"name":', '{}', '[1]']) {
      writeFileSync(at('slurm/batches.json'), text);
      expect(() => batchesOf(at())).toThrow(/batches\.json: is damaged/);
      writeFileSync(at('slurm/b/tasks-0.jsonl'), text.replace('{}', '').replace('[1]', '1'));
      expect(() => chunkTasks(at(), 'b', 0)).toThrow(/tasks-0\.jsonl: is damaged/);
    }
  });

  it('is used by one sweep at a time', () => {
    writeFileSync(at('.lock'), '');
    const { status, stderr } = sweep();
    expect(status).toBe(2);
    expect(stderr).toMatch(/--out out: another run is at work there/);
  });
});
