import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const data = { dataset: 'xor', samples: 20, testSamples: 8, dimension: 20 };
const network = { hiddenLayers: 2, width: 20, activation: 'erf' };
writeFileSync(join(folder, 'p.json'), JSON.stringify({ data, network }));
writeFileSync(
  join(folder, 'odd.json'),
  JSON.stringify({
    data: { dataset: 'teacher', samples: 64, testSamples: 8, dimension: 10, teacherActivation: 'tanh' },
    network: { ...network, activation: 'cos' },
  }),
);
const sweep = {
  data: { ...data, seed: [0, 1] },
  network: { ...network, biasVariance: { values: [0, 0.1, 0.2] } },
  theories: ['nngp'],
};
writeFileSync(join(folder, 'g.json'), JSON.stringify(sweep));

const json = (path: string) => JSON.parse(readFileSync(join(folder, path), 'utf8'));
const ODD =
  /^warning: Y: targets are even .*networks of erf without hidden biases( \(\d+ of the \d+ settings here\))? are odd.*\n$/;
const compare = ['compare', 'p.json', '--theories', 'nngp', '--out', 'c'];

describe('networks that have another parity than the targets', () => {
  it('are warned of once, in the result and in the report', () => {
    const { status, stderr } = run(folder, compare);
    expect(status).toBe(0);
    expect(stderr).toMatch(ODD);
    expect(stderr.length).toBeLessThanOrEqual(300);
    const { warnings } = json('c/compare.json');
    expect(stderr).toBe(`warning: ${warnings[0]}\n`);
    expect(readFileSync(join(folder, 'c/report.html'), 'utf8')).toContain(
      `<p class="warning">${warnings[0]}</p>`,
    );
    run(folder, ['solve', 'p.json', '--theory', 'nngp', '--out', 's']);
    expect(json('s/result.json').warnings).toEqual(warnings);
  });

  it('are even ones, for odd targets', () => {
    const { stderr } = run(folder, ['solve', 'odd.json', '--theory', 'nngp', '--out', 'e']);
    expect(stderr).toMatch(
      /^warning: Y: targets are odd .* networks of cos without a bias in the first layer are even/,
    );
  });

  it.each([
    ['a bias', ['--set', 'network.biasVariance=0.1']],
    ['an activation without parity', ['--set', 'network.activation=relu']],
    ['an even activation', ['--set', 'network.activation=cos']],
  ])('are none with %s', (_, flags) => {
    expect(run(folder, [...compare, ...flags]).stderr).toBe('');
    expect(json('c/compare.json').warnings).toEqual([]);
  });

  it('are counted among settings that are varied', () => {
    const vary = ['--vary', 'network.biasVariance=0..0.2:3'];
    expect(run(folder, [...compare, ...vary]).stderr).toMatch(/\(1 of the 3 settings here\)/);
    const ranked = run(folder, ['evidence', 'p.json', '--theory', 'nngp', ...vary, '--out', 'r']);
    expect(ranked.stderr).toMatch(/\(1 of the 3 settings here\)/);
    const axes = ['--weight-variance', '1..2:3', '--bias-variance', '0..0.2:3', '--theories', 'nngp'];
    const map = run(folder, [
      'landscape',
      'p.json',
      '--set',
      'network.biasVariance=0.1',
      ...axes,
      '--out',
      'l',
    ]);
    expect(map.stderr).toMatch(/\(3 of the 9 settings here\)/);
    expect(json('l/result.json').warnings).toHaveLength(1);
  });

  it('are warned of once by advise', { timeout: 120_000 }, () => {
    const advised = run(folder, ['advise', 'p.json', '--theory', 'nngp', '--json']);
    expect(advised.stderr).toMatch(ODD);
    expect(JSON.parse(advised.stdout).warnings).toHaveLength(1);
  });

  it('are warned of once by sweep', () => {
    const { stderr } = run(folder, ['sweep', 'g.json', '--dry-run']);
    expect(stderr).toMatch(ODD);
    expect(stderr).toMatch(/\(1 of the 3 settings here\)/);
  });
});
