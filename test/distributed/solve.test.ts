import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readNpz } from '#src/formats/npz.js';
import { run, temporaryFolder } from '../cli/run.js';
import { largestDifference } from '../support.js';
import { possible, required, together } from './mpi.js';

const CLOSE = 1e-10;
const folder = temporaryFolder();

/** Three blocks of 64, the last one of them not full, at training and at test points. */
const sizes = { samples: 150, testSamples: 140 };
const PROBLEMS = {
  // Points so close that a series leaves 41 entries of the second layer to quadrature.
  'close.json': {
    data: { dataset: 'teacher', dimension: 2, samples: 70, testSamples: 20 },
    network: {
      layers: [
        { dense: 40, activation: 'relu' },
        { dense: 30, activation: 'mish' },
      ],
      biasVariance: 0.1,
      weightVariance: 5,
    },
    noiseVariance: 0.1,
  },
  'outputs.json': {
    data: { dataset: 'mnist', classes: [0, 3, 7], ...sizes },
    network: { hiddenLayers: 2, width: 50, activation: 'erf', weightVariance: 1.5, biasVariance: 0.1 },
    noiseVariance: 0.05,
  },
  'huge.json': {
    data: { dataset: 'xor', samples: 100 },
    network: { activation: 'relu', hiddenLayers: 2, weightVariance: 1e50 },
  },
};

beforeAll(() => {
  for (const [name, problem] of Object.entries(PROBLEMS))
    writeFileSync(join(folder, name), JSON.stringify(problem));
});

const result = (name: string) => JSON.parse(readFileSync(join(folder, name, 'result.json'), 'utf8'));
const arrays = (name: string, file: string) => readNpz(readFileSync(join(folder, name, file)), file);

/** Everything that one process says, several have to say. */
function expectSame(name: string, alone: string): void {
  const [several, one] = [result(name), result(alone)];
  for (const key of ['cka', 'ckaNngp', 'uncentredAlignment', 'change', 'logEvidence', 'train', 'test']) {
    expect(several[key], key).toBeDefined();
    expectClose(several[key], one[key], key);
  }
  for (const file of ['predictions.npz', 'kernels.npz']) {
    const [found, wanted] = [arrays(name, file), arrays(alone, file)];
    expect([...found.keys()].length).toBeGreaterThan(2);
    for (const [key, array] of found) {
      const difference = largestDifference(array.matrix(key), wanted.get(key)?.matrix(key) as never);
      expect(difference, `${file}: ${key}`).toBeLessThan(CLOSE);
    }
  }
}

function expectClose(found: unknown, wanted: unknown, path: string): void {
  if (typeof wanted === 'number') {
    expect(Math.abs((found as number) - wanted), path).toBeLessThan(CLOSE * Math.max(1, Math.abs(wanted)));
  } else {
    expect(Object.keys(found as object), path).toEqual(Object.keys(wanted as object));
    for (const [key, value] of Object.entries(wanted as object))
      expectClose((found as Record<string, unknown>)[key], value, `${path}.${key}`);
  }
}

const solve = (problem: string, ...more: string[]) => ['solve', problem, '--theory', 'nngp', ...more];
const lines = (text: string) => text.split('\n').filter((line) => line.startsWith('finite-width: '));

it.runIf(required)('this machine has MPI and ScaLAPACK', () => expect(possible).toBe(true));

describe.runIf(possible)('several processes', () => {
  it.each([
    [2, 'close.json'],
    [4, 'outputs.json'],
  ])('%i of them solve %s as one does', (count, problem) => {
    expect(run(folder, solve(problem, '--out', 'alone')).status).toBe(0);
    const out = `together-${count}`;
    const args = solve(problem, '--distributed', '--gather-kernels', '--out', out);
    const { status, stdout, stderr } = together(folder, [[count, ...args]]);
    expect(stderr).toContain(`nngp on ${count} processes: kernels`);
    expect(status).toBe(0);
    expect(stdout.match(/predictions\.npz/g)).toHaveLength(1);
    expect(result(out).processes).toBe(count);
    expectSame(out, 'alone');
  });

  it('end by one line where one of them cannot read its problem', () => {
    const more = ['--distributed', '--out', 'none'];
    const groups = [
      [2, ...solve('close.json', ...more)],
      [1, ...solve('missing.json', ...more)],
    ] as const;
    const { status, stdout, stderr } = together(folder, groups);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(lines(stderr)).toEqual([
      expect.stringMatching(/^finite-width: process 2 of 3: missing\.json: no such file/),
    ]);
  });

  it.each([
    [['huge.json'], /^finite-width: network: the kernel of layer \d .*lower weightVariance/],
    [
      ['close.json', '--theory', 'perturbative'],
      /theory perturbative is not solved by several processes yet/,
    ],
    [['close.json', '--nonsense'], /unknown option '--nonsense'/],
  ])('%s is refused in one line', ([problem, ...more], message) => {
    const { status, stderr } = together(folder, [[2, ...solve(problem, '--distributed', ...more)]]);
    expect(status).toBe(2);
    expect(lines(stderr)).toEqual([expect.stringMatching(message)]);
  });
});

describe('without MPI', () => {
  it.runIf(possible)('says so once where several processes were started', () => {
    const { status, stderr } = together(folder, [[2, ...solve('close.json', '--distributed')]], {
      FINITE_WIDTH_SCALAPACK: '/nowhere/libscalapack.so',
    });
    expect(status).toBe(2);
    expect(lines(stderr)).toEqual([expect.stringContaining('no MPI found')]);
  });

  it('says so in one line', () => {
    const { status, stderr } = run(folder, solve('close.json', '--distributed'), {
      FINITE_WIDTH_SCALAPACK: '/nowhere/libscalapack.so',
    });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^finite-width: --distributed: no MPI found .*apt-get install.*\n$/);
    expect(stderr.length).toBeLessThan(300);
  });

  it.each([
    [['--distributed', '--save', 'file.npz'], '--save: is not used with --distributed'],
    [['--gather-kernels'], '--gather-kernels: is not used without --distributed'],
  ])('refuses %s', (more, message) => {
    const { status, stderr } = run(folder, solve('close.json', ...more));
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
