import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { readNpz } from '#src/formats/npz.js';
import { centredAlignment, uncentredAlignment } from '#src/measures/alignment.js';
import { fromRows, type Matrix, relativeDistance } from '#src/numerics/matrix.js';
import { resultJson, resultNpz } from '#src/report/written.js';
import { root } from '../support.js';
import { CommandWorker } from '../torture/worker.js';
import { temporaryFolder } from './run.js';

const folder = temporaryFolder();
const worker = new CommandWorker(60);
afterAll(() => worker.stop());

const problem = {
  data: { dataset: 'teacher', samples: 4, testSamples: 2, dimension: 3 },
  network: { hiddenLayers: 2, width: 20, weightVariance: 1.2, biasVariance: 0.1 },
};
writeFileSync(join(folder, 'p.json'), JSON.stringify(problem));
beforeEach(() => rmSync(join(folder, 'out'), { recursive: true, force: true }));

/** Lists of paths to the nulls of a result, entries of lists by the name of the list. */
function nullsOf(value: unknown, path = ''): string[] {
  if (value === null) return [path];
  if (Array.isArray(value)) return value.flatMap((entry) => nullsOf(entry, path));
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, entry]) => nullsOf(entry, path ? `${path}.${key}` : key));
}

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'solve rescaling': ['solve', 'p.json', '--theory', 'rescaling', '--out', 'out'],
  sample: [
    'sample',
    'p.json',
    '--draws',
    '32',
    '--chains',
    '2',
    '--warm-up',
    '8',
    '--networks',
    '--out',
    'out',
  ],
  prior: ['prior', 'p.json', '--draws', '32', '--out', 'out'],
  response: ['response', 'p.json', '--out', 'out'],
};
/**
 * What may be missing in these results: alignment of kernels that are the same everywhere, the evidence of
 * sampled networks, phases of variances that grow.
 */
const MISSING = /^(cka|ckaStandardError|ckaNngp|residual|phase\.\w+)$/;

/**
 * Of a run that ended: what it wrote are numbers, or nulls where documented; of one that was refused:
 * nothing, and one line.
 */
function expectNumbers(
  name: string,
  { status, stdout, stderr }: { status?: number; stdout: string; stderr: string },
): void {
  expect(stderr).not.toMatch(/internal error|\n\s+at /);
  for (const line of stderr.trimEnd().split('\n')) expect(line.length).toBeLessThanOrEqual(300);
  expect([0, 1, 2]).toContain(status);
  if (status === 2) {
    expect(existsSync(join(folder, 'out'))).toBe(false);
    return;
  }
  expect(stdout).not.toMatch(/NaN|Infinity/);
  for (const file of readdirSync(join(folder, 'out'))) {
    const bytes = readFileSync(join(folder, 'out', file));
    if (file.endsWith('.json')) {
      const nulls = nullsOf(JSON.parse(String(bytes))).filter((path) => !MISSING.test(path));
      expect(nulls.filter((path) => !(name === 'sample' && path === 'logEvidence'))).toEqual([]);
    } else if (file.endsWith('.npz')) {
      for (const [array, { values }] of readNpz(bytes, file))
        if (!/^cka_/.test(array)) expect(values.every(Number.isFinite), `${file}: ${array}`).toBe(true);
    }
  }
}

describe('values at the limits of double precision', () => {
  const values = ['1e308', '1e50', '1e-50', '5e-324', '0'];
  const keys = ['network.weightVariance', 'network.biasVariance', 'noiseVariance', 'network.featureScale'];
  it.each(Object.entries(COMMANDS))('give numbers or one line: %s', async (name, args) => {
    const usual = await worker.run(folder, args);
    expect(usual.status, usual.stderr).toBeLessThan(2);
    for (const key of keys) {
      for (const value of values) {
        rmSync(join(folder, 'out'), { recursive: true, force: true });
        expectNumbers(name, await worker.run(folder, [...args, '--set', `${key}=${value}`]));
      }
    }
  });

  it('of functions without closed forms end in one line, not in a quadrature without end', async () => {
    for (const value of ['1e8', '1e50']) {
      const given = [
        '--set',
        'network.activation=tanh',
        '--set',
        `network.biasVariance=${value}`,
        '--out',
        'out',
      ];
      const { status, stderr, seconds } = await worker.run(folder, ['prior', 'p.json', ...given]);
      expect(stderr).toMatch(
        /^finite-width: activation tanh: .*(by quadrature; scale X to about 1|relative accuracy).*\n$/,
      );
      expect(stderr).not.toMatch(/memory/);
      expect(status).toBe(2);
      expect(seconds).toBeLessThan(20);
    }
  });

  it('of networks whose kernels vanish or explode are refused by the layer', async () => {
    const network = (weights: string, activation: string) => [
      ...['--set', 'network.biasVariance=0', '--set', `network.activation=${activation}`],
      ...['--set', `network.weightVariance=${weights}`, '--set', 'network.hiddenLayers=4', '--out', 'out'],
    ];
    for (const [command, ...rest] of [['prior'], ['solve', '--theory', 'nngp'], ['response'], ['sample']]) {
      const ended = async (weights: string) =>
        worker.run(folder, [command, 'p.json', ...rest, ...network(weights, 'linear')]);
      const [small, large] = [await ended('1e-50'), await ended('1e50')];
      expect(small.stderr).toMatch(/kernel of layer 1 reaches \S+e-10\d, .*raise weightVariance/);
      expect(large.stderr).toMatch(/kernel of layer 1 reaches \S+e1\d+, .*lower weightVariance/);
      expect([small.status, large.status]).toEqual([2, 2]);
    }
  });
});

describe('what is written', () => {
  it('has null only where a number may be missing, and names any other', () => {
    const result = {
      cka: [0.5, Number.NaN],
      ranking: [{ logEvidence: Number.NaN }],
      xiC: Number.POSITIVE_INFINITY,
      deep: [[1]],
    };
    expect(JSON.parse(resultJson(result))).toEqual({
      cka: [0.5, null],
      ranking: [{ logEvidence: null }],
      xiC: null,
      deep: [[1]],
    });
    expect(() => resultJson({ theories: [{}, { logEvidence: Number.NaN }] })).toThrow(
      /^theories\.logEvidence is no number \(NaN\), so nothing is written; /,
    );
    expect(() => resultJson({ test: { loss: Number.NEGATIVE_INFINITY } })).toThrow(
      /^test\.loss is beyond double precision/,
    );
  });

  it('has arrays of numbers, but for those whose gaps have a meaning', () => {
    const gap: Matrix = { rows: 2, columns: 2, data: Float64Array.of(1, 2, 3, Number.NaN) };
    expect(() => resultNpz({ kernel_1: gap })).toThrow(/^kernel_1\[1, 1\] is no number \(NaN\)/);
    expect([...readNpz(resultNpz({ cka_1: gap }, /^cka_/), 'a').keys()]).toEqual(['cka_1']);
  });

  it('goes through the one guard, whatever writes it', () => {
    const sources = [
      ...readdirSync(join(root, 'src/cli/commands')).map((name) => `cli/commands/${name}`),
      'sweep/taskWorker.ts',
    ];
    for (const path of sources) {
      const text = readFileSync(join(root, 'src', path), 'utf8');
      expect(text, path).not.toMatch(/writeNpz/);
      if (/RunFolder\.open|writeResult/.test(text)) expect(text, path).toMatch(/resultJson\(/);
    }
  });
});

describe('measures without a scale', () => {
  const kernel = fromRows([[2, 1, 0.5], [1, 3, -0.5], [0.5, -0.5, 1]]); // biome-ignore format: a matrix
  const y = fromRows([[1], [-1], [0.5]]);
  const times = ({ rows, columns, data }: Matrix, scale: number): Matrix => ({
    rows,
    columns,
    data: data.map((v) => v * scale),
  });

  it.each([1e-300, 1e-200, 1e200, 1e300])('are the same of kernels times %f', (scale) => {
    const large = times(kernel, scale);
    expect(centredAlignment(large, y)).toBeCloseTo(centredAlignment(kernel, y), 12);
    expect(uncentredAlignment(large, times(y, scale))).toBeCloseTo(uncentredAlignment(kernel, y), 12);
    expect(relativeDistance(times(large, 1.25), large)).toBeCloseTo(0.25, 12);
  });

  it('are the same bits of kernels times a power of two', () => {
    const [large, reference] = [times(kernel, 2 ** 900), centredAlignment(kernel, y)];
    expect(centredAlignment(large, y)).toBe(reference);
    expect(relativeDistance(large, times(large, 1.25))).toBe(relativeDistance(kernel, times(kernel, 1.25)));
  });

  it('are undefined of kernels that are the same everywhere within rounding', () => {
    // biome-ignore format: a matrix
    const constant = fromRows([[0.1, 0.1, 0.1 + 1e-17], [0.1, 0.1, 0.1], [0.1 + 1e-17, 0.1, 0.1]]);
    expect(centredAlignment(constant, y)).toBeNaN();
    expect(uncentredAlignment(constant, y)).toBeGreaterThan(0);
  });
});
