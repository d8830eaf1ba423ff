import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeNpy } from '#src/formats/npy.js';
import { readNpz, writeNpz } from '#src/formats/npz.js';
import { run, temporaryFolder } from '../cli/run.js';
import { randomMatrix, referenceJson } from '../support.js';
import { Dice, mutateBytes, mutateCsv, mutateHeader, mutateJson, randomFormula, word } from './mutations.js';
import { CommandWorker, type Ended } from './worker.js';

/*
 * Whatever a file or an option has in it, a command does what it says or says in one short line why not. How
 * many mutations: FINITE_WIDTH_TORTURE; another start: FINITE_WIDTH_TORTURE_SEED. A failure names the number
 * of its mutation, which alone determines it.
 */
const total = Number(process.env.FINITE_WIDTH_TORTURE ?? 200);
const seed = Number(process.env.FINITE_WIDTH_TORTURE_SEED ?? 1);
const PATIENCE = 20;
const MOST_MEMORY = 1.5e9;
const LONGEST_LINE = 300;

const folder = temporaryFolder();
const worker = new CommandWorker(PATIENCE);
afterAll(() => worker.stop());

const x = randomMatrix(6, 3, 1);
const y = randomMatrix(6, 1, 2);
const table = `a,b,c,y\n${Array.from({ length: 6 }, (_, i) => [...x.data.slice(3 * i, 3 * i + 3), y.data[i]].join()).join('\n')}\n`;
const archives = Object.values(
  (referenceJson('npy_kinds.json') as { archives: Record<string, string> }).archives,
)
  .slice(0, 3)
  .map((text) => new Uint8Array(Buffer.from(text, 'base64')));
const network = {
  hiddenLayers: 2,
  width: 20,
  activation: 'erf',
  weightVariance: [1, 1.2, 1.1],
  biasVariance: 0.1,
  featureScale: 1,
};
const problem = { data: { npz: 'd.npz' }, network, noiseVariance: 0.1 };
const problems = [
  problem,
  { ...problem, data: { csv: 'd.csv', target: ['y'], testCsv: 'd.csv' } },
  { ...problem, data: { dataset: 'xor', samples: 6, testSamples: 2, dimension: 3, noise: 0.5, seed: 1 } },
  {
    ...problem,
    data: {
      dataset: 'teacher',
      samples: 6,
      dimension: 3,
      teacherWidth: 2,
      teacherActivation: 'relu',
      seed: 1,
    },
  },
  { ...problem, data: { dataset: 'ising', samples: 6, dimension: 3, bias: 0.2 } },
];
const grid = {
  ...problem,
  network: { ...network, width: [10, 20], featureScale: { range: [1, 2], count: 2 } },
  theories: ['nngp', 'rescaling'],
  seeds: [0, 1],
  options: { samples: 64 },
  zip: [['network.width', 'network.featureScale']],
};

const SOLVE = ['solve', 'p.json', '--theory', 'nngp', '--json', '--out', 'out'];
const OPTIONS: readonly (readonly [command: readonly string[], options: readonly string[]])[] = [
  [
    SOLVE,
    [
      '--seed',
      '--samples',
      '--draws',
      '--chains',
      '--four-point',
      '--tolerance',
      '--max-iterations',
      '--theory',
      '--set',
      '--out',
    ],
  ],
  [
    ['prior', 'p.json', '--json', '--draws', '4', '--out', 'out'],
    ['--draws', '--pair', '--seed', '--set'],
  ],
  [
    ['phase', '--json', '--activation', 'erf'],
    ['--activation', '--weight-variance', '--bias-variance', '--depth'],
  ],
  [
    ['response', 'p.json', '--json'],
    ['--set', '--out'],
  ],
  [
    ['evidence', 'p.json', '--theory', 'nngp', '--vary', 'network.hiddenLayers=1,2'],
    ['--vary', '--theory', '--seed', '--set'],
  ],
  [
    ['sweep', 'g.json', '--dry-run', '--out', 'out'],
    ['--threads', '--executor', '--partition', '--memory', '--cpus', '--max', '--chunk', '--time'],
  ],
  [
    ['table', 'runs'],
    ['--columns', '--plot', '--out', '--csv'],
  ],
];

type Files = Readonly<Record<string, Uint8Array | string>>;
interface Mutation {
  readonly args: readonly string[];
  readonly files?: Files;
}

const good: Files = {
  'd.npz': writeNpz({ X: x, Y: y, X_test: x }),
  'd.csv': table,
  'X.npy': writeNpy(x.data, [6, 3]),
  'Y.npy': writeNpy(y.data, [6]),
  'p.json': JSON.stringify(problem),
  'g.json': JSON.stringify(grid),
};
const json = (value: unknown) => JSON.stringify({ ...problem, data: value });

const KINDS: Readonly<Record<string, (dice: Dice) => Mutation>> = {
  npz(dice) {
    const file = dice.pick([good['d.npz'] as Uint8Array, ...archives]);
    return {
      args: SOLVE,
      files: { 'd.npz': dice.chance(0.4) ? mutateHeader(file, dice) : mutateBytes(file, dice) },
    };
  },
  npy(dice) {
    const name = dice.pick(['X.npy', 'Y.npy']);
    const file = good[name] as Uint8Array;
    const mutated = dice.chance(0.5) ? mutateHeader(file, dice) : mutateBytes(file, dice);
    return { args: SOLVE, files: { 'p.json': json({ npy: 'X.npy', targets: 'Y.npy' }), [name]: mutated } };
  },
  csv(dice) {
    const bytes = dice.chance(0.8)
      ? mutateCsv(table, dice)
      : mutateBytes(new Uint8Array(Buffer.from(table)), dice);
    return { args: SOLVE, files: { 'p.json': json({ csv: 'd.csv', target: 'y' }), 'd.csv': bytes } };
  },
  json: (dice) => ({ args: SOLVE, files: { 'p.json': mutateJson(dice.pick(problems), dice) } }),
  grid: (dice) => ({
    args: ['sweep', 'g.json', '--dry-run', '--out', 'out'],
    files: { 'g.json': mutateJson(grid, dice) },
  }),
  formula: (dice) => ({ args: [...SOLVE, '--set', `network.activation=${randomFormula(dice)}`] }),
  options(dice) {
    const [command, options] = dice.pick(OPTIONS);
    const option = dice.pick(options);
    const value =
      option === '--set' && dice.chance(0.7)
        ? `${dice.pick(['noiseVariance', 'network.width', 'data', 'a.b'])}=${word(dice)}`
        : word(dice);
    return { args: dice.chance(0.5) ? [...command, `${option}=${value}`] : [...command, option, value] };
  },
};

/** A fresh folder with the files of a mutation. */
function prepare(name: string, files: Files = {}): string {
  const cwd = join(folder, name);
  mkdirSync(cwd);
  for (const [file, content] of Object.entries({ ...good, ...files }))
    writeFileSync(join(cwd, file), content);
  return cwd;
}

const notFinite = (text: string) =>
  /\b(NaN|-?Infinity)\b/.exec(text.replace(/"(?:[^"\\]|\\.)*"/g, '""'))?.[0];

/** Numbers of a result that are none. */
function brokenNumbers(cwd: string): string[] {
  const out = join(cwd, 'out');
  const files = readdirSync(cwd).includes('out') ? readdirSync(out) : [];
  return files.flatMap((file) => {
    if (file === 'result.json') {
      const { logEvidence } = JSON.parse(readFileSync(join(out, file), 'utf8'));
      return logEvidence === null ? ['logEvidence'] : [];
    }
    if (!file.endsWith('.npz')) return [];
    const arrays = [...readNpz(readFileSync(join(out, file)), file)];
    return arrays
      .filter(([, { values }]) => !values.every(Number.isFinite))
      .map(([name]) => `${file}: ${name}`);
  });
}

/** What a command did wrong, if anything. */
function faults({ status, stdout, stderr, thrown, seconds, memory }: Ended, cwd: string): string[] {
  const found: string[] = [];
  if (thrown !== undefined) found.push(thrown.slice(0, 500));
  else if (status === undefined || ![0, 1, 2].includes(status)) found.push(`exit status ${status}`);
  if (seconds >= PATIENCE) found.push(`${seconds} s`);
  if (memory > MOST_MEMORY) found.push(`${Math.round(memory / 1e6)} MB`);
  if (/internal error|\n\s+at /.test(stderr)) found.push(`a stack trace: ${stderr.slice(0, 600)}`);
  if (status === 2) {
    const error = stderr.replace(/^(warning: .*\n)*/, '').replace(/\n$/, '');
    if (error === '' || /[\n\r]/.test(error))
      found.push(`not one line: ${JSON.stringify(error.slice(0, 400))}`);
    if (error.length > LONGEST_LINE) found.push(`${error.length} characters: ${error.slice(0, 200)}…`);
    const extra = readdirSync(cwd).filter((name) => !Object.hasOwn(good, name));
    if (extra.length > 0) found.push(`left behind: ${extra.join(', ')}`);
  }
  if (status === 0) {
    const word = notFinite(stdout);
    if (word) found.push(`printed ${word}`);
    found.push(...brokenNumbers(cwd));
  }
  return found;
}

const kinds = Object.keys(KINDS);
const share = Math.ceil(total / kinds.length);

describe(`${total} mutations from seed ${seed}`, () => {
  it.each(kinds)(
    '%s',
    async (kind) => {
      const wrong: string[] = [];
      const ends = new Map<number | undefined, number>();
      for (let k = 0; k < share && wrong.length < 10; k++) {
        const { args, files } = KINDS[kind](new Dice(seed * 1_000_003 + k * 31 + kinds.indexOf(kind)));
        const cwd = prepare(`${kind}${k}`, files);
        const ended = await worker.run(cwd, args);
        ends.set(ended.status, (ends.get(ended.status) ?? 0) + 1);
        const said = faults(ended, cwd);
        if (said.length > 0)
          wrong.push(`${kind} ${k}: ${JSON.stringify(args).slice(0, 300)}: ${said.join('; ')}`);
        rmSync(cwd, { recursive: true, force: true });
      }
      expect(wrong).toEqual([]);
      // Mutations that are all refused, or none, would test little.
      expect(ends.get(2) ?? 0).toBeGreaterThan(share / 10);
    },
    share * 5000 + 60_000,
  );

  it('does the same in a process of its own', async () => {
    for (const kind of kinds) {
      const { args, files } = KINDS[kind](new Dice(seed * 1_000_003 + kinds.indexOf(kind)));
      const [first, second] = [prepare(`${kind} here`, files), prepare(`${kind} there`, files)];
      const inside = await worker.run(first, args);
      const outside = run(second, args, { FINITE_WIDTH_THREADS: '1', FINITE_WIDTH_BLAS: 'none' });
      expect([outside.status, outside.stderr]).toEqual([inside.status, inside.stderr]);
    }
  });
});
