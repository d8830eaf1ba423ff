import { describe, expect, it } from 'vitest';
import * as browserEntry from '#src/browser.js';
import { portableCompute } from '#src/numerics/compute.js';
import { fromRows } from '#src/numerics/matrix.js';
import { createProblem } from '#src/problem/createProblem.js';
import { theories } from '#src/theories/registry.js';
import { run, temporaryFolder } from '../cli/run.js';

const compute = portableCompute();
const x = [
  [1, 0],
  [0.2, -1],
  [0.5, 0.5],
];
const network = { hiddenLayers: 1, width: 20, activation: 'erf' };
const problem = createProblem({ data: { x, y: [1, -1, 0.3] }, network });
const linear = createProblem({ data: { x, y: [1, -1, 0.3] }, network: { ...network, activation: 'linear' } });
const solve = (theory: string, options: object = {}) =>
  browserEntry.solve(theory === 'exactLinear' ? linear : problem, browserEntry.theoryByName(theory), {
    compute,
    ...options,
  });
const cheap = (name: string) => (name === 'sampled' ? { draws: 64, chains: 2 } : {});

describe('new inputs of a posterior', () => {
  it.each(theories.map(({ name }) => name))('may have any form that data may have: %s', async (name) => {
    const posterior = await solve(name, cheap(name));
    const rows = [
      [0.3, 0.1],
      [-1, 2],
    ];
    const expected = posterior.predict(fromRows(rows));
    expect(expected.mean.data.every(Number.isFinite)).toBe(true);
    for (const form of [
      rows,
      rows.map((row) => Float64Array.from(row)),
      rows.map((row) => Float32Array.from(row)),
    ]) {
      const { mean, variance } = posterior.predict(form);
      expect([mean.rows, mean.columns, variance.length]).toEqual([2, 1, 2]);
      mean.data.forEach((value, i) => {
        expect(value).toBeCloseTo(expected.mean.data[i], 6);
      });
    }
    for (const [bad, said] of [
      [[[1, 2, 3]], /X_test: 3 columns where X has 2/],
      [[1, 2], /X_test: 1 column where X has 2/],
      [[[1, Number.NaN]], /X_test\[0\]\[1\]: NaN is not a finite number/],
      [[[1, 2], [1]], /X_test\[1\]: 1 entries where row 0 has 2/],
      [[], /X_test: shape 0×1 is empty/],
      [{ rows: 2, columns: 2, data: [1, 2, 3] }, /X_test: 3 entries do not make a 2×2 matrix/],
      [undefined, /X_test: missing; give a matrix/],
      ['1,2', /X_test: "1,2"; give a matrix/],
    ] as const)
      expect(() => posterior.predict(bad as unknown as number[][])).toThrow(said);
  });

  it('are a column where samples are numbers', async () => {
    const line = createProblem({ data: { x: [1, 2, 4], y: [1, 2, 3] }, network });
    const posterior = await browserEntry.solve(line, 'nngp', { compute });
    expect(posterior.predict([1, 3]).mean.data).toEqual(posterior.predict([[1], [3]]).mean.data);
  });
});

describe('options of solve', () => {
  it.each([
    ['nngp', { draws: 100 }, /draws: is not used by nngp, which knows seed; leave it out/],
    ['map', { fourPoint: 'exact' }, /fourPoint: is not used by map/],
    ['perturbative', { tolerence: 1e-3 }, /tolerence: unknown option of solve; did you mean "tolerance"\?/],
    ['perturbative', { xyzzyqwert: 1 }, /xyzzyqwert: unknown option of solve; known are/],
    ['perturbative', { tolerance: Number.NaN }, /tolerance: NaN; must be a number between 0 and 1/],
    ['perturbative', { tolerance: '1e-3' }, /tolerance: "1e-3"; must be/],
    [
      'perturbative',
      { samples: 1e12 },
      /samples: 1000000000000; must be a whole number from 16 to 100000000/,
    ],
    ['perturbative', { samples: 99.5 }, /samples: 99\.5; must be a whole number/],
    ['perturbative', { seed: -1 }, /seed: -1; must be a whole number from 0/],
    ['perturbative', { fourPoint: 'guess' }, /fourPoint: "guess"; must be one of auto, exact, sampled/],
    ['sampled', { chains: 65 }, /chains: 65; must be a whole number from 1 to 64/],
  ])('of %s are refused by name: %j', async (theory, options, said) => {
    await expect(solve(theory, options)).rejects.toThrow(said);
  });

  it('may be undefined, and a seed is welcome everywhere', async () => {
    const { logEvidence } = await solve('nngp', { draws: undefined, seed: 3 });
    expect(logEvidence).toBe((await solve('nngp')).logEvidence);
  });
});

describe('options of the command line', () => {
  const folder = temporaryFolder();
  it.each([
    [
      ['solve', 'xor', '--theory', 'nngp', '--draws', '100'],
      /--draws: is not used by nngp, which knows --seed; leave it out/,
    ],
    [['solve', 'xor', '--theory', 'map', '--four-point', 'auto'], /--four-point: is not used by map/],
    [
      ['compare', 'xor', '--theories', 'nngp,map', '--chains', '2'],
      /--chains: is not used by nngp, map, which know --seed/,
    ],
    [
      ['evidence', 'xor', '--vary', 'noiseVariance=1,2', '--draws', '99'],
      /--draws: is not used by multiscale/,
    ],
    [['landscape', 'xor', '--theories', 'nngp', '--samples', '99'], /--samples: is not used by nngp/],
  ])('are refused where no theory uses them: %j', (args, said) => {
    const { status, stderr } = run(folder, args);
    expect(stderr).toMatch(said);
    expect(status).toBe(2);
  });
});
