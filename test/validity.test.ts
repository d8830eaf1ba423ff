import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { teacher } from '#src/datasets/teacher.js';
import { errorsOf, type Outcome, type TheoryErrors, worstOf } from '#src/measures/theoryErrors.js';
import { fromRows, type Matrix } from '#src/numerics/matrix.js';
import { createProblem } from '#src/problem/createProblem.js';
import type { Problem } from '#src/problem/problem.js';
import { validityFigure } from '#src/report/validityFigure.js';
import type { TheoryOptions } from '#src/theories/registry.js';
import { solveWith } from '#src/theories/solve.js';
import { root } from './support.js';

const compute = await nodeCompute();
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Row {
  readonly grid: string;
  readonly samples: number;
  readonly width: number;
  readonly featureScale: number;
  readonly coupling: { readonly layers: number };
  readonly theories: Readonly<Record<string, { readonly converged: boolean } & TheoryErrors>>;
}
const rows: Row[] = JSON.parse(read('validity/errors.json'));
const { atlasOf, cellsOf, ORDER, PICTURES, tableOf } = await import(
  pathToFileURL(join(root, 'scripts/validityTables.js')).href
);

describe('errors of theories', () => {
  const column = (...values: number[]): Matrix => fromRows(values.map((value) => [value]));
  const outcome = (changes: Partial<Outcome>): Outcome => ({
    kernels: [fromRows([[1, 0], [0, 1]]), fromRows([[2, 0], [0, 0]])], // biome-ignore format: matrices
    cka: [0.1, 0.2],
    trainMean: column(1, 2),
    mean: column(3, 4),
    variance: column(0.1, 0.3),
    ...changes,
  });

  it('are relative to the reference, less what Monte Carlo errors make of distances', () => {
    const theory = outcome({
      kernels: [fromRows([[1, 0], [0, 1]]), fromRows([[2, 0.3], [0.3, 0]])], // biome-ignore format: matrices
      cka: [0.1, 0.22],
      ckaErrors: [0, 0.003],
      trainMean: column(0, 2),
      mean: column(3, 5),
      meanError: column(0, 0.6),
      variance: column(0.2, 0.4),
      logEvidence: -3,
    });
    const reference = outcome({ ckaErrors: [0, 0.004], logEvidence: -2 });
    const errors = errorsOf(theory, reference, column(2, 2));
    expect(errors.cka[0]).toBeCloseTo(0.1);
    expect(errors.ckaError[0]).toBeCloseTo(0.025);
    expect(errors.kernels[0]).toBeCloseTo(Math.sqrt(0.18) / 2);
    expect(errors.trainingError).toBeCloseTo(1);
    expect(errors.testMean).toBeCloseTo(0.8 / 5);
    expect(errors.variance).toBeCloseTo(0.5);
    expect(errors.evidence).toBeCloseTo(-1);
    expect(worstOf(errors)).toBeCloseTo(0.16);
    // A distance within its errors is none.
    const noisy = outcome({ mean: column(3, 4.5), meanError: column(0, 0.6) });
    expect(errorsOf(noisy, reference, column(2, 2)).testMean).toBe(0);
    expect(errorsOf(noisy, reference, column(2, 2))).not.toHaveProperty('evidence');
  });
});

describe('docs/validity.md', () => {
  it('and the atlas of auto are made of the errors that are kept', () => {
    expect(rows.length).toBeGreaterThan(80);
    expect(read('src/theories/auto/atlas.ts')).toBe(atlasOf(rows));
    expect(read('docs/validity.md')).toContain(`<!-- table -->\n\n${tableOf(rows)}\n\n<!-- end -->`);
    for (const [picture, caption, of] of PICTURES) {
      const figure = validityFigure(cellsOf(rows, of), ORDER, `${caption}, in per cent`);
      expect(read(`docs/pictures/validity-${picture}.svg`), picture).toBe(figure);
    }
  });

  // The short form of `npm run validity`: one problem with an exact reference, one with networks, solved
  // again.
  // biome-ignore format: one line
  const data = teacher({ dataset: 'teacher', samples: 24, testSamples: 100, dimension: 10, teacherWidth: 5, teacherActivation: 'erf', noise: 0, seed: 0 });

  async function outcomeOf(problem: Problem, theory: string, options: TheoryOptions = {}): Promise<Outcome> {
    const posterior = await solveWith(problem, theory, compute, options);
    const { mean, meanError, variance } = posterior.predict(data.xTest as Matrix);
    const { kernels, uncertainty, logEvidence } = posterior;
    return {
      kernels,
      kernelErrors: uncertainty?.kernels,
      cka: posterior.alignment(),
      ckaErrors: uncertainty?.cka,
      trainMean: posterior.trainMean(),
      mean,
      meanError,
      variance: { rows: variance.length, columns: 1, data: variance },
      logEvidence,
    };
  }

  it.each([
    ['teacher-linear', 'linear', 0, 'exactLinear', 24, {}],
    ['teacher-tanh', 'tanh', 0.1, 'sampled', 96, { draws: 1000 }],
  ] as const)(
    '%s: the errors of one problem, measured again',
    async (grid, activation, biasVariance, reference, width, options) => {
      const network = { hiddenLayers: 1, width, activation, weightVariance: 1.5, biasVariance };
      const problem = createProblem({ data, network, noiseVariance: 0.1 });
      const truth = await outcomeOf(problem, reference, options);
      const row = rows.find(
        (other) =>
          other.grid === grid &&
          other.width === width &&
          other.featureScale === 1 &&
          other.coupling.layers === 1,
      ) as Row;
      for (const theory of ['nngp', 'linearResponse', 'perturbative']) {
        const [found, kept] = [
          errorsOf(await outcomeOf(problem, theory), truth, data.y),
          row.theories[theory],
        ];
        const error = 1e-4 + 4 * Math.hypot(found.ckaError[0], kept.ckaError[0]);
        expect(Math.abs(found.cka[0] - kept.cka[0]), theory).toBeLessThan(error);
        expect(Math.abs(found.testMean - kept.testMean), theory).toBeLessThan(
          reference === 'sampled' ? 0.02 : 1e-3,
        );
        expect(Math.abs(found.variance - kept.variance), theory).toBeLessThan(
          reference === 'sampled' ? 0.03 : 1e-3,
        );
      }
    },
  );
});
