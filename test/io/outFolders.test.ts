import { spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lock } from '#src/io/lock.js';
import { run, temporaryFolder } from '../cli/run.js';
import { root } from '../support.js';

const folder = temporaryFolder();
const solve = (out: string, cwd = folder) => run(cwd, ['solve', 'xor', '--theory', 'nngp', '--out', out]);
const names = () => readdirSync(folder).sort();

describe('--out', () => {
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('nowhere', join(folder, 'dangling'));
  symlinkSync('circle', join(folder, 'circle'));

  it.each<[string, RegExp]>([
    ['dangling', /--out dangling: is a link to nowhere, which does not exist/],
    ['circle', /--out circle: /],
    ['file', /--out file: is a file/],
    ['file/deeper', /--out file\/deeper: a part of the path is a file/],
    ['.', /--out \.: is the working directory/],
    ['..', /--out \.\.: is around the working directory/],
    ['', /--out : is the working directory/],
    ['/', /--out \/: is around the working directory/],
    ['/proc/none', /--out \/proc\/none: not writable/],
    ['x'.repeat(300), /the name is too long/],
  ])('%s is refused before anything is computed', (out, message) => {
    const before = names();
    // Of theories that take minutes, in milliseconds.
    const begun = performance.now();
    const { status, stderr } = run(folder, [
      'solve',
      'mnist',
      '--theory',
      'multiscale',
      '--set',
      'data.samples=300',
      '--out',
      out,
    ]);
    expect([status, stderr.split('\n').length]).toEqual([2, 2]);
    expect(stderr).toMatch(message);
    expect(performance.now() - begun).toBeLessThan(5000);
    expect(names()).toEqual(before);
  });

  it('that is a link to a folder replaces the folder, and the link stays', () => {
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'link'));
    for (let k = 0; k < 2; k++) expect(solve('link').status).toBe(0);
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    expect(readdirSync(join(folder, 'real')).sort()).toEqual([
      'kernels.npz',
      'predictions.npz',
      'result.json',
    ]);
  });

  it('is decided before responses and phase diagrams are computed', () => {
    expect(run(folder, ['response', 'xor', '--out', 'file']).stderr).toMatch(/--out file: is a file/);
    expect(
      run(folder, ['phase', '--weight-variance', '1..2', '--bias-variance', '0..1', '--out', 'file']).stderr,
    ).toMatch(/is a file/);
  });
});

describe('a lock', () => {
  const holder = (changes: object) => {
    const path = join(folder, `.held-${Math.random()}.lock`);
    const release = lock(path, 'it');
    const text = readFileSync(path, 'utf8');
    release();
    expect(existsSync(path)).toBe(false);
    writeFileSync(path, JSON.stringify({ ...JSON.parse(text), ...changes }));
    return path;
  };
  const silent = (path: string, seconds: number) =>
    utimesSync(path, new Date(), new Date(Date.now() - 1000 * seconds));

  it('is refused while its holder runs, by name', () => {
    const path = holder({});
    expect(() => lock(path, 'it')).toThrow(
      new RegExp(`^it: another run is at work there \\(process ${process.pid} on `),
    );
  });

  it('is taken over from processes that ended, whoever has their number now', () => {
    const ended = holder({ pid: 2 ** 22 + 1 });
    lock(ended, 'it')();
    expect(existsSync(ended)).toBe(false);
    if (process.platform === 'linux') lock(holder({ began: '1' }), 'it')();
  });

  it('of another machine or container is taken over only after a long silence', () => {
    const path = holder({ place: 'elsewhere', host: 'node7' });
    expect(() => lock(path, 'it')).toThrow(/on node7.*if that has ended, remove .*\.lock$/);
    silent(path, 600);
    expect(() => lock(path, 'it')).toThrow(/node7/);
    silent(path, 1000);
    lock(path, 'it')();
    expect(existsSync(path)).toBe(false);
  });

  it('that is empty counts as that of a machine that lost power', () => {
    const path = join(folder, '.empty.lock');
    writeFileSync(path, '');
    expect(() => lock(path, 'it')).toThrow(/it does not say who/);
    silent(path, 1000);
    lock(path, 'it')();
  });

  it('clears away what killed runs left beside it, and leaves what others hold', () => {
    const path = join(folder, '.stages.lock');
    const stage = (name: string, of: string, seconds = 0) => {
      writeFileSync(`${path}.${name}`, of === '' ? '' : readFileSync(of));
      silent(`${path}.${name}`, seconds);
    };
    const [ended, here] = [holder({ pid: 2 ** 22 + 1 }), join(folder, '.here.lock')];
    const release = lock(here, 'it');
    stage('0123456789abcde0', ended);
    stage('0123456789abcde1.old', ended);
    stage('0123456789abcde2', '', 1000);
    const others = ['0123456789abcde3', '0123456789abcde4', 'theirs'];
    for (const [name, of] of [
      [others[0], here],
      [others[1], ''],
      [others[2], ended],
    ])
      stage(name, of);
    release();
    lock(path, 'it')();
    expect(names().filter((name) => name.startsWith('.stages.lock'))).toEqual(
      others.map((name) => `.stages.lock.${name}`),
    );
  });

  it('has one holder, however many ask at once', async () => {
    const path = holder({ pid: 2 ** 22 + 1 });
    const program = `import { lock } from ${JSON.stringify(join(root, 'dist/io/lock.js'))};
      try { lock(${JSON.stringify(path)}, 'it'); process.stdout.write('held'); setTimeout(() => {}, 1500); } catch {}`;
    const said = await Promise.all(
      Array.from({ length: 6 }, () => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
        let out = '';
        child.stdout.on('data', (text) => {
          out += text;
        });
        return new Promise<string>((resolve) => child.on('close', () => resolve(out)));
      }),
    );
    expect(said.filter((text) => text === 'held')).toHaveLength(1);
  });
});

describe('what a killed run left', () => {
  it('is cleared away by the next, and earlier results come back', () => {
    expect(solve('kept').status).toBe(0);
    const cwd = join(folder, 'again');
    mkdirSync(join(cwd, '.out.0123456789abcdef.old'), { recursive: true });
    writeFileSync(join(cwd, '.out.0123456789abcdef.old/result.json'), '{}');
    mkdirSync(join(cwd, '.out.0123456789abcdef.partial'));
    writeFileSync(join(cwd, '.out.0123456789abcdef.partial/kernels.npz'), 'half');
    writeFileSync(join(cwd, 'out.checkpoint.0123456789abcdef-01234567.unfinished'), 'half');
    writeFileSync(join(cwd, '.out.mine.old'), 'of somebody else');
    // Refused after the lock is taken: what is there stays, in its place.
    expect(run(cwd, ['sample', 'xor', '--out', 'out', '--resume']).stderr).toMatch(
      /there is no out.checkpoint/,
    );
    expect(readdirSync(cwd).sort()).toEqual(['.out.mine.old', 'out']);
    expect(readFileSync(join(cwd, 'out/result.json'), 'utf8')).toBe('{}');
    expect(solve('out', cwd).status).toBe(0);
    expect(readdirSync(join(cwd, 'out')).sort()).toEqual(['kernels.npz', 'predictions.npz', 'result.json']);
  });
});
