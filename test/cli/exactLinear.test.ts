import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run, temporaryFolder } from './run.js';

const folder = temporaryFolder();
const problem = {
  data: {
    dataset: 'teacher',
    samples: 12,
    testSamples: 5,
    dimension: 6,
    teacherActivation: 'linear',
    seed: 1,
  },
  network: { hiddenLayers: 2, width: 10, activation: 'linear' },
};
writeFileSync(join(folder, 'linear.json'), JSON.stringify(problem));

it('solves linear networks, ranks their depth by evidence, and refuses others in one line', () => {
  expect(run(folder, ['solve', 'linear.json', '--theory', 'exactLinear', '--out', 'a']).status).toBe(0);
  const result = JSON.parse(readFileSync(join(folder, 'a/result.json'), 'utf8'));
  expect(result).toMatchObject({ theory: 'exactLinear', converged: true, width: [10, 10] });
  const ranking = run(folder, [
    'evidence',
    'linear.json',
    '--theory',
    'exactLinear',
    '--vary',
    'network.hiddenLayers=1,2',
    '--json',
    '--out',
    'b',
  ]);
  const two = JSON.parse(ranking.stdout).ranked.find(
    ({ settings }: { settings: object }) => Object.values(settings)[0] === 2,
  );
  expect(two.logEvidence).toBe(result.logEvidence);
  const refused = run(folder, ['solve', 'mnist', '--theory', 'exactLinear', '--out', 'c']);
  expect(refused.status).toBe(2);
  expect(refused.stderr.trim()).toBe(
    'finite-width: theory exactLinear: network.activation erf; it must be linear',
  );
});
