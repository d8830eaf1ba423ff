import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { activationByName } from '#src/activations/registry.js';
import { wholeNumber } from '#src/cli/options.js';
import { InputError } from '#src/numerics/errors.js';
import { parseProfile } from '#src/sweep/slurmProfile.js';
import { root } from '../support.js';
import { run, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const bin = join(root, 'bin/finite-width.js');

function expectOneLine({ status, stderr }: { status: number | null; stderr: string }, said: RegExp): void {
  expect(stderr).toMatch(said);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr.length).toBeLessThanOrEqual(301);
  expect(status).toBe(2);
}

describe('absurd values', () => {
  it.each([
    [['phase', '--depth', '1000000000'], /--depth .*Give a whole number from 1 to 10000/],
    [['sample', 'xor', '--leapfrog-steps', '1000000000000'], /--leapfrog-steps .*from 1 to 100000/],
    [['sample', 'xor', '--draws', '1e15'], /--draws .*from 8 to 100000000/],
    [['explore', '--port', '99999'], /--port .*from 0 to 65535/],
    [['solve', 'xor', '--samples', '1e12'], /--samples .*from 16 to 100000000/],
    [['solve', 'xor', '--max-iterations', '1e300'], /--max-iterations .*from 1 to 10000000/],
    [
      ['solve', 'xor', '--set', 'data={"dataset":"teacher","teacherWidth":1000000000}', '--theory', 'nngp'],
      /teacher of width 1000000000 \(data\.teacherWidth\) need .* GB/,
    ],
    [
      ['phase', '--activation', 'x^3', '--weight-variance', '2', '--depth', '6'],
      /variances of x\^3 diverge: .* in layer 2/,
    ],
  ])('are refused in one line: %j', (args, said) => {
    expectOneLine(run(folder, args), said);
  });

  it.each([
    ['x^3', 8, 'nngp'],
    ['x^3', 40, 'perturbative'],
    ['x^3', 40, 'map'],
    ['monomial(3)', 40, 'nngp'],
    ['exp(x)', 4, 'nngp'],
  ])('of variances that diverge, by %s in %i layers, are one line of %s', (activation, layers, theory) => {
    const network = ['--set', `network.activation=${activation}`, '--set', `network.hiddenLayers=${layers}`];
    const args = [
      'solve',
      'xor',
      ...network,
      '--set',
      'network.biasVariance=0.1',
      '--theory',
      theory,
      '--out',
      'diverging',
    ];
    expectOneLine(run(folder, args), /layer \d.* is not finite.*lower weightVariance, or take fewer layers/);
    expect(existsSync(join(folder, 'diverging'))).toBe(false);
  });

  it.each(['nngp', 'sampled', 'map', 'perturbative'])(
    'of x^3 in 6 layers name the layer and the remedy, by %s',
    (theory) => {
      const args = [
        'solve',
        'xor',
        '--set',
        'network.activation=x^3',
        '--set',
        'network.hiddenLayers=6',
        '--theory',
        theory,
      ];
      expectOneLine(
        run(folder, [...args, '--out', 'diverging']),
        /network: the kernel of layer \d reaches \S+, whose .* is not finite; lower weightVariance, or take fewer layers or an activation/,
      );
    },
  );

  it.each([
    [
      'exp(x)',
      /network: layer 1: activation exp\(x\): at a variance of .*; φ grows too fast: lower weightVariance, or take fewer/,
    ],
    ['tanh', /network: layer 1: activation tanh: quadrature at a variance of \S+ reached/],
  ])('of variances too large for %s name the layer', (activation, said) => {
    const network = ['--set', `network.activation=${activation}`, '--set', 'network.weightVariance=1e30'];
    expectOneLine(
      run(folder, ['solve', 'xor', ...network, '--theory', 'sampled', '--out', 'diverging']),
      said,
    );
  });

  it('of counts: only whole numbers within the bounds are taken', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer(), fc.double(), fc.string()), (given) => {
        const text = String(given);
        const value = Number(text);
        const right = text.trim() !== '' && Number.isInteger(value) && value >= 2 && value <= 50;
        if (right) expect(wholeNumber(2, 50)(text)).toBe(value);
        else expect(() => wholeNumber(2, 50)(text)).toThrow('Give a whole number from 2 to 50.');
      }),
    );
  });
});

describe('formulas', () => {
  it.each([
    [`${'('.repeat(100000)}x${')'.repeat(100000)}`, /has 200001 characters; at most 1000/],
    [`${'('.repeat(400)}x${')'.repeat(400)}`, /nests more than 100 brackets/],
    [`x${'+x'.repeat(50000)}`, /has 100001 characters/],
    [`${'abs('.repeat(120)}x${')'.repeat(120)}`, /nests more than 100 brackets/],
  ])('that exhaust the stack are refused before they are parsed', (formula, said) => {
    expect(() => activationByName(formula)).toThrow(said);
    expect(() => activationByName(formula)).toThrow(InputError);
  });

  it.each(['-'.repeat(998), '+'.repeat(998), 'x^'.repeat(499), 'x+'.repeat(499), '!'.repeat(998)])(
    'of the greatest length are read or refused, whatever they repeat',
    (start) => {
      try {
        activationByName(`${start}x`);
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    },
  );
});

describe('Slurm', () => {
  const named = (key?: string) => `p.json: ${key}`;
  const right = {
    partition: 'cpu,long.2',
    account: 'deep-learning',
    qos: 'high_1',
    time: '1-12:30',
    memory: '4G',
    cpus: 4,
  };

  it.each(['partition', 'account', 'qos', 'time', 'memory'])('takes nothing in %s but what it is', (key) => {
    const strange = [
      'a\nrm -rf ~',
      'a\rb',
      'a\0b',
      '\x1b[2J',
      '',
      'a\u2028b',
      'a b; rm -rf x',
      '$(x)',
      'a#b',
      '-x',
      5,
      null,
    ];
    for (const bad of strange)
      expect(() => parseProfile({ ...right, [key]: bad }, named), String(bad)).toThrow(
        /^p\.json: \w+: .*; must be (a|the) (name|time limit|size)[ :][^\n\u2028]*$/,
      );
    expect(parseProfile(right, named)).toEqual(right);
  });

  it('takes its own ways of writing times and sizes', () => {
    for (const time of ['30', '30:00', '02:00:00', '1-0', '1-12:30', '1-12:30:05', 'UNLIMITED', 'infinite'])
      expect(parseProfile({ time }, named)).toEqual({ time });
    for (const time of ['x y', '1:2:3:4', '2h', '1-', '-5', '1.5'])
      expect(() => parseProfile({ time }, named)).toThrow(/"; must be a/);
    for (const memory of ['500', '4G', '500m', '1T', '0'])
      expect(parseProfile({ memory }, named)).toEqual({ memory });
    for (const memory of ['4X', '4.5G', 'G', '4 G', '4GBs'])
      expect(() => parseProfile({ memory }, named)).toThrow(/"; must be a size/);
  });

  it('takes no line breaks in directives, of any kind, and names what is wrong in a profile', () => {
    for (const end of ['\n', '\r', '\u0085', '\u2028', '\u2029', '\v', '\f', '\0'])
      expect(() => parseProfile({ directives: ['--exclusive', `--exclusive${end}touch x`] }, named)).toThrow(
        /^p\.json: directives\[1\]: .*; must be an option of sbatch such as --constraint=avx512, without control characters/,
      );
    expect(() => parseProfile({ directives: ['-N 3'] }, named)).toThrow(/must be an option of sbatch/);
    expect(() => parseProfile({ directives: '--exclusive' }, named)).toThrow(
      /directives: "--exclusive"; must be a list of/,
    );
    expect(() => parseProfile({ cpus: 0 }, named)).toThrow(/cpus: 0; must be a whole number from 1 to 1024/);
  });

  it('gets none of that from the command line either, which names the option', () => {
    writeFileSync(
      join(folder, 'grid.json'),
      JSON.stringify({ data: { dataset: 'xor', samples: 4 }, theories: ['nngp'] }),
    );
    const sweep = ['sweep', 'grid.json', '--executor', 'slurm', '--dry-run'];
    for (const [option, bad, said] of [
      ['--partition', 'a b; rm -rf x', /--partition: "a b; rm -rf x"; must be the name of a partition/],
      ['--account', 'a\ntouch x', /--account: "a\\ntouch x"; must be the name of an account/],
      ['--time', 'x y', /--time: "x y"; must be a time limit: minutes such as 30, or 02:00:00/],
      ['--memory', '4X', /--memory: "4X"; must be a size such as 4G/],
      ['--directive', '--exclusive\ntouch x', /--directive\[0\]: .*without control characters/],
    ] as const)
      expectOneLine(run(folder, [...sweep, option, bad]), said);
  });
});

describe.runIf(process.platform === 'linux')('a machine that gives nothing', () => {
  const shell = (script: string) => spawnSync('bash', ['-c', script], { encoding: 'utf8' });

  it('of memory: one line', () => {
    const out = join(folder, 'small');
    const command = `"${process.execPath}" "${bin}" solve xor --theory nngp --out "${out}"`;
    for (const kilobytes of [2_400_000, 6_000_000, 20_000_000])
      expectOneLine(
        shell(`ulimit -v ${kilobytes}; ${command}`),
        /out of memory: ulimit -v allows [\d.]+ GB of address space, of which .* WebAssembly reserve .*; lift it, and bound memory by a control group/,
      );
    // With less the engine dies as soon as it starts a thread; with less than a million it may not even
    // start.
    for (const kilobytes of [1_000_000, 1_300_000, 1_600_000, 2_000_000])
      expectOneLine(
        shell(`ulimit -v ${kilobytes}; ${command}`),
        /ulimit -v leaves \d\.\d GB of address space, too little/,
      );
  });

  it('of a folder: one line', () => {
    const gone = mkdtempSync(join(tmpdir(), 'finite-width-gone-'));
    expectOneLine(
      shell(`cd "${gone}" && rmdir "${gone}" && "${process.execPath}" "${bin}" solve xor`),
      /working directory/,
    );
  });
});
