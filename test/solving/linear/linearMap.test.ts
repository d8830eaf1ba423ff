import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { logDeterminant } from '#src/numerics/linearAlgebra.js';
import {
  addScaled,
  addToDiagonal,
  copy,
  inner,
  type Matrix,
  relativeDistance,
  zeros,
} from '#src/numerics/matrix.js';
import { createProblem } from '#src/problem/createProblem.js';
import { forwardBackwardSystem } from '#src/solving/forwardBackward.js';
import { kernelsOf, stateOf } from '#src/solving/kernelState.js';
import { linearEquations } from '#src/solving/linear/linearEquations.js';
import { solveWith } from '#src/theories/solve.js';
import { randomCovariance, randomMatrix } from '../../support.js';

const compute = await nodeCompute();
const network = {
  hiddenLayers: 2,
  width: [7, 9],
  activation: 'linear',
  weightVariance: [1.3, 0.8, 1.1],
  biasVariance: [0, 0.2, 0.1],
};

describe('one layer of the linear network', () => {
  const problem = createProblem({
    data: {
      x: [
        [1, 0.2],
        [0.3, -1],
        [0.5, 0.5],
      ],
      y: [1, -1, 0.3],
    },
    network,
  });
  const equations = linearEquations(problem, compute);
  const kernel = addToDiagonal(randomCovariance(3, 4, 1, 1), 0.3);
  const conjugate = addScaled(randomCovariance(3, 2, 0.5, 2), -1, randomCovariance(3, 2, 0.9, 3));

  /** W(C̃|C) = −(N/2) ln det(1 − (2g/N) C^{½}C̃C^{½}), from its definition as a Gaussian integral. */
  function generatingFunction(g: number, width: number, c: Matrix): number {
    const { algebra } = compute;
    const factor = algebra.cholesky(copy(c));
    const form = algebra.gemm(factor, algebra.gemm(conjugate, factor), {
      transposeA: true,
      alpha: (-2 * g) / width,
    });
    return -0.5 * width * logDeterminant(algebra.cholesky(addToDiagonal(form, 1)));
  }

  it('passes back the gradient of the generating function', () => {
    const backward = equations.backward(1, 9, kernel, conjugate);
    for (const seed of [5, 6, 7]) {
      const direction = addScaled(randomCovariance(3, 3, 1, seed), -1, randomCovariance(3, 3, 1, seed + 10));
      const at = (step: number) => generatingFunction(1.1, 9, addScaled(copy(kernel), step, direction));
      const slope = (8 * (at(1e-3) - at(-1e-3)) - (at(2e-3) - at(-2e-3))) / 0.012;
      expect(inner(backward, direction)).toBeCloseTo(slope, 8);
    }
  });

  it('passes forward the second moment of the tilted Gaussian, by importance sampling', () => {
    const width = 60;
    const samples = 400_000;
    const factor = compute.algebra.cholesky(copy(kernel));
    const h = compute.algebra.multiplyTriangular(randomMatrix(samples, 3, 4), factor, {
      transpose: true,
    }).data;
    const weights = new Float64Array(samples);
    let total = 0;
    for (let s = 0; s < samples; s++) {
      let form = 0;
      for (let i = 0; i < 3; i++)
        for (let j = 0; j < 3; j++) form += h[3 * s + i] * conjugate.data[3 * i + j] * h[3 * s + j];
      weights[s] = Math.exp((0.8 / width) * form);
      total += weights[s];
    }
    const forward = equations.forward(1, width, kernel, conjugate);
    for (let i = 0; i < 3; i++) {
      for (let j = 0; j <= i; j++) {
        let mean = 0;
        for (let s = 0; s < samples; s++) mean += (weights[s] / total) * h[3 * s + i] * h[3 * s + j];
        let variance = 0;
        for (let s = 0; s < samples; s++)
          variance += ((weights[s] / total) * (h[3 * s + i] * h[3 * s + j] - mean)) ** 2;
        expect(Math.abs(0.8 * mean + 0.2 - forward.data[3 * i + j])).toBeLessThan(
          5 * 0.8 * Math.sqrt(variance),
        );
      }
    }
  });
});

describe('exact limits', () => {
  it('one data point, one hidden layer: the scalar saddle point, found by bisection', async () => {
    const [k, g, N, kappa, y] = [1.7, 1.2, 5, 0.05, 2.3];
    const problem = createProblem({
      data: { x: [[Math.sqrt(k)]], y: [y] },
      network: { hiddenLayers: 1, width: N, activation: 'linear', weightVariance: [1, g] },
      noiseVariance: kappa,
    });
    const posterior = await solveWith(problem, 'map', compute);
    // c = gk/(1 − (2g/N) c̃k), c̃ = ½y²/(c+κ)² − ½/(c+κ): the left side minus the right one rises with c.
    const excess = (c: number) => {
      const conjugate = (0.5 * y * y) / (c + kappa) ** 2 - 0.5 / (c + kappa);
      return 1 / c - (1 - ((2 * g) / N) * conjugate * k) / (g * k);
    };
    let [low, high] = [1e-3, 100];
    for (let i = 0; i < 200; i++) {
      const middle = 0.5 * (low + high);
      if (excess(middle) > 0) low = middle;
      else high = middle;
    }
    expect(posterior.kernels[1].data[0]).toBeCloseTo(0.5 * (low + high), 8);
  });

  it('P ∝ N, one hidden layer, no noise: the component of C along Y', async () => {
    // K = 1, κ → 0, r = |Y|²/P: 1/c = 1 − (1/N)(Pr/c² − 1/c), so c² − (1 − 1/N)c − αr = 0 with α = P/N. As N
    // → ∞ at fixed α this is ½ + √(¼ + αr) (theory §5), 1.618 for α = ½, r = 2.
    const [P, N, r] = [24, 48, 2];
    const x = zeros(P);
    for (let i = 0; i < P; i++) x.data[i * P + i] = Math.sqrt(P);
    const y = randomMatrix(P, 1, 12);
    const norm = Math.sqrt(inner(y, y));
    for (let i = 0; i < P; i++) y.data[i] *= Math.sqrt(r * P) / norm;
    const settings = { hiddenLayers: 1, width: N, activation: 'linear', weightVariance: 1 };
    const { kernels } = await solveWith(
      createProblem({ data: { x, y }, network: settings, noiseVariance: 1e-9 }),
      'map',
      compute,
    );
    const along = inner(y, compute.algebra.gemm(kernels[1], y)) / inner(y, y);
    expect(along).toBeCloseTo(0.5 * (1 - 1 / N + Math.sqrt((1 - 1 / N) ** 2 + (4 * P * r) / N)), 7);
  });

  it('tends to the NNGP as N grows, like 1/N', async () => {
    const shift = async (width: number) => {
      const problem = createProblem({
        data: { x: randomMatrix(6, 4, 1), y: randomMatrix(6, 2, 2) },
        network: { ...network, width },
      });
      const { kernels, nngp } = await solveWith(problem, 'map', compute);
      return relativeDistance(kernels[2], nngp[2]);
    };
    const [a, b] = [await shift(1e4), await shift(2e4)];
    expect(a / b).toBeCloseTo(2, 2);
    expect(await shift(1e9)).toBeLessThan(1e-6);
  });

  it('keeps kernels symmetric and positive semi-definite, and follows permutations of the data', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 0, max: 1e5 }), async (P, seed) => {
        const [x, y] = [randomMatrix(P, 5, seed), randomMatrix(P, 1, seed + 1)];
        const settings = { hiddenLayers: 2, width: 40, activation: 'linear' };
        const { kernels } = await solveWith(
          createProblem({ data: { x, y }, network: settings }),
          'map',
          compute,
        );
        const reversed = (m: Matrix): Matrix => ({
          ...m,
          data: Float64Array.from(
            { length: m.data.length },
            (_, i) => m.data[(P - 1 - Math.floor(i / m.columns)) * m.columns + (i % m.columns)],
          ),
        });
        const other = await solveWith(
          createProblem({ data: { x: reversed(x), y: reversed(y) }, network: settings }),
          'map',
          compute,
        );
        for (const l of [1, 2]) {
          expect(compute.algebra.eigenSymmetric(kernels[l]).values[0]).toBeGreaterThan(-1e-10);
          expect(relativeDistance(reversed(transposeReversed(other.kernels[l], P)), kernels[l])).toBeLessThan(
            1e-7,
          );
        }
      }),
      { numRuns: 10 },
    );
  });

  function transposeReversed(m: Matrix, P: number): Matrix {
    return {
      ...m,
      data: Float64Array.from({ length: P * P }, (_, i) => m.data[Math.floor(i / P) * P + (P - 1 - (i % P))]),
    };
  }
});

describe('where features move far', () => {
  /**
   * c = (1 + γ₀²c/(1/β + c)²)ᴸ by bisection in ln c: the component along y as N → ∞ in mean-field scaling.
   */
  function meanField(L: number, gamma: number, beta: number): number {
    let [low, high] = [0, 60];
    for (let i = 0; i < 200; i++) {
      const middle = 0.5 * (low + high);
      const c = Math.exp(middle);
      if (middle > L * Math.log1p((gamma ** 2 * c) / (1 / beta + c) ** 2)) high = middle;
      else low = middle;
    }
    return Math.exp(0.5 * (low + high));
  }

  it('mean-field scaling: the published equation of Lauditi, Bordelon and Pehlevan (2025) at twenty γ₀ and five depths', async () => {
    const [P, N, beta] = [4, 1e8, 100];
    const x = zeros(P);
    for (let i = 0; i < P; i++) x.data[i * P + i] = Math.sqrt(P);
    const y = zeros(P, 1);
    y.data.set([0.6, 0.8, 0, 0]);
    for (const L of [1, 2, 4, 8, 16]) {
      for (let k = 0; k < 20; k++) {
        const gamma = 10 ** (-1.8 + 0.2 * k);
        const featureScale = N * gamma ** 2;
        const settings = { hiddenLayers: L, width: N, activation: 'linear', weightVariance: 1, featureScale };
        const problem = createProblem({
          data: { x, y },
          network: settings,
          noiseVariance: 1 / (beta * featureScale),
        });
        const { kernels, convergence } = await solveWith(problem, 'map', compute);
        const along = featureScale * inner(y, compute.algebra.gemm(kernels[L], y));
        expect(convergence.converged).toBe(true);
        expect(Math.abs(along / meanField(L, gamma, beta) - 1)).toBeLessThan(1e-5);
      }
    }
    expect(meanField(1, 100, beta)).toBeCloseTo(100.491, 3);
    expect(meanField(2, 10, beta)).toBeCloseTo(24.9877, 4);
    expect(meanField(4, 10, beta)).toBeCloseTo(57.1422, 4);
  });

  it('narrow networks, biases, several outputs, more points than inputs: the sweep of the equations leaves the solution', async () => {
    for (const [P, D, L, width, bias, noise, featureScale] of [
      [24, 10, 3, 3, 0.1, 0.1, 3],
      [40, 30, 3, 6, 0, 0.01, 8],
      [30, 50, 3, 8, 0.2, 0.001, 8],
    ]) {
      const settings = {
        hiddenLayers: L,
        width,
        activation: 'linear',
        weightVariance: 1.2,
        biasVariance: bias,
        featureScale,
      };
      const data = { x: randomMatrix(P, D, 1), y: randomMatrix(P, 2, 2) };
      const problem = createProblem({ data, network: settings, noiseVariance: noise });
      const { kernels, convergence } = await solveWith(problem, 'map', compute);
      expect(convergence.converged).toBe(true);
      const system = forwardBackwardSystem(problem, linearEquations(problem, compute), compute);
      kernelsOf(system.sweep(stateOf(kernels), 1).image).forEach((matrix, l) => {
        expect(relativeDistance(matrix, kernels[l])).toBeLessThan(1e-9);
      });
    }
  });
});
