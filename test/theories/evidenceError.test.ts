import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { loadProblem } from '#src/io/loadProblem.js';
import { createProblem } from '#src/problem/createProblem.js';
import { summarise } from '#src/report/summary.js';
import { tooClose } from '#src/sweep/closeness.js';
import { evidenceErrorOf, withEvidenceError } from '#src/theories/evidenceError.js';
import { solveWith } from '#src/theories/solve.js';
import { randomMatrix, referenceJson, referencePath } from '../support.js';

const compute = await nodeCompute();
const SAMPLED = ['map', 'multiscale'];
const solve = async (problem: ReturnType<typeof createProblem>, theory: string) =>
  withEvidenceError(
    await solveWith(problem, theory, compute, SAMPLED.includes(theory) ? { samples: 8192 } : {}),
    compute,
    {},
  );

describe('what is left out of evidence', () => {
  it('is not known of equations that were not solved', async () => {
    const [x, y] = [randomMatrix(6, 5, 11), randomMatrix(6, 1, 12)];
    const network = { hiddenLayers: 2, width: 20, activation: 'erf' };
    const problem = createProblem({
      data: { x, y: { ...y, data: y.data.map((value) => 20_000 * value) } },
      network,
    });
    const posterior = await solveWith(problem, 'perturbative', compute);
    expect(posterior.convergence.converged).toBe(false);
    expect(posterior.evidenceError).toBeDefined();
    expect(await evidenceErrorOf(posterior, compute)).toBeUndefined();
    const trainMean = posterior.trainMean();
    expect(summarise({ posterior, seconds: 1, trainMean })).not.toHaveProperty('logEvidenceLeftOut');
  });

  it('covers the distance from networks within a factor of two, at first order and beyond', async () => {
    for (const { name, x, y, network, noiseVariance, value, error } of referenceJson('first-order.json')) {
      const problem = createProblem({ data: { x, y }, network, noiseVariance });
      // Averages over tilted measures take longest: of one output and of three.
      const sampled = ['erf-L1-n1', 'erf-L3-n3'].includes(name) ? SAMPLED : [];
      for (const theory of ['nngp', 'linearResponse', 'perturbative', ...sampled]) {
        const { logEvidence, evidenceError = Number.NaN, uncertainty } = await solve(problem, theory);
        const noise = Math.hypot(error.logEvidence[0], uncertainty?.evidence ?? 0);
        const miss = Math.abs(logEvidence - value.logEvidence[0]);
        expect(miss, `${name} ${theory}`).toBeLessThan(2 * evidenceError + 3 * noise);
        // Not so large that it says nothing: what theories of first order leave out is less than what nngp
        // does, or than its terms.
        if (theory !== 'nngp') expect(evidenceError).toBeLessThan(0.03);
      }
    }
  });

  it('of deep linear networks covers the distance from the exact evidence, also where 1/N is not small', async () => {
    const [x, y] = [randomMatrix(6, 5, 11), randomMatrix(6, 1, 12)];
    for (const width of [200, 12]) {
      const network = { hiddenLayers: 2, width, activation: 'linear', weightVariance: 1.2 };
      const problem = createProblem({ data: { x, y }, network, noiseVariance: 0.2 });
      const exact = await solve(problem, 'exactLinear');
      expect(exact.evidenceError).toBe(0);
      expect((await solve(problem, 'rescaling')).evidenceError).toBe(0);
      for (const theory of ['nngp', 'linearResponse', 'perturbative', 'map']) {
        const { logEvidence, evidenceError = Number.NaN } = await solve(problem, theory);
        expect(Math.abs(logEvidence - exact.logEvidence), `${theory} ${width}`).toBeLessThan(
          2 * evidenceError + 1e-6,
        );
      }
    }
  });

  it('of several outputs covers the distance from the exact evidence of deep linear networks', async () => {
    for (const [n, width, noiseVariance, layers] of [
      [2, 100, 0.2, 2],
      [3, 60, 0.2, 2],
      [2, 60, 0.1, 3],
    ]) {
      const [x, y] = [randomMatrix(5, 4, 21), randomMatrix(5, n, 22)];
      const network = { hiddenLayers: layers, width, activation: 'linear', weightVariance: 1.2 };
      const problem = createProblem({ data: { x, y }, network, noiseVariance });
      const exact = await solve(problem, 'exactLinear');
      for (const theory of ['linearResponse', 'perturbative', 'map', 'multiscale']) {
        const { logEvidence, evidenceError = Number.NaN, uncertainty } = await solve(problem, theory);
        const noise = Math.hypot(uncertainty?.evidence ?? 0, exact.uncertainty?.evidence ?? 0);
        const miss = Math.abs(logEvidence - exact.logEvidence);
        expect(miss, `${theory} n = ${n}, N = ${width}`).toBeLessThan(2 * evidenceError + 3 * noise);
        expect(evidenceError, `${theory} n = ${n}, N = ${width}`).toBeLessThan(12 * (miss + 3 * noise));
      }
    }
  });

  // Misses from 0.03 to 2.3, Monte Carlo errors of at most 0.006: one and two layers, P from half of N to as
  // large, targets that fit and that do not.
  it.each([
    [1, 6, 12, 1],
    [1, 6, 12, 3],
    [1, 12, 100, 3],
    [2, 6, 12, 1],
    [2, 12, 100, 3],
  ])(
    'of Gaussian output fields covers the distance from the exact evidence: L = %i, P = %i, N = %i, Y times %i',
    async (layers, p, width, scale) => {
      const [x, y] = [randomMatrix(p, p === 6 ? 5 : 14, 11), randomMatrix(p, 1, 12)];
      const network = { hiddenLayers: layers, width, activation: 'linear', weightVariance: 1.2 };
      const data = { x, y: { ...y, data: y.data.map((value) => scale * value) } };
      const problem = createProblem({ data, network, noiseVariance: 0.2 });
      const exact = await solve(problem, 'exactLinear');
      const posterior = await solveWith(problem, 'multiscale', compute, { samples: 4096 });
      const { evidenceError = Number.NaN, uncertainty } = posterior;
      const miss = Math.abs(posterior.logEvidence - exact.logEvidence);
      const noise = uncertainty?.evidence ?? Number.NaN;
      expect(miss).toBeGreaterThan(5 * noise);
      expect(miss).toBeLessThan(2 * evidenceError + 3 * noise);
      // Nor does it say nothing.
      expect(evidenceError).toBeLessThan(8 * miss);
    },
  );

  it('covers the distance from the exact evidence of targets that fit badly, whose pull is large', async () => {
    for (const [layers, p, width] of [
      [1, 6, 100],
      [1, 12, 100],
      [1, 12, 12],
      [2, 12, 100],
      [2, 12, 12],
    ]) {
      const [x, y] = [randomMatrix(p, p === 6 ? 5 : 14, 11), randomMatrix(p, 1, 12)];
      const network = { hiddenLayers: layers, width, activation: 'linear', weightVariance: 1.2 };
      const data = { x, y: { ...y, data: y.data.map((value) => 3 * value) } };
      const problem = createProblem({ data, network, noiseVariance: 0.2 });
      const exact = await solve(problem, 'exactLinear');
      for (const theory of ['linearResponse', 'perturbative', 'map']) {
        const { logEvidence, evidenceError = Number.NaN } = await solve(problem, theory);
        const miss = Math.abs(logEvidence - exact.logEvidence);
        expect(miss, `${theory} L = ${layers}, P = ${p}, N = ${width}`).toBeLessThan(2 * evidenceError);
        expect(evidenceError, `${theory} L = ${layers}, P = ${p}, N = ${width}`).toBeLessThan(10 * miss);
      }
    }
  });

  it('of infinite width is not known where the first order has no solution', async () => {
    const { problem } = await loadProblem(referencePath('inputs/targets-20000/problem.json'));
    expect((await solve(problem, 'linearResponse')).convergence.converged).toBe(false);
    const { convergence, logEvidence, evidenceError } = await solve(problem, 'nngp');
    expect(convergence.converged).toBe(true);
    expect(logEvidence).toBeLessThan(-1e9);
    expect(evidenceError).toBeUndefined();
  });

  it('is not known, instead of an error, where targets leave the first order no covariance', async () => {
    const x = randomMatrix(6, 2, 1);
    for (const size of [1e6, 1e9, 1e15]) {
      const y = {
        rows: 6,
        columns: 1,
        data: Float64Array.from({ length: 6 }, (_, i) => (i % 2 ? size : -size)),
      };
      const problem = createProblem({
        data: { x, y },
        network: { hiddenLayers: 1, width: 20 },
        noiseVariance: 0.1,
      });
      const { convergence, logEvidence, evidenceError } = await solve(problem, 'nngp');
      expect(convergence.converged).toBe(true);
      expect(logEvidence).toBeLessThan(-size);
      expect(evidenceError).toBeUndefined();
    }
  });

  it('decides with Monte Carlo errors what is too close to call', () => {
    expect(tooClose({ logEvidence: -10 }, { logEvidence: -10.1 })).toBe(false);
    expect(tooClose({ logEvidence: -10, leftOut: 0.04 }, { logEvidence: -10.1, leftOut: 0.04 })).toBe(true);
    expect(
      tooClose({ logEvidence: -10, standardError: 0.06 }, { logEvidence: -10.1, leftOut: Number.NaN }),
    ).toBe(true);
    // An error without bound separates nothing.
    expect(tooClose({ logEvidence: -10 }, { logEvidence: -1e9, leftOut: Number.NaN })).toBe(true);
  });
});
