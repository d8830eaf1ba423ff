import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readNpz } from '#src/formats/npz.js';
import { root } from '../support.js';
import { interrupt, run, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const bin = join(root, 'bin/finite-width.js');
const grid = {
  data: { dataset: 'xor', samples: 12, testSamples: 6, dimension: 5 },
  network: { hiddenLayers: [1, 2], width: { values: [20, 60] } },
  theories: ['nngp', 'linearResponse', 'perturbative'],
  options: { samples: 256 },
};
const write = (name: string, content: unknown) => writeFileSync(join(folder, name), JSON.stringify(content));
const at = (...parts: string[]) => join(folder, ...parts);
const csv = (out: string) => readFileSync(at(out, 'results.csv'), 'utf8');
const results = (out: string) => readdirSync(at(out, 'results')).filter((name) => name.endsWith('.json'));
const times = (out: string) =>
  Object.fromEntries(results(out).map((name) => [name, statSync(at(out, 'results', name)).mtimeMs]));

beforeAll(() => {
  write('grid.json', grid);
  const { status, stderr } = run(folder, ['sweep', 'grid.json', '--out', 'all']);
  expect([status, stderr]).toEqual([0, '']);
});

describe('sweep', () => {
  it('says what it would do, and does nothing', () => {
    const { status, stdout } = run(folder, ['sweep', 'grid.json', '--out', 'dry', '--dry-run']);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /network\.hiddenLayers\s+1, 2\n[\s\S]*12 tasks, 0 done, 12 to do\nabout .* of one core .*, .* on \d+ here; up to .* GB of memory a task/,
    );
    expect(existsSync(at('dry'))).toBe(false);
  });

  it('writes every result as a single solve would, with its arrays, and a table', () => {
    expect(results('all')).toHaveLength(12);
    const lines = csv('all').trimEnd().split('\n');
    expect(lines).toHaveLength(13);
    const header = lines[0].split(',');
    const cell = (line: string, name: string) => line.split(',')[header.indexOf(name)];
    const line =
      lines.find(
        (each) =>
          cell(each, 'theory') === 'perturbative' &&
          cell(each, 'hiddenLayers') === '2' &&
          cell(each, 'width') === '60',
      ) ?? '';
    write('one.json', { data: grid.data, network: { hiddenLayers: 2, width: 60 } });
    run(folder, ['solve', 'one.json', '--theory', 'perturbative', '--samples', '256', '--out', 'one'], {
      FINITE_WIDTH_THREADS: '1',
    });
    const one = JSON.parse(readFileSync(at('one/result.json'), 'utf8'));
    expect(Number(cell(line, 'ckaL'))).toBe(one.cka[2]);
    expect(Number(cell(line, 'testLoss'))).toBe(one.test.loss);
    const arrays = (path: string) => readNpz(readFileSync(path), path);
    const ours = arrays(at('all/results', `${cell(line, 'key')}.npz`)).get('kernel_2');
    expect(ours?.values).toEqual(arrays(at('one/kernels.npz')).get('kernel_2')?.values);
    expect(existsSync(at('all/results.parquet'))).toBe(true);
  });

  it('solves convolutions and likelihoods of classes as a single solve does', () => {
    const convolution = { patch: [9, 9], stride: 14, width: 30 };
    const data = { dataset: 'mnist', samples: 6, testSamples: 4 };
    const problem = { data, network: { layers: [{ convolution, activation: 'erf' }] } };
    write('patches.json', { ...problem, likelihood: ['gaussian', 'logistic'], theories: ['nngp'] });
    const swept = run(folder, ['sweep', 'patches.json', '--out', 'patches', '--json']);
    expect([swept.status, swept.stderr]).toEqual([0, '']);
    const both = results('patches').map((name) =>
      JSON.parse(readFileSync(at('patches/results', name), 'utf8')),
    );
    for (const likelihood of ['gaussian', 'logistic']) {
      write('patch.json', { ...problem, likelihood });
      const solved = run(folder, ['solve', 'patch.json', '--theory', 'nngp', '--out', 'patch', '--json']);
      expect([solved.status, solved.stderr]).toEqual([0, '']);
      const { cka, logEvidence } = JSON.parse(readFileSync(at('patch/result.json'), 'utf8'));
      const found = both.find(({ spec }) => (spec.likelihood ?? 'gaussian') === likelihood);
      expect(found.cka).toEqual(cka);
      expect(found.logEvidence).toBeCloseTo(logEvidence, 10);
    }
  });

  it('run again does nothing, and says so', () => {
    const before = times('all');
    const { status, stdout } = run(folder, ['sweep', 'grid.json', '--out', 'all']);
    expect(status).toBe(0);
    expect(stdout).toContain('12 tasks, 12 done, 0 to do');
    expect(times('all')).toEqual(before);
  });

  it('refuses the folder of another grid, and with --update keeps what both share', () => {
    write('wider.json', { ...grid, network: { ...grid.network, width: { values: [20, 60, 90] } } });
    const refused = run(folder, ['sweep', 'wider.json', '--out', 'all']);
    expect([refused.status, refused.stderr]).toEqual([
      2,
      'finite-width: --out all: holds the sweep of another grid; give --update to make it that of this one (results that both share are kept), or another folder\n',
    ]);
    const before = times('all');
    const updated = run(folder, ['sweep', 'wider.json', '--out', 'all', '--update']);
    expect(updated.stdout).toMatch(/18 tasks, 12 done, 6 to do/);
    expect(times('all')).toMatchObject(before);
    expect(results('all')).toHaveLength(18);
    // Back again: nothing to do, and the table has the rows of its own grid alone.
    const back = run(folder, ['sweep', 'grid.json', '--out', 'all', '--update']);
    expect(back.stdout).toContain('12 tasks, 12 done, 0 to do');
    expect(csv('all').trimEnd().split('\n')).toHaveLength(13);
  });

  it('killed in the middle goes on where it was, to the same table', async () => {
    write('long.json', {
      ...grid,
      theories: ['perturbative'],
      seeds: { range: [0, 5] },
      options: { samples: 2048 },
    });
    expect(run(folder, ['sweep', 'long.json', '--out', 'whole']).status).toBe(0);
    const child = spawn(process.execPath, [bin, 'sweep', 'long.json', '--out', 'killed'], { cwd: folder });
    await new Promise<void>((resolve) => {
      const wait = setInterval(() => {
        if (existsSync(at('killed/results')) && results('killed').length >= 4) child.kill('SIGKILL');
      }, 20);
      child.on('close', () => {
        clearInterval(wait);
        resolve();
      });
    });
    const done = results('killed').length;
    expect(done).toBeGreaterThanOrEqual(4);
    expect(done).toBeLessThan(24);
    const before = times('killed');
    const { status, stdout } = run(folder, ['sweep', 'long.json', '--out', 'killed', '--threads', '1']);
    expect(status).toBe(0);
    expect(stdout).toContain(`24 tasks, ${done} done, ${24 - done} to do`);
    expect(times('killed')).toMatchObject(before);
    expect(csv('killed')).toBe(csv('whole'));
  });

  it('ends at Ctrl-C, keeps what is done and says how to go on', async () => {
    write('slow.json', { ...grid, theories: ['multiscale'], seeds: { range: [0, 9] } });
    const { status, stderr } = await interrupt(folder, ['sweep', 'slow.json', '--out', 'stopped'], 'SIGINT');
    expect(status).toBe(130);
    expect(stderr).toMatch(/interrupted; \d+ of 40 tasks are done and kept: run the same command to go on/);
  });

  it('records what fails with its message, goes on with the rest, and tries it again when asked', () => {
    writeFileSync(at('twins.csv'), 'a,b,y\n1,2,1\n1,2,-1\n3,4,1\n0,1,-1\n');
    write('twins.json', {
      data: { csv: 'twins.csv', target: 'y' },
      noiseVariance: [0, 0.1, 0.2],
      theories: ['nngp'],
    });
    const first = run(folder, ['sweep', 'twins.json', '--out', 'twins']);
    expect(first.status).toBe(1);
    expect(first.stdout).toMatch(
      /2 of 3 tasks done, 1 failed\nfailed \(run again with --retry-failed\):\n {2}1 × X: rows 0 and 1 are equal, which needs noiseVariance > 0/,
    );
    const [name] = readdirSync(at('twins/failures'));
    expect(JSON.parse(readFileSync(at('twins/failures', name), 'utf8'))).toMatchObject({ reason: 'input' });
    const time = statSync(at('twins/failures', name)).mtimeMs;
    expect(run(folder, ['sweep', 'twins.json', '--out', 'twins']).stdout).toContain(
      '3 tasks, 2 done, 1 failed before, 0 to do',
    );
    expect(statSync(at('twins/failures', name)).mtimeMs).toBe(time);
    expect(run(folder, ['sweep', 'twins.json', '--out', 'twins', '--retry-failed']).status).toBe(1);
    expect(statSync(at('twins/failures', name)).mtimeMs).toBeGreaterThan(time);
    const status = run(folder, ['sweep', 'twins.json', '--out', 'twins', '--status']);
    expect(status.stdout).toContain('2 of 3 tasks done, 1 failed');
    // Other bytes in the file make other tasks.
    writeFileSync(at('twins.csv'), 'a,b,y\n1,2,1\n1,3,-1\n3,4,1\n0,1,-1\n');
    expect(run(folder, ['sweep', 'twins.json', '--out', 'twins', '--dry-run']).stdout).toContain(
      '3 tasks, 0 done, 3 to do',
    );
  });

  it('stops when nothing can be written, with the reason', () => {
    // A limit on the size of files stands for a full disk: both end in a write that fails.
    const command = `ulimit -f 4; exec '${process.execPath}' '${bin}' sweep grid.json --out full`;
    const { status, stderr } = spawnSync('bash', ['-c', command], { cwd: folder, encoding: 'utf8' });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^finite-width: .*full\/.*: no space left on the disk\n$/);
    expect(existsSync(at('full/results')) ? results('full') : []).toEqual([]);
  });

  /** A PATH with programs that say what Slurm's do. */
  const cluster = (name: string, programs: Readonly<Record<string, string>>) => {
    mkdirSync(at(name));
    for (const [program, body] of Object.entries(programs))
      writeFileSync(at(name, program), `#!/bin/sh\n[ "$1" = --version ] && exit 0\n${body}\n`, {
        mode: 0o755,
      });
    return { PATH: at(name) };
  };
  const no = 'echo "sbatch: error: invalid partition specified: nowhere" >&2; exit 1';

  it.each([
    ['sbatch', {}],
    ['squeue', { sbatch: 'echo 7' }],
  ])('writes nothing where there is no %s', (missing, programs) => {
    const environment = cluster(`without-${missing}`, programs);
    const args = ['sweep', 'grid.json', '--executor', 'slurm', '--out', `no-${missing}/deep`];
    const { status, stdout, stderr } = run(folder, args, environment);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      new RegExp(`^finite-width: --executor slurm: there is no ${missing} on this machine; .*\n$`),
    );
    expect(existsSync(at(`no-${missing}`))).toBe(false);
    expect(run(folder, [...args, '--dry-run'], environment).status).toBe(0);
  });

  it('leaves nothing of a new sweep that Slurm refuses, and a folder that was there as it was', () => {
    const environment = cluster('refusing', { sbatch: no, squeue: '' });
    const sweep = (out: string) =>
      run(folder, ['sweep', 'grid.json', '--executor', 'slurm', '--out', out], environment);
    const refused = sweep('refused/deep');
    expect([refused.status, refused.stderr]).toEqual([
      2,
      'finite-width: --executor slurm: sbatch: sbatch: error: invalid partition specified: nowhere\n',
    ]);
    expect(existsSync(at('refused'))).toBe(false);
    mkdirSync(at('mine'));
    sweep('mine');
    expect(readdirSync(at('mine'))).toEqual([]);
  });

  it.each<[string[], RegExp]>([
    [['none.json'], /^none\.json: no such file$/],
    [
      ['grid.json', '--executor', 'slurm', '--out', 'cluster'],
      /^--executor slurm: there is no (sbatch|squeue) on this machine; run this on a login node/,
    ],
    [['grid.json', '--directive', 'constraint=x'], /--directive "constraint=x": give an option of sbatch/],
    [['grid.json', '--out', 'other'], /^--out other: exists and is not a sweep/],
    [
      ['grid.json', '--executor', 'slurm', '--profile', 'profile.json'],
      /^profile\.json: memroy: unknown key; known are partition/,
    ],
    [['bad.json'], /^bad\.json: not valid JSON/],
  ])('refuses %j in one line', (args, message) => {
    mkdirSync(at('other'), { recursive: true });
    writeFileSync(at('other/notes.txt'), 'mine');
    write('profile.json', { memroy: '4G' });
    writeFileSync(at('bad.json'), '{');
    const { status, stderr } = run(folder, ['sweep', ...args], { PATH: '/nowhere' });
    expect(status).toBe(2);
    expect(stderr.replace(/^finite-width: /, '').trimEnd()).toMatch(message);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('table', () => {
  it('prints rows and columns that are asked for', () => {
    const { status, stdout } = run(folder, [
      'table',
      'all',
      '--where',
      'theory=perturbative,width>20',
      '--columns',
      'hiddenLayers,width,ckaL',
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^hiddenLayers\s+width\s+ckaL\n.*\n1 .*\n2 .*\n\n2 of 12 tasks\n$/);
    const rows = JSON.parse(run(folder, ['table', 'all', '--json', '--where', 'theory=nngp']).stdout);
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatchObject({ theory: 'nngp', dataset: 'xor', samples: 12 });
    expect(run(folder, ['table', 'all', '--csv']).stdout).toBe(csv('all'));
  });

  it('shows what differs between the rows, and no other parameter', () => {
    const [heads] = run(folder, ['table', 'all']).stdout.split('\n');
    expect(heads.trim().split(/\s+/)).toEqual([
      'hiddenLayers',
      'width',
      'theory',
      'converged',
      'ckaL',
      'ckaNngpL',
      'logEvidence',
      'testLoss',
    ]);
  });

  it('draws a figure', () => {
    const mixed = run(folder, ['table', 'all', '--plot', 'x=width,y=ckaL,color=theory']);
    expect(mixed.status).toBe(2);
    expect(mixed.stderr).toMatch(
      /would average over hiddenLayers; .*facet=hiddenLayers, or choose with --where hiddenLayers=/,
    );
    const axes = 'x=width,y=ckaL,color=theory,facet=hiddenLayers';
    const { status, stdout } = run(folder, ['table', 'all', '--plot', axes]);
    const said = 'all: ckaL-width.svg, ckaL-width.png (12 points; single results without error)\n';
    expect([status, stdout]).toEqual([0, said]);
    expect(readFileSync(at('all/ckaL-width.svg'), 'utf8')).toMatch(
      /^<svg xmlns[\s\S]*perturbative[\s\S]*single results without error/,
    );
    const named = run(folder, ['table', 'all', '--plot', axes, '--out', 'mine.svg']).stdout;
    expect(named).toMatch(/^all: mine\.svg, mine\.png /);
    expect(run(folder, ['table', 'all', '--plot', axes, '--out', 'v1.2']).stdout).toMatch(
      /^all: v1\.2\.svg, v1\.2\.png /,
    );
  });

  it.each<[string[], RegExp]>([
    [['nowhere'], /nowhere: is no sweep \(tasks\.jsonl: no such file\)/],
    [
      ['all', '--columns', 'ckaM'],
      /^finite-width: --columns: there is no column "ckaM"; did you mean "ckaL"\?\n$/,
    ],
    [['all', '--columns', 'width,no=7'], /^finite-width: --columns: there is no column "no=7"; there are /],
    [
      ['all', '--plot', 'x=width,y=ckaL,color=theory,facet=hiddenLayers', '--out', 'results.csv'],
      /^finite-width: --out "results\.csv": figures are written as \.svg and \.png, not \.csv; give a name such as width\.svg\n$/,
    ],
    [['all', '--plot', 'x=width'], /--plot "x=width"/],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = run(folder, ['table', ...args]);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
  });
});
