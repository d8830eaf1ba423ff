import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pullback, pushforward } from '#src/activations/operators/response.js';
import { activationByName } from '#src/activations/registry.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { gaussianOf } from '#src/likelihood/gaussian.js';
import {
  addScaled,
  addToDiagonal,
  copy,
  frobenius,
  gather,
  type Matrix,
  relativeDistance,
  zeros,
} from '#src/numerics/matrix.js';
import { ExactFourPoint } from '#src/prior/fourPoint/exactFourPoint.js';
import { GROUPS } from '#src/prior/fourPoint/groupedNormals.js';
import { MonteCarloFourPoint } from '#src/prior/fourPoint/monteCarloFourPoint.js';
import { createProblem } from '#src/problem/createProblem.js';
import { solveWith } from '#src/theories/solve.js';
import { centralDifference, randomCovariance, randomMatrix } from '../support.js';

const compute = await nodeCompute();
const covariance = addToDiagonal(randomCovariance(6, 9, 1.3, 3), 0.1);
const conjugate = addScaled(randomCovariance(6, 3, 2, 4), -1, randomCovariance(6, 6, 1, 5));

/** cov(φφᵀ, φᵀC̃φ) straight from its definition, with the standard error of every entry. */
function plainContraction(name: string, samples: number, seed: number): { mean: Matrix; error: Matrix } {
  const n = 6;
  const factor = compute.algebra.cholesky(copy(covariance));
  const phi = compute.algebra.multiplyTriangular(randomMatrix(samples, n, seed), factor, {
    transpose: true,
  }).data;
  activationByName(name).value(phi, phi);
  const form = new Float64Array(samples);
  for (let s = 0; s < samples; s++) {
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) form[s] += phi[s * n + i] * conjugate.data[i * n + j] * phi[s * n + j];
  }
  const average = form.reduce((sum, value) => sum + value / samples, 0);
  const [mean, error] = [zeros(n), zeros(n)];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let product = 0;
      for (let s = 0; s < samples; s++) product += (phi[s * n + i] * phi[s * n + j]) / samples;
      let sum = 0;
      let squares = 0;
      for (let s = 0; s < samples; s++) {
        const term = (phi[s * n + i] * phi[s * n + j] - product) * (form[s] - average);
        sum += term;
        squares += term * term;
      }
      mean.data[i * n + j] = sum / samples;
      error.data[i * n + j] = Math.sqrt((squares / samples - (sum / samples) ** 2) / samples);
    }
  }
  return { mean, error };
}

describe('V:C̃', () => {
  it.each(['erf', 'linear', 'sin', 'cos', 'gaussian'])(
    '%s: exact, against plain sampling from its definition',
    (name) => {
      const exact = new ExactFourPoint(activationByName(name), compute).contract(1, covariance, conjugate);
      const { mean, error } = plainContraction(name, 300_000, 8);
      exact.data.forEach((value, i) => {
        expect(Math.abs(value - mean.data[i])).toBeLessThan(5 * error.data[i]);
      });
    },
  );

  it.each(['erf', 'sin', 'cos', 'gaussian'])(
    '%s: the sampled form with its control variates against the exact one',
    (name) => {
      const activation = activationByName(name);
      const exact = new ExactFourPoint(activation, compute).contract(2, covariance, conjugate);
      const sampled = new MonteCarloFourPoint(activation, compute, 80_000, 3);
      const whole = sampled.contract(2, covariance, conjugate);
      const parts = Array.from({ length: GROUPS }, (_, group) =>
        sampled.only(group).contract(2, covariance, conjugate),
      );
      exact.data.forEach((value, i) => {
        const values = parts.map((part) => part.data[i]);
        const mean = values.reduce((sum, x) => sum + x / GROUPS, 0);
        const error = Math.sqrt(
          values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (GROUPS * (GROUPS - 1)),
        );
        expect(mean).toBeCloseTo(whole.data[i], 10);
        // Eight groups: five standard errors of a t distribution with seven degrees of freedom would fail
        // once in 600.
        expect(Math.abs(mean - value)).toBeLessThan(9 * error);
      });
    },
  );

  it.each(['relu', 'tanh', 'abs', 'gelu', 'monomial(2)'])(
    '%s: sampled, without a closed form, against plain sampling',
    (name) => {
      const whole = new MonteCarloFourPoint(activationByName(name), compute, 400_000, 3).contract(
        1,
        covariance,
        conjugate,
      );
      const { mean, error } = plainContraction(name, 400_000, 9);
      // Both have errors; that of the controlled estimate is the smaller one.
      whole.data.forEach((value, i) => {
        expect(Math.abs(value - mean.data[i])).toBeLessThan(7 * error.data[i]);
      });
    },
  );

  it('the control variates lower the error, not the mean', () => {
    const activation = activationByName('erf');
    const sampled = new MonteCarloFourPoint(activation, compute, 16_000, 3);
    const parts = Array.from(
      { length: GROUPS },
      (_, group) => sampled.only(group).contract(1, covariance, conjugate).data[1],
    );
    const mean = parts.reduce((sum, x) => sum + x / GROUPS, 0);
    const error = Math.sqrt(parts.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (GROUPS * (GROUPS - 1)));
    expect(error).toBeLessThan(0.5 * plainContraction('erf', 16_000, 8).error.data[1]);
  });

  it('of the linear activation is 2CC̃C, from Wick, without samples', () => {
    const { algebra } = compute;
    const wick = algebra.gemm(covariance, algebra.gemm(conjugate, covariance), { alpha: 2 });
    const linear = activationByName('linear');
    expect(
      relativeDistance(
        new MonteCarloFourPoint(linear, compute, 16, 0).contract(1, covariance, conjugate),
        wick,
      ),
    ).toBeLessThan(1e-13);
    expect(
      relativeDistance(new ExactFourPoint(linear, compute).contract(1, covariance, conjugate), wick),
    ).toBeLessThan(1e-13);
  });
});

describe('the top conjugate kernel', () => {
  it('is the gradient of ln N(Y|0, C+κ)', () => {
    const problem = createProblem({
      data: { x: randomMatrix(6, 3, 1), y: randomMatrix(6, 2, 2) },
      noiseVariance: 0.3,
    });
    const { algebra } = compute;
    const logLikelihood = (c: Matrix) => {
      const factor = algebra.cholesky(addToDiagonal(copy(c), 0.3));
      const white = algebra.solveTriangular(factor, copy(problem.data.y));
      const logDet =
        2 * Array.from({ length: 6 }, (_, i) => Math.log(factor.data[i * 7])).reduce((sum, x) => sum + x, 0);
      return -0.5 * frobenius(white) ** 2 - logDet;
    };
    const gradient = gaussianOf(problem).conjugate(covariance, compute.algebra);
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j <= i; j++) {
        const direction = zeros(6);
        direction.data[i * 6 + j] = direction.data[j * 6 + i] = 1;
        const slope = centralDifference(
          (e) => ({
            rows: 1,
            columns: 1,
            data: Float64Array.of(logLikelihood(addScaled(copy(covariance), e, direction))),
          }),
          1e-4,
        );
        expect(gradient.data[i * 6 + j] * (i === j ? 1 : 2)).toBeCloseTo(slope.data[0], 5);
      }
    }
  });
});

const data = { x: randomMatrix(7, 5, 30), y: [1, -1, 1, -1, 1, 1, -1] };
const erf3 = { hiddenLayers: 3, activation: 'erf', weightVariance: 1.4, biasVariance: 0.05 };

describe('perturbative', () => {
  it('tends to first-order response around the NNGP, the difference falling as 1/N²', async () => {
    const difference = async (width: number) => {
      const problem = createProblem({ data, network: { ...erf3, width } });
      const { kernels, nngp } = await solveWith(problem, 'perturbative', compute);
      const moved = firstOrder(nngp, problem, width);
      return frobenius(addScaled(copy(kernels[3]), -1, moved));
    };
    const [a, b] = [await difference(2000), await difference(4000)];
    expect(a / b).toBeGreaterThan(3.8);
    expect(a / b).toBeLessThan(4.2);
  });

  /**
   * K⁽³⁾ + Σ_l R⁽³⁾…R⁽ˡ⁺¹⁾ (g²/N) V⁽ˡ⁾:C̃⁽ˡ⁾ with conjugates at the NNGP: each layer's fluctuations, carried
   * to the output.
   */
  function firstOrder(
    nngp: readonly Matrix[],
    problem: ReturnType<typeof createProblem>,
    width: number,
  ): Matrix {
    const { activation } = problem.network;
    const g = 1.4;
    const exact = new ExactFourPoint(activation, compute);
    let above = gaussianOf(problem).conjugate(nngp[3], compute.algebra);
    const conjugates = [above];
    for (const l of [2, 1]) {
      above = pullback(activation, nngp[l], above, compute, g);
      conjugates.unshift(above);
    }
    let change = zeros(7);
    for (const l of [1, 2, 3]) {
      const carried = l === 1 ? zeros(7) : pushforward(activation, nngp[l - 1], change, compute, g);
      change = addScaled(carried, (g * g) / width, exact.contract(l, nngp[l - 1], conjugates[l - 1]));
    }
    return addScaled(copy(nngp[3]), 1, change);
  }

  it('follows permutations of the data, and stays symmetric and positive semi-definite', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 5 }), fc.integer({ min: 0, max: 1e5 }), async (P, seed) => {
        const [x, y] = [randomMatrix(P, 4, seed), randomMatrix(P, 1, seed + 1)];
        const order = Array.from({ length: P }, (_, i) => (i + 1) % P);
        const settings = { hiddenLayers: 2, width: 60, activation: 'erf' };
        const columns = (m: Matrix) => Array.from({ length: m.columns }, (_, j) => j);
        const one = await solveWith(
          createProblem({ data: { x, y }, network: settings }),
          'perturbative',
          compute,
        );
        const shuffled = { x: gather(x, order, columns(x)), y: gather(y, order, columns(y)) };
        const two = await solveWith(
          createProblem({ data: shuffled, network: settings }),
          'perturbative',
          compute,
        );
        for (const l of [1, 2]) {
          expect(relativeDistance(two.kernels[l], gather(one.kernels[l], order, order))).toBeLessThan(1e-7);
          expect(compute.algebra.eigenSymmetric(one.kernels[l]).values[0]).toBeGreaterThan(-1e-8);
        }
      }),
      { numRuns: 6 },
    );
  });

  it('sampled agrees with exact within its standard errors, alignment included', async () => {
    const problem = createProblem({ data, network: { ...erf3, width: 40 } });
    const exact = await solveWith(problem, 'perturbative', compute);
    const sampled = await solveWith(problem, 'perturbative', compute, {
      fourPoint: 'sampled',
      samples: 40_000,
      seed: 5,
    });
    // Only the births behind its evidence are drawn.
    expect(exact.uncertainty?.cka.every((error) => error === 0)).toBe(true);
    expect(exact.uncertainty?.evidence).toBeGreaterThan(0);
    const { uncertainty } = sampled;
    expect(uncertainty?.repetitions).toBe(8);
    for (const l of [1, 2, 3]) {
      const errors = uncertainty?.kernels[l].data ?? new Float64Array();
      const scores = Array.from(
        errors,
        (error, i) => Math.abs(sampled.kernels[l].data[i] - exact.kernels[l].data[i]) / error,
      );
      expect(Math.max(...scores)).toBeLessThan(9);
      // Mean square of a t variable with seven degrees of freedom: 7/5; the entries are correlated.
      expect(scores.reduce((sum, score) => sum + score * score, 0) / scores.length).toBeLessThan(6);
      expect(Math.abs(sampled.alignment()[l] - exact.alignment()[l])).toBeLessThan(
        9 * (uncertainty?.cka[l] ?? 0),
      );
    }
  });

  it('repeats to the bit with the same seed, and differs with another', async () => {
    const problem = createProblem({ data, network: { ...erf3, width: 40 } });
    const solve = async (seed: number) =>
      (await solveWith(problem, 'perturbative', compute, { fourPoint: 'sampled', samples: 400, seed }))
        .kernels[3].data;
    expect(await solve(1)).toEqual(await solve(1));
    expect(await solve(1)).not.toEqual(await solve(2));
  });

  it('says when no solution is reached, and at which width it got stuck', async () => {
    const problem = createProblem({
      data: { x: randomMatrix(20, 30, 1), y: Array.from({ length: 20 }, (_, i) => (i % 2 ? 30 : -30)) },
      network: { width: 1, activation: 'erf' },
      noiseVariance: 1e-4,
    });
    const { convergence, kernels } = await solveWith(problem, 'perturbative', compute, {
      fourPoint: 'sampled',
      samples: 1000,
      maxIterations: 60,
    });
    expect(convergence.converged).toBe(false);
    expect(convergence.message).toMatch(/no solution|stopped after/);
    expect(convergence.widthScale).toBeGreaterThan(1);
    expect(kernels[2].data.every(Number.isFinite)).toBe(true);
  });

  it('works for user functions, biases, per-layer widths, a feature scale and several outputs', async () => {
    const { defineActivation } = await import('#src/activations/defineActivation.js');
    const softSign = defineActivation({ name: 'softsign-like', value: (h) => h / Math.sqrt(1 + h * h) });
    const problem = createProblem({
      data: { x: randomMatrix(8, 5, 1), y: randomMatrix(8, 3, 2), xTest: randomMatrix(4, 5, 3) },
      network: {
        hiddenLayers: 2,
        width: [50, 70],
        activation: softSign,
        weightVariance: [1, 1.3, 0.9],
        biasVariance: [0.1, 0, 0.2],
        featureScale: 3,
      },
    });
    const posterior = await solveWith(problem, 'perturbative', compute, { samples: 2000 });
    expect(posterior.convergence.converged).toBe(true);
    expect(posterior.predict(problem.data.xTest as Matrix).mean.columns).toBe(3);
  });
});

describe('samples that repeat, or are nothing', () => {
  const rows = (mend: (x: number[][]) => void): number[][] => {
    const { data } = randomMatrix(10, 4, 12);
    const x = Array.from({ length: 10 }, (_, i) => Array.from(data.subarray(4 * i, 4 * i + 4)));
    mend(x);
    return x;
  };
  const solved = (activation: string, x: number[][], biasVariance: number) => {
    const network = { hiddenLayers: 2, width: 30, activation, weightVariance: 1.2, biasVariance };
    const problem = createProblem({
      data: { x, y: x.map((_, i) => (i % 2 ? 1 : -1)) },
      network,
      noiseVariance: 0.1,
    });
    return solveWith(problem, 'perturbative', compute, { samples: 512 });
  };

  it.each([
    ['erf', 0.1],
    ['tanh', 0.1],
    ['relu', 0],
    ['relu', 0.1],
    ['abs', 0.1],
    ['sign', 0.1],
    ['max(-1, min(1, x))', 0.1],
  ] as const)(
    '%s, σ_b² = %f: equal samples with unlike targets have equal kernels',
    async (activation, biasVariance) => {
      const x = rows((all) => {
        all[5] = [...all[4]];
      });
      const { convergence, kernels } = await solved(activation, x, biasVariance);
      expect(convergence.converged).toBe(true);
      const at = (i: number, j: number) => kernels[2].data[10 * i + j];
      expect(at(5, 5)).toBeCloseTo(at(4, 4), 9);
      expect(at(4, 5)).toBeCloseTo(at(4, 4), 9);
      expect(at(5, 0)).toBeCloseTo(at(4, 0), 9);
    },
  );

  it.each(['erf', 'tanh', 'gelu', 'softplus', 'x/(1 + abs(x))'])(
    '%s: a sample of zeros, without biases',
    async (activation) => {
      const x = rows((all) => {
        all[3] = [0, 0, 0, 0];
      });
      const { convergence, kernels } = await solved(activation, x, 0);
      expect(convergence.converged).toBe(true);
      expect(kernels.every(({ data }) => data.every(Number.isFinite))).toBe(true);
    },
  );
});
