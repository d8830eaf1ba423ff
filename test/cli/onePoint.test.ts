import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { theories } from '#src/theories/registry.js';
import { run, temporaryFolder } from './run.js';

const folder = temporaryFolder();
writeFileSync(join(folder, 'd.csv'), 'a,b,y\n1,2,0.5\n');
const network = { hiddenLayers: 2, width: 50, activation: 'linear', weightVariance: 1 };
writeFileSync(
  join(folder, 'p.json'),
  JSON.stringify({ data: { csv: 'd.csv', target: 'y' }, network, noiseVariance: 0.3 }),
);
writeFileSync(
  join(folder, 'g.json'),
  JSON.stringify({
    data: { csv: 'd.csv', target: 'y' },
    network: { hiddenLayers: [1, 2], width: 50 },
    theories: ['nngp', 'perturbative'],
  }),
);
const json = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));

/** One data point is a problem like any other; only what compares points is undefined. */
it.each(theories.map(({ name }) => name))(
  '%s solves a problem of one point, alignment undefined',
  (theory) => {
    const draws = theory === 'sampled' ? ['--draws', '256'] : [];
    const args = ['solve', 'p.json', '--theory', theory, '--out', theory, ...draws];
    const { status, stdout, stderr } = run(folder, args);
    expect(stderr).toMatch(/warning: X: one data point; alignment/);
    expect(status).toBe(0);
    expect(stdout).not.toMatch(/NaN|Infinity/);
    const result = json(`${theory}/result.json`);
    expect(result.cka).toEqual([null, null, null]);
    expect(result.change[2]).toBeGreaterThanOrEqual(0);
    // K = (1 + 4)/2 at infinite width with unit variances: f = Ky/(K + κ).
    if (theory === 'nngp')
      expect(result.logEvidence).toBeCloseTo(-0.5 * (0.25 / 2.8 + Math.log(2 * Math.PI * 2.8)), 12);
  },
);

it.each([
  ['compare', 'p.json', '--theories', 'nngp,perturbative,sampled', '--draws', '256', '--out', 'compare'],
  ['sample', 'p.json', '--draws', '400', '--out', 'sample'],
  ['prior', 'p.json', '--draws', '64', '--out', 'prior'],
  ['response', 'p.json', '--out', 'response'],
  ['landscape', 'p.json', '--weight-variance', '0.5..1:3', '--bias-variance', '0', '--out', 'landscape'],
  ['advise', 'p.json'],
  [
    'evidence',
    'p.json',
    '--vary',
    'network.hiddenLayers=1,2',
    '--theory',
    'perturbative',
    '--out',
    'evidence',
  ],
  ['sweep', 'g.json', '--out', 'sweep'],
  ['table', 'sweep'],
])('%s takes a problem of one point', (...args) => {
  const { status, stdout, stderr } = run(folder, args);
  expect(stderr).not.toMatch(/finite-width:/);
  expect(status).toBe(0);
  expect(stdout).not.toMatch(/NaN|Infinity/);
});
