import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readNpz } from '#src/formats/npz.js';
import { run, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);
const arrays = (path: string) => readNpz(readFileSync(at(path)), path);
const result = (path: string) => JSON.parse(readFileSync(at(path), 'utf8'));

/** Three clouds of points, named; and heights far from zero. */
function write(): void {
  const names = ['setosa', 'versicolor', 'virginica'];
  const row = (i: number) => [Math.cos(2 * i) + Math.sin(37 * i) / 5, Math.sin(2 * i) + Math.cos(11 * i) / 5];
  const lines = Array.from({ length: 24 }, (_, i) => {
    const angle = (2 * Math.PI * (i % 3)) / 3;
    const [u, v] = [Math.cos(angle) + row(i)[0] / 4, Math.sin(angle) + row(i)[1] / 4];
    return { species: [u, v, names[i % 3]], height: [u, v, 170 + 10 * u] };
  });
  for (const kind of ['species', 'height'] as const) {
    const text = (part: typeof lines) => ['u,v,y', ...part.map((line) => line[kind].join(','))].join('\n');
    writeFileSync(at(`${kind}.csv`), text(lines.slice(0, 18)));
    writeFileSync(at(`${kind}-test.csv`), text(lines.slice(18)));
  }
  const problem = (kind: string, more = {}) =>
    JSON.stringify({
      data: { csv: `${kind}.csv`, testCsv: `${kind}-test.csv`, target: 'y', ...more },
      network: { hiddenLayers: 1, width: 50, biasVariance: 0.1 },
      noiseVariance: 0.01,
    });
  writeFileSync(at('species.json'), problem('species'));
  writeFileSync(at('height.json'), problem('height'));
  writeFileSync(at('scaled.json'), problem('height', { standardize: true }));
}
write();

it('names of classes give accuracies in tables, results and reports, and classes in predictions', () => {
  const { status, stdout, stderr } = run(folder, [
    'compare',
    'species.json',
    '--theories',
    'nngp,linearResponse',
    '--out',
    'c',
  ]);
  expect([status, stderr.includes('Y:')]).toEqual([0, false]);
  expect(stdout).toMatch(
    /3 classes, one-hot and centred \(2\/3 for the class, −1\/3 for others\): setosa, versicolor, virginica/,
  );
  expect(stdout).toMatch(/right in training +in test\n.*\n?nngp .*100 % +100 %|100\.0 %/);
  expect(readFileSync(at('c/report.html'), 'utf8')).toMatch(/setosa, versicolor, virginica/);
  expect(run(folder, ['solve', 'species.json', '--theory', 'nngp', '--out', 's']).status).toBe(0);
  const { data, train, test } = result('s/result.json');
  expect(data.classes).toEqual(['setosa', 'versicolor', 'virginica']);
  expect([train.accuracy, test.accuracy]).toEqual([1, 1]);
  const predictions = arrays('s/predictions.npz');
  expect([...(predictions.get('class')?.values ?? [])]).toEqual([0, 1, 2, 0, 1, 2]);
  expect(predictions.get('train_class')?.shape).toEqual([18, 1]);
});

it('targets far from zero warn; standardised, they are predicted in their own units', () => {
  const raw = run(folder, ['solve', 'height.json', '--theory', 'nngp', '--out', 'raw']);
  expect(raw.stderr).toMatch(
    /Y: the mean 170 is far from zero for a standard deviation of [\d.]+, .*"standardize"/,
  );
  const scaled = run(folder, ['solve', 'scaled.json', '--theory', 'nngp', '--out', 'scaled']);
  expect([scaled.status, scaled.stderr.includes('far from zero')]).toEqual([0, false]);
  const { data, test, train } = result('scaled/result.json');
  expect(data.targetScale.mean[0]).toBeCloseTo(170, 0);
  expect(data.description).toMatch(
    /inputs standardised column by column; targets standardised: \(y − 1[67]\d\.?\d*\)\/[\d.]+$/,
  );
  // biome-ignore format: chain
  const truth = readFileSync(at('height-test.csv'), 'utf8').split('\n').slice(1).map((line) => Number(line.split(',')[2]));
  const mean = arrays('scaled/predictions.npz').get('mean')?.values ?? [];
  const errors = truth.map((value, i) => (mean[i] - value) ** 2);
  expect(test.meanSquaredError).toBeCloseTo(
    errors.reduce((sum, value) => sum + value / errors.length, 0),
    9,
  );
  expect(Math.sqrt(test.meanSquaredError)).toBeLessThan(2);
  expect(Math.sqrt(train.meanSquaredError)).toBeLessThan(2);
  const variance = arrays('scaled/predictions.npz').get('variance')?.values ?? new Float64Array();
  expect(variance.reduce((sum, value) => sum + value / variance.length, 0)).toBeCloseTo(test.variance, 9);
});
