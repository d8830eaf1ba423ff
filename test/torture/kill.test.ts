import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { run, temporaryFolder } from '../cli/run.js';
import { root } from '../support.js';
import { Dice } from './mutations.js';

/*
 * Every command, ended at a random moment by a random signal: it ends at once with the status of that signal,
 * and leaves nothing but what can be gone on with. Run again, it gives the bits of a run that was let alone.
 * How many moments: a fiftieth of FINITE_WIDTH_TORTURE.
 */
const asked = process.env.FINITE_WIDTH_TORTURE;
const moments = asked === undefined ? 12 : Math.ceil(Number(asked) / 50);
const seed = Number(process.env.FINITE_WIDTH_TORTURE_SEED ?? 1);
const bin = join(root, 'bin/finite-width.js');
const STATUS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143, SIGKILL: 137 } as const;
const SIGNALS = Object.keys(STATUS) as (keyof typeof STATUS)[];
/**
 * Seconds from a signal to the end: two, where the main thread is deep in arithmetic, and what a busy machine
 * adds.
 */
const PATIENCE = 6;
/** What only a run at work may have in its folder. */
const REMAINS = /\.partial$|\.old$|\.unfinished$|\.lock/;

const problem = {
  data: { dataset: 'xor', samples: 24, dimension: 12, noise: 1, seed: 0 },
  network: { hiddenLayers: 2, width: 40, activation: 'erf', weightVariance: 1.2, biasVariance: 0.1 },
  noiseVariance: 0.1,
};
const grid = {
  ...problem,
  network: { ...problem.network, width: { values: [20, 30] } },
  theories: ['nngp', 'linearResponse'],
  seeds: [0],
};

/** Numbers in words, so that reading them takes a while. */
function csv(): string {
  const dice = new Dice(0);
  const row = () => Array.from({ length: 300 }, () => (dice.below(2000) - 1000) / 700).join();
  return `${Array.from({ length: 299 }, (_, k) => `x${k}`).join()},y\n${Array.from({ length: 400 }, row).join('\n')}\n`;
}

/** Arguments, how long they take on top of the start (in times of it), and whether they write. */
const COMMANDS: readonly {
  readonly args: readonly string[];
  readonly long: number;
  readonly out?: 'run' | 'sweep' | 'table' | 'batch';
}[] = [
  { args: ['solve', 'task.json', '--theory', 'linearResponse', '--out', 'out'], long: 1, out: 'run' },
  {
    args: ['solve', 'task.json', '--theory', 'multiscale', '--samples', '2000', '--out', 'out'],
    long: 4,
    out: 'run',
  },
  { args: ['solve', 'read.json', '--theory', 'nngp', '--out', 'out'], long: 3, out: 'run' },
  {
    args: ['compare', 'task.json', '--theories', 'nngp,linearResponse', '--out', 'out'],
    long: 4,
    out: 'run',
  },
  {
    args: [
      'sample',
      'task.json',
      '--draws',
      '320',
      '--warm-up',
      '40',
      '--checkpoint-every',
      '0.02',
      '--out',
      'out',
    ],
    long: 3,
    out: 'run',
  },
  { args: ['prior', 'task.json', '--draws', '3000', '--out', 'out'], long: 3, out: 'run' },
  {
    args: ['phase', '--weight-variance', '0.5..3:6', '--bias-variance', '0..0.3:4', '--out', 'out'],
    long: 3,
    out: 'run',
  },
  { args: ['phase', '--activation', 'tanh', '--bias-variance', '0.05'], long: 1 },
  { args: ['response', 'task.json', '--out', 'out'], long: 2, out: 'run' },
  {
    args: [
      'landscape',
      'task.json',
      '--weight-variance',
      '1..2:3',
      '--bias-variance',
      '0.05',
      '--theories',
      'linearResponse',
      '--out',
      'out',
    ],
    long: 4,
    out: 'run',
  },
  { args: ['advise', 'task.json', '--theory', 'linearResponse'], long: 4 },
  {
    args: [
      'evidence',
      'task.json',
      '--theory',
      'linearResponse',
      '--vary',
      'network.width=20,40',
      '--out',
      'out',
    ],
    long: 2,
    out: 'run',
  },
  { args: ['sweep', 'grid.json', '--out', 'out'], long: 3, out: 'sweep' },
  { args: ['sweep-run', 'swept', '--batch', 'b', '--chunk', '0'], long: 3, out: 'batch' },
  { args: ['sweep-gather', 'swept'], long: 1, out: 'table' },
  { args: ['table', 'swept', '--plot', 'x=width,y=ckaL,color=theory'], long: 2, out: 'table' },
  { args: ['explore', '--no-open', '--port', '0'], long: 3 },
  { args: ['doctor'], long: 4 },
];

const folder = temporaryFolder();
let start = 0;

function ready(name: string, out: string | undefined): string {
  const cwd = join(folder, name);
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'task.json'), JSON.stringify(problem));
  writeFileSync(join(cwd, 'grid.json'), JSON.stringify(grid));
  writeFileSync(
    join(cwd, 'read.json'),
    JSON.stringify({ ...problem, data: { csv: 'numbers.csv', target: 'y' } }),
  );
  writeFileSync(join(cwd, 'numbers.csv'), csv());
  const swept = join(cwd, 'swept');
  if (out === 'table' || out === 'batch') cpSync(join(folder, 'swept'), swept, { recursive: true });
  if (out === 'batch') {
    mkdirSync(join(swept, 'slurm/b'), { recursive: true });
    cpSync(join(swept, 'tasks.jsonl'), join(swept, 'slurm/b/tasks-0.jsonl'));
    for (const name of readdirSync(join(swept, 'results'))) rmSync(join(swept, 'results', name));
  }
  return cwd;
}

beforeAll(() => {
  const begun = performance.now();
  run(folder, ['phase', '--activation', 'erf']);
  start = performance.now() - begun;
  writeFileSync(join(folder, 'grid.json'), JSON.stringify(grid));
  expect(run(folder, ['sweep', 'grid.json', '--out', 'swept']).status).toBe(0);
});

/** How a command ended, and how many seconds after it was told to. */
interface End {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
  readonly seconds: number;
  /** it was done before it was told */
  readonly before: boolean;
}

function ended(cwd: string, args: readonly string[], signal: NodeJS.Signals, after = 2 ** 30): Promise<End> {
  return new Promise((resolve) => {
    // A group of its own, to see whether anything of it stays.
    const child = spawn(process.execPath, [bin, ...args], {
      cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    let stderr = '';
    let told: number | undefined;
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const timer = setTimeout(() => {
      told = performance.now();
      child.kill(signal);
    }, after);
    child.on('close', (status, by) => {
      clearTimeout(timer);
      expect(() => process.kill(-(child.pid ?? 0), 0), 'processes that stay').toThrow('ESRCH');
      const seconds = told === undefined ? 0 : (performance.now() - told) / 1000;
      resolve({ status, signal: by, stderr, seconds, before: told === undefined });
    });
  });
}

const filesIn = (cwd: string): string[] => readdirSync(cwd, { recursive: true, encoding: 'utf8' });
/** Files without times in them. */
const results = (cwd: string): Map<string, Buffer> =>
  new Map(
    filesIn(cwd)
      .filter((name) => /\.(npz|csv|svg|parquet)$/.test(name) && name !== 'numbers.csv')
      .sort()
      .map((name) => [name, readFileSync(join(cwd, name))]),
  );

const references = new Map<readonly string[], Promise<Map<string, Buffer>>>();
function reference(args: readonly string[], out: string): Promise<Map<string, Buffer>> {
  const known = references.get(args);
  if (known) return known;
  const cwd = ready(`reference-${references.size}`, out);
  const found = ended(cwd, args, 'SIGKILL').then(({ status, stderr }) => {
    expect(status, stderr).toBeLessThan(2);
    return results(cwd);
  });
  references.set(args, found);
  return found;
}

/** As many at a time as cores are sure to be there, so that signals come when they should. */
const LANES = 2;
let free = LANES;
const waiting: (() => void)[] = [];
async function inLane(work: () => Promise<void>): Promise<void> {
  if (free > 0) free--;
  else await new Promise<void>((resolve) => waiting.push(resolve));
  try {
    await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else free++;
  }
}

/** Runs a command once more where one was killed, and compares what there is then. */
async function goesOn(cwd: string, args: readonly string[], out: string): Promise<void> {
  const resumed = existsSync(join(cwd, 'out.checkpoint')) ? [...args, '--resume'] : args;
  const { status, stderr } = await ended(cwd, resumed, 'SIGKILL');
  expect(status, stderr).toBeLessThan(2);
  expect(filesIn(cwd).filter((name) => REMAINS.test(name) && /run|sweep/.test(out))).toEqual([]);
  const [now, alone] = [results(cwd), await reference(args, out)];
  expect([...now.keys()]).toEqual([...alone.keys()]);
  for (const [name, bytes] of alone) expect(now.get(name)?.equals(bytes), name).toBe(true);
}

describe.concurrent('a main thread without time', () => {
  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'hears no %s: the program ends, and what it had begun goes',
    async (signal) => {
      const cwd = ready(`busy-${signal}`, undefined);
      const before = filesIn(cwd).sort();
      const program = `
      import { heedSignals } from ${JSON.stringify(join(root, 'dist/cli/interruption.js'))};
      import { RunFolder } from ${JSON.stringify(join(root, 'dist/io/runFolder.js'))};
      await heedSignals();
      const folder = await RunFolder.open('deep/out');
      await folder.write('half', 'written');
      process.stderr.write('busy');
      for (const start = Date.now(); Date.now() - start < 20_000; );`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd });
      let stderr = '';
      await new Promise<void>((resolve) =>
        child.stderr.on('data', (text) => {
          stderr += text;
          resolve();
        }),
      );
      expect(filesIn(cwd).some((name) => name.endsWith('half'))).toBe(true);
      const told = performance.now();
      child.kill(signal);
      expect(await new Promise((resolve) => child.on('close', (_, by) => resolve(by)))).toBe(signal);
      expect(performance.now() - told).toBeLessThan(1000 * PATIENCE);
      expect(stderr).toBe('busyinterrupted\n');
      expect(filesIn(cwd).sort()).toEqual(before);
    },
  );

  it('hears what came while it was busy from the start, once it has time', async () => {
    // Until then the other thread has begun to hear, too late for this signal.
    const program = `
      import { heedSignals } from ${JSON.stringify(join(root, 'dist/cli/interruption.js'))};
      heedSignals();
      process.kill(process.pid, 'SIGINT');
      for (const start = Date.now(); Date.now() - start < 1000; );
      setTimeout(() => {}, 20_000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
    const told = performance.now();
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(130);
    expect(performance.now() - told).toBeLessThan(1000 * PATIENCE);
  });
});

describe.concurrent('commands that are ended', () => {
  const dice = new Dice(seed);
  const plan = Array.from({ length: moments }, (_, k) => {
    const { args, long, out } = COMMANDS[(k + 7 * seed) % COMMANDS.length];
    const moment = { signal: SIGNALS[dice.below(SIGNALS.length)], share: dice.below(1000) / 1000 };
    return { k, ...moment, name: args.slice(0, 4).join(' '), args, long, out };
  });

  it.each(plan)('$k: $signal at $share of $name', { timeout: 120_000 }, (moment) =>
    inLane(() => endAt(moment)),
  );

  async function endAt({ k, signal, share, args, long, out }: (typeof plan)[number]): Promise<void> {
    const cwd = ready(`moment-${k}`, out);
    const before = filesIn(cwd);
    const end = await ended(cwd, args, signal, share * (1 + long) * start);
    const { status, stderr } = end;
    const remains = filesIn(cwd).filter((name) => !before.includes(name) && REMAINS.test(name));
    if (end.before) expect(status, stderr).toBeLessThan(2);
    else if (signal !== 'SIGKILL') {
      expect(end.seconds).toBeLessThan(PATIENCE);
      // Before the program heeds signals, and where a thread does not end, it dies of them: the same status
      // for a shell.
      if (end.signal === null && status !== 0) expect(status, stderr).toBe(STATUS[signal]);
      else if (end.signal !== null) expect(end.signal).toBe(signal);
      expect(stderr).toMatch(/^(interrupted[^\n]*\n)?$/);
      if (/nothing was written/.test(stderr)) expect(filesIn(cwd)).toEqual(before);
    }
    if (signal !== 'SIGKILL' || end.before) expect(remains).toEqual([]);
    if (out && (signal === 'SIGKILL' || asked !== undefined || existsSync(join(cwd, 'out.checkpoint'))))
      await goesOn(cwd, args, out);
  }
});
