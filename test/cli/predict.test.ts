import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeNpy } from '#src/formats/npy.js';
import { readNpz, writeNpz } from '#src/formats/npz.js';
import { fromRows, type Matrix } from '#src/numerics/matrix.js';
import { randomMatrix } from '../support.js';
import { CommandWorker } from '../torture/worker.js';
import { temporaryFolder } from './run.js';

const folder = temporaryFolder();
const worker = new CommandWorker(60);
afterAll(() => worker.stop());
const run = (...args: string[]) => worker.run(folder, args);
const file = (name: string, content: string | Uint8Array) => writeFileSync(join(folder, name), content);
const array = (path: string, name: string) =>
  readNpz(readFileSync(join(folder, path)), path)
    .get(name)
    ?.matrix(name) as Matrix;

const x = randomMatrix(12, 3, 1);
const label = (i: number) => ['no', 'yes', 'maybe'][i % 3];
const csv = (rows: readonly number[], columns: readonly string[], target: (i: number) => string) =>
  [columns.join(',')]
    .concat(
      rows.map((i) =>
        columns.map((name) => (name === 'y' ? target(i) : x.data[i * 3 + 'abc'.indexOf(name)])).join(','),
      ),
    )
    .join('\n');
const training = [0, 1, 2, 3, 4, 5, 6, 7];
const others = [8, 9, 10, 11];
const value = (i: number) => String(100 + 7 * x.data[i * 3] - 3 * x.data[i * 3 + 1] ** 2);

/** Solves with test points in a file, and keeps the posterior. */
async function solved(name: string, data: object, theory: string, ...args: string[]): Promise<void> {
  file(`${name}.json`, JSON.stringify({ data, network: { hiddenLayers: 1, width: 30, biasVariance: 0.1 } }));
  const { status, stderr, thrown } = await run(
    'solve',
    `${name}.json`,
    '--theory',
    theory,
    '--out',
    name,
    '--save',
    `${name}.npz`,
    ...args,
  );
  expect(`${status} ${stderr} ${thrown}`).toMatch(/^0 /);
}

beforeAll(async () => {
  file('classes.csv', csv(training, ['a', 'b', 'y', 'c'], label));
  file('classes-test.csv', csv(others, ['c', 'y', 'b', 'a'], label));
  file('values.csv', csv(training, ['a', 'b', 'c', 'y'], value));
  file('values-test.csv', csv(others, ['a', 'b', 'c', 'y'], value));
  file('unlabelled.csv', csv(others, ['b', 'c', 'a'], value));
  await solved(
    'classes',
    { csv: 'classes.csv', target: 'y', testCsv: 'classes-test.csv' },
    'multiscale',
    '--samples',
    '512',
  );
  await solved(
    'values',
    { csv: 'values.csv', target: 'y', testCsv: 'values-test.csv', standardize: true, inputMetric: -0.5 },
    'perturbative',
  );
});

describe('solve --save and predict', () => {
  it('give the predictions that solve gave at its test points: classes, by the names of columns', async () => {
    const { status, stdout, stderr } = await run(
      'predict',
      'classes.npz',
      'classes-test.csv',
      '--out',
      'p1',
      '--kernels',
    );
    expect(`${status} ${stderr}`).toBe('0 ');
    expect(stdout).toMatch(/squared error of the mean .*, right /);
    for (const name of ['mean', 'variance', 'class']) {
      const [here, there] = [array('p1/predictions.npz', name), array('classes/predictions.npz', name)];
      expect([here.rows, here.columns]).toEqual([there.rows, there.columns]);
      here.data.forEach((entry, i) => {
        expect(entry).toBeCloseTo(there.data[i], 9);
      });
    }
    for (const l of [0, 1]) {
      const [here, there] = [
        array('p1/kernels.npz', `kernel_${l}_test`),
        array('classes/kernels.npz', `kernel_${l}_test`),
      ];
      here.data.forEach((entry, i) => {
        expect(entry).toBeCloseTo(there.data[i], 9);
      });
    }
    const [head, first] = readFileSync(join(folder, 'p1/predictions.csv'), 'utf8').split('\n');
    expect(head).toBe('output_1,output_2,output_3,standard_deviation,class');
    expect(['no', 'yes', 'maybe']).toContain(first.split(',')[4]);
    const { test } = JSON.parse(readFileSync(join(folder, 'p1/result.json'), 'utf8'));
    const before = JSON.parse(readFileSync(join(folder, 'classes/result.json'), 'utf8')).test;
    expect(test.accuracy).toBe(before.accuracy);
    expect(test.meanSquaredError).toBeCloseTo(before.meanSquaredError, 9);
  });

  it('in the units of the targets, with inputs prepared as those of training were, and without targets', async () => {
    expect((await run('predict', 'values.npz', 'unlabelled.csv', '--out', 'p2')).status).toBe(0);
    const [here, there] = [array('p2/predictions.npz', 'mean'), array('values/predictions.npz', 'mean')];
    here.data.forEach((entry, i) => {
      expect(entry).toBeCloseTo(there.data[i], 8);
    });
    expect(Math.abs(here.data[0] - 100)).toBeLessThan(60);
    const result = JSON.parse(readFileSync(join(folder, 'p2/result.json'), 'utf8'));
    expect(result.test).toBeUndefined();
    const scored = JSON.parse(
      (await run('predict', 'values.npz', 'values-test.csv', '--json', '--out', 'p3')).stdout,
    );
    const before = JSON.parse(readFileSync(join(folder, 'values/result.json'), 'utf8')).test;
    expect(scored.test.meanSquaredError).toBeCloseTo(before.meanSquaredError, 6);
  });

  it('take npz and npy, too, and keep the file with the results where it is to lie there', async () => {
    file('t.npz', writeNpz({ X: randomMatrix(6, 2, 1), Y: randomMatrix(6, 1, 2) }));
    const points = randomMatrix(3, 2, 3);
    file('new.npz', writeNpz({ X: points, Y: randomMatrix(3, 1, 4) }));
    file('new.npy', writeNpy(points.data, [3, 2]));
    file('n.json', JSON.stringify({ data: { npz: 't.npz' }, network: { hiddenLayers: 1, width: 20 } }));
    for (const again of [1, 2])
      expect([
        again,
        (await run('solve', 'n.json', '--theory', 'nngp', '--out', 'n', '--save', 'n/kept.npz')).status,
      ]).toEqual([again, 0]);
    expect(readdirSync(join(folder, 'n')).sort()).toEqual(
      ['kept.npz', 'kernels.npz', 'predictions.npz', 'result.json'].sort(),
    );
    for (const [name, out] of [['new.npz', 'q1'], ['new.npy', 'q2']]) // biome-ignore format: pairs
      expect((await run('predict', 'n/kept.npz', name, '--out', out)).status).toBe(0);
    expect(array('q1/predictions.npz', 'mean')).toEqual(array('q2/predictions.npz', 'mean'));
  });
});

describe('what cannot be', () => {
  it('images of another shape, also where they have as many numbers', async () => {
    const zip = (X: Uint8Array, tests: Uint8Array) =>
      zipSync({ 'X.npy': X, 'Y.npy': writeNpy(randomMatrix(4, 1, 2).data, [4]), 'X_test.npy': tests });
    const images = (shape: number[]) =>
      writeNpy(randomMatrix(shape[0], shape[1] * shape[2] * shape[3], 1).data, shape);
    const network = { layers: [{ convolution: { patch: [2, 2], width: 9 }, activation: 'erf' }] };
    const problem = (npz: string) => JSON.stringify({ data: { npz }, network });
    file('images.npz', zip(images([4, 3, 4, 1]), images([2, 3, 4, 1])));
    file('turned.npz', zip(images([4, 3, 4, 1]), images([2, 1, 3, 4])));
    file('images.json', problem('images.npz'));
    file('turned.json', problem('turned.npz'));
    file('turned.npy', images([2, 4, 3, 1]));
    await refused(
      /turned.npz: X_test: images of 1×3×4 where those of training are 3×4×1 \(channels last\)/,
      'solve',
      'turned.json',
      '--theory',
      'nngp',
    );
    const kept = await run('solve', 'images.json', '--theory', 'nngp', '--save', 'kept-images.npz');
    expect(kept.status).toBe(0);
    await refused(
      /turned.npy: images of 4×3×1 where those of training are 3×4×1/,
      'predict',
      'kept-images.npz',
      'turned.npy',
    );
  });

  const refused = async (said: RegExp, ...args: string[]) => {
    const before = readdirSync(folder).sort();
    const { status, stderr, stdout } = await run(...args);
    expect(stderr).toMatch(said);
    expect([status, stdout, stderr.trim().split('\n').length]).toEqual([2, '', 1]);
    expect(stderr.length).toBeLessThan(300);
    expect(readdirSync(folder).sort()).toEqual(before);
  };

  it('is told before anything is solved: places where no file can be written, or another lies', async () => {
    file('thesis.tex', 'precious');
    mkdirSync(join(folder, 'inner'));
    const solve = (path: string) => [
      'solve',
      'values.json',
      '--theory',
      'nngp',
      '--out',
      'never',
      '--save',
      path,
    ];
    await refused(/--save thesis\.tex: exists and is no posterior/, ...solve('thesis.tex'));
    await refused(/--save inner: a folder is in the way/, ...solve('inner'));
    await refused(/--save none\/p\.npz: not writable/, ...solve('none/p.npz'));
    await refused(/--save never\/kernels\.npz: is the name of a result/, ...solve('never/kernels.npz'));
    expect(readFileSync(join(folder, 'thesis.tex'), 'utf8')).toBe('precious');
  });

  it('is told of files that are missing, damaged or something else', async () => {
    const bytes = readFileSync(join(folder, 'classes.npz'));
    file('cut.npz', bytes.subarray(0, bytes.length >> 1));
    const flipped = Buffer.from(bytes);
    flipped[bytes.length >> 1] ^= 1;
    file('flipped.npz', flipped);
    file('columns.csv', 'a,b\n1,2\n');
    file('words.csv', 'a,b,c,y\n1,2,3,never\n');
    file('text.csv', 'a,b,c\n1,two,3\n');
    file('wide.npz', writeNpz({ X: fromRows([[1, 2, 3, 4]]) }));
    await refused(/none\.npz: no such file/, 'predict', 'none.npz', 'classes-test.csv', '--out', 'never');
    await refused(/cut\.npz: truncated/, 'predict', 'cut.npz', 'classes-test.csv', '--out', 'never');
    await refused(
      /flipped\.npz: .*(damaged|truncated)/,
      'predict',
      'flipped.npz',
      'classes-test.csv',
      '--out',
      'never',
    );
    await refused(
      /kernels\.npz: is no posterior/,
      'predict',
      'classes/kernels.npz',
      'classes-test.csv',
      '--out',
      'never',
    );
    await refused(
      /columns\.csv: column "c" is missing; there are a, b/,
      'predict',
      'classes.npz',
      'columns.csv',
      '--out',
      'never',
    );
    await refused(
      /words\.csv: Y\[0\]: "never" is none of the classes maybe, no, yes/,
      'predict',
      'classes.npz',
      'words.csv',
      '--out',
      'never',
    );
    await refused(
      /text\.csv line 2, column "b": "two" is not a finite number/,
      'predict',
      'values.npz',
      'text.csv',
      '--out',
      'never',
    );
    await refused(
      /wide\.npz: X: 4 columns where X has 3/,
      'predict',
      'values.npz',
      'wide.npz',
      '--out',
      'never',
    );
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });
});
