import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Option } from 'commander';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from '#src/cli/main.js';
import { parseProblem } from '#src/problem/schema.js';
import { CommandWorker } from '../torture/worker.js';
import { temporaryFolder } from './run.js';

const folder = temporaryFolder();
const worker = new CommandWorker(20);
const cwd = join(folder, 'work');
const problem = {
  data: { dataset: 'xor', samples: 6, dimension: 4 },
  network: { hiddenLayers: 1, width: 8 },
};
const files = { 'p.json': problem, 'g.json': { ...problem, theories: ['nngp'] } };

beforeAll(async () => {
  mkdirSync(cwd);
  for (const [name, content] of Object.entries(files))
    writeFileSync(join(cwd, name), JSON.stringify(content));
  expect((await worker.run(cwd, ['sweep', 'g.json', '--out', 'swept'])).status).toBe(0);
});
afterAll(() => worker.stop());

/** What each command needs besides; it would run for a moment if a bad value were taken. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  solve: ['p.json'],
  compare: ['p.json'],
  sample: ['p.json'],
  predict: ['saved.npz', 'new.csv'],
  measure: ['p.json'],
  prior: ['p.json'],
  phase: [],
  response: ['p.json'],
  landscape: ['p.json'],
  advise: ['p.json'],
  evidence: ['p.json', '--vary', 'noiseVariance=1,2'],
  sweep: ['g.json', '--executor', 'slurm', '--dry-run'],
  table: ['swept'],
  explore: ['--no-open'],
  doctor: [],
  'sweep-run': ['swept', '--batch', 'none', '--chunk', '0'],
  'sweep-gather': ['swept'],
};

const LONG = 3000;
const nobodys = fc.constantFrom(
  '',
  ' ',
  '\0',
  'a\nb',
  '\x1b[31m\x1b[2J',
  'x'.repeat(LONG),
  '💥',
  '__proto__',
  '\u2028',
);
const number = fc.oneof(
  fc.constantFrom(
    'NaN',
    'nan',
    'Infinity',
    '-Infinity',
    '1e999',
    '0x10',
    '0b1',
    '1_000',
    '1,5',
    '1e18',
    '9'.repeat(LONG),
    '１',
  ),
  fc.double({ min: 1e17, noNaN: true }).map(String),
  fc.double({ max: -1e-300, noNaN: true }).map(String),
  nobodys,
);
const fractional = fc
  .double({ min: 0.01, max: 1000, noNaN: true })
  .filter((value) => !Number.isInteger(value))
  .map(String);
const whole = fc.oneof(number, fractional);
/** Texts that name no file anywhere: most others may be one, and arguments of a process hold no zeros. */
const path = fc.constantFrom('x'.repeat(LONG), `p.json/${'x'.repeat(200)}`);
const control = fc.constantFrom('', '\0', 'a\nb', '\x1b[31m', 'a\rb');

/** Values that an option must refuse, by its name or by the kind of value that its help shows. */
function badValues({ long, flags, argChoices }: Option): fc.Arbitrary<string> {
  const kind = /<([^>]+)>/.exec(flags)?.[1] ?? '';
  if (argChoices) return nobodys;
  if (['--tolerance', '--accuracy', '--step-size'].includes(long ?? '') || kind === 'seconds') return number;
  if (kind === 'number' || kind === 'layers') return whole;
  if (kind === 'folder' || kind === 'file' || (long === '--out' && kind === 'name')) return path;
  if (ofSlurm.includes(long ?? '')) return control;
  return nobodys;
}

const commands = program(() => {}).commands;
const options = commands.flatMap((command) =>
  command.options
    .filter(({ required }) => required)
    .map((option) => [command.name(), option.long as string, option] as const),
);

/** Named as in a profile. */
const ofSlurm = ['--partition', '--account', '--time', '--memory'];

function argumentsFor(command: string, option: string): readonly string[] {
  if (command === 'sweep' && ['--out', '--threads', '--executor'].includes(option)) return ['g.json'];
  return command === 'table' && option === '--out'
    ? ['swept', '--plot', 'x=width,y=ckaL']
    : ARGUMENTS[command];
}

/** What is wrong with how a command took a bad value, if anything. */
function faultOf(
  { status, stderr, thrown, stdout }: Awaited<ReturnType<CommandWorker['run']>>,
  name: string,
): string | undefined {
  if (thrown !== undefined) return thrown.slice(0, 300);
  const line = stderr.replace(/\n$/, '');
  if (status !== 2) return `status ${status}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  if (/[\x00-\x1f\x7f-\x9f\u2028]/.test(line)) return `not one line of text: ${JSON.stringify(line)}`;
  if (line.length > 300) return `${line.length} characters`;
  if (!line.includes(name)) return `does not name ${name}: ${line}`;
  if (/internal error|\bat \//.test(line)) return line;
  return stdout === '' ? undefined : `printed ${stdout.slice(0, 100)}`;
}

describe('every option of every command', () => {
  it('is among those that are tried', () => {
    expect(commands.map((command) => command.name()).sort()).toEqual(Object.keys(ARGUMENTS).sort());
    expect(options.length).toBeGreaterThan(60);
  });

  it.each(options)('%s %s refuses bad values in one line that names it', async (command, long, option) => {
    const before = readdirSync(cwd);
    await fc.assert(
      fc.asyncProperty(badValues(option), fc.boolean(), async (value, joined) => {
        const given = joined ? [`${long}=${value}`] : [long, value];
        const ended = await worker.run(cwd, [command, ...argumentsFor(command, long), ...given]);
        const fault = faultOf(ended, ofSlurm.includes(long) ? long.slice(2) : long);
        if (fault !== undefined) throw new Error(fault);
        expect(readdirSync(cwd)).toEqual(before);
      }),
      { numRuns: 12, seed: 1 },
    );
  });
});

/** Keys of a problem file with a value of the right kind; what the schema has no default for stands here. */
const SOURCES: readonly Record<string, unknown>[] = [
  { dataset: 'xor' },
  { dataset: 'teacher' },
  { dataset: 'ising', inputMetric: 0.5 },
  { dataset: 'mnist', idx: 'digits' },
  { npz: 'd.npz', labels: 'auto', standardize: { inputs: true, targets: true } },
  { npy: 'X.npy', targets: 'Y.npy', labels: 'auto', standardize: true },
  { csv: 'd.csv', target: 'y', testCsv: 't.csv', labels: 'auto', standardize: true },
];
const leaves = (value: unknown, path: readonly string[] = []): [string, unknown][] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, part]) => leaves(part, [...path, key]))
    : [[path.join('.'), value]];
const keys = SOURCES.flatMap((data, k) => {
  const all = leaves(parseProblem({ data }));
  // Keys of the network are the same for all data.
  return all
    .filter(([key]) => k === 0 || key.startsWith('data.'))
    .map(([key, value]) => [data, key, value] as const);
});

const RAW = Symbol('a text of JSON that JSON.stringify cannot make');
const raw = (text: string) => ({ [RAW]: text });
const nothing = fc.constantFrom<unknown>(null, {}, { a: 1 }, [{}], ['a\nb', 1], raw('1e999'), raw('-1e999'));
const texts = fc.constantFrom<unknown>(
  '',
  '1',
  'NaN',
  '0x10',
  'a\nb',
  '\0',
  '\x1b[31m',
  'x'.repeat(LONG),
  '💥',
  '__proto__',
);
const huge = fc.double({ min: 1e60, noNaN: true, noDefaultInfinity: true });
const negative = fc.double({ max: -1e-300, noNaN: true, noDefaultInfinity: true });

/**
 * Values that a key must refuse, by the kind of its default. Seeds and widths may be as large as whole
 * numbers are.
 */
function badJson(key: string, value: unknown): fc.Arbitrary<unknown> {
  if (key === 'data.inputMetric')
    return fc.oneof(nothing, texts, huge, fc.double({ max: -4.001, noNaN: true, noDefaultInfinity: true }));
  if (typeof value === 'number') {
    const counts = Number.isInteger(value) && !/ariance|Scale|noise|bias/.test(key);
    const part = counts ? fc.oneof(fractional.map(Number), fc.constant(2 ** 53)) : nothing;
    return fc.oneof(nothing, texts, huge, negative, part, fc.boolean());
  }
  const notTexts = fc.oneof(nothing, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.boolean());
  // Any text may be the name of a file or of a column, and of neither input nor target is nothing
  // standardised.
  if (/^data\.(npz|npy|csv|targets?|testCsv|idx)$/.test(key)) return fc.oneof(notTexts, fc.constant(''));
  if (key === 'data.standardize')
    return notTexts.filter((bad) => typeof bad !== 'boolean' && JSON.stringify(bad) !== '{}');
  if (typeof value === 'boolean')
    return fc.oneof(nothing, texts, fc.double({ noNaN: true, noDefaultInfinity: true }));
  return fc.oneof(notTexts, texts);
}

function withKey(data: object, key: string, value: unknown): string {
  const changed = { ...structuredClone(problem), data: structuredClone(data) } as Record<string, unknown>;
  const path = key.split('.');
  const last = path.pop() as string;
  let node = changed;
  for (const name of path) node = node[name] as Record<string, unknown>;
  const text = (value as { [RAW]?: string } | null)?.[RAW];
  node[last] = text === undefined ? value : 'RAW';
  return JSON.stringify(changed).replace('"RAW"', () => text ?? '"RAW"');
}

describe('every key of a problem file', () => {
  it('is among those that are tried', () => {
    expect(keys.length).toBeGreaterThan(40);
    expect(keys.map(([, key]) => key)).toEqual(
      expect.arrayContaining(['network.featureScale', 'data.standardize.inputs']),
    );
  });

  it.each(keys)('of %j: %s refuses bad values in one line that names it', async (data, key, value) => {
    const before = readdirSync(cwd);
    const name = key.split('.').at(-1) as string;
    await fc.assert(
      fc.asyncProperty(badJson(key, value), async (bad) => {
        writeFileSync(join(cwd, 'p.json'), withKey(data, key, bad));
        const fault = faultOf(
          await worker.run(cwd, ['solve', 'p.json', '--theory', 'nngp', '--out', 'out']),
          name,
        );
        if (fault !== undefined) throw new Error(fault);
        expect(readdirSync(cwd)).toEqual(before);
      }),
      { numRuns: 20, seed: 1 },
    );
  });
});
