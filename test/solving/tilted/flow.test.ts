import { describe, expect, it } from 'vitest';
import { activationByName } from '#src/activations/registry.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { xor } from '#src/datasets/xor.js';
import { fromRows, type Matrix, zeros } from '#src/numerics/matrix.js';
import { RandomStream } from '#src/numerics/random.js';
import { createProblem } from '#src/problem/createProblem.js';
import { carry, type Field } from '#src/solving/tilted/flow.js';
import { fluctuationTilt } from '#src/solving/tilted/tilt.js';
import { conjugateOf } from '#src/solving/tilted/tiltedConjugate.js';
import { TiltedSamples } from '#src/solving/tilted/tiltedSamples.js';
import { solveWith } from '#src/theories/solve.js';

const compute = await nodeCompute();
const normals = (rows: number, columns: number, seed: number): Matrix => ({
  rows,
  columns,
  data: RandomStream.fromSeed(seed).normals(new Float64Array(rows * columns)),
});

describe('a flow', () => {
  it('brings normals once around to where they started, without work, if nothing tilts', () => {
    const [start, momentum] = [normals(20, 3, 1), normals(20, 3, 2)];
    const epsilon = { ...start, data: start.data.slice() };
    const none: Field = (_, log, gradient) => {
      log.fill(0);
      gradient.data.fill(0);
    };
    const work = carry(epsilon, momentum, none, new Float64Array(20), zeros(20, 3));
    for (const [i, value] of epsilon.data.entries()) expect(value).toBeCloseTo(start.data[i], 12);
    for (const value of work) expect(value).toBeCloseTo(0, 12);
  });

  // ln density − ln N(0, 1) = 3|ε_1| − ½·3 ε_1², which has two peaks and no Gaussian near it.
  it('weighs its ends rightly, however far it carries them', () => {
    const size = 40_000;
    const epsilon = normals(size, 1, 3);
    const bimodal: Field = ({ data }, log, gradient) => {
      for (let s = 0; s < log.length; s++) {
        log[s] = 6 * Math.log(Math.cosh(data[s])) - 1.5 * data[s] ** 2;
        gradient.data[s] = 6 * Math.tanh(data[s]) - 3 * data[s];
      }
    };
    const log = new Float64Array(size);
    const gradient = zeros(size, 1);
    const work = carry(epsilon, normals(size, 1, 4), bimodal, log, gradient);
    bimodal(epsilon, log, gradient);
    const exact = [0, 0, 0];
    for (let z = -8; z < 8; z += 1e-3) {
      const density = Math.exp(-0.5 * z * z + 6 * Math.log(Math.cosh(z)) - 1.5 * z * z);
      [1, z ** 2, z ** 4].forEach((x, k) => {
        exact[k] += (1e-3 * density * x) / Math.sqrt(2 * Math.PI);
      });
    }
    const weights = work.map((value, s) => Math.exp(value + log[s]));
    const mass = weights.reduce((sum, w) => sum + w, 0);
    const squares = weights.reduce((sum, w) => sum + w * w, 0);
    const deviation = Math.sqrt(squares / size - (mass / size) ** 2) / Math.sqrt(size);
    expect(Math.abs(mass / size - exact[0])).toBeLessThan(4 * deviation);
    for (const [k, power] of [
      [1, 2],
      [2, 4],
    ]) {
      const mean = weights.reduce((sum, w, s) => sum + (w * epsilon.data[s] ** power) / mass, 0);
      const truth = exact[k] / exact[0];
      const error = Math.sqrt(
        weights.reduce((sum, w, s) => sum + ((w / mass) * (epsilon.data[s] ** power - mean)) ** 2, 0),
      );
      expect(Math.abs(mean - truth), `ε^${power}`).toBeLessThan(4 * error);
    }
    // Better than weights at the start, which are worth less.
    const still = normals(size, 1, 3).data.map((z) => Math.exp(6 * Math.log(Math.cosh(z)) - 1.5 * z * z));
    const shareOf = (w: Float64Array) =>
      w.reduce((sum, x) => sum + x, 0) ** 2 / (size * w.reduce((sum, x) => sum + x * x, 0));
    expect(shareOf(weights)).toBeGreaterThan(shareOf(still));
  });
});

describe.each([
  ['erf', 3, -2.5],
  ['relu', 1.6, -1.2],
])('carried samples of %s', (name, p, q) => {
  it('average over a tilted measure as quadrature in two dimensions does', () => {
    const activation = activationByName(name);
    const covariance = fromRows([
      [1.2, 0.3],
      [0.3, 0.8],
    ]);
    const inverse = fromRows([
      [1.5, 0.2],
      [0.2, 2],
    ]);
    const dual = fromRows([[p], [q]]);
    const coupling = 0.5;
    const tilt = fluctuationTilt({ matrix: inverse }, { factor: dual }, 1);
    const size = 16_384;
    const sampled = new TiltedSamples(() => activation, compute, size, 1, true).measure(
      1,
      covariance,
      coupling,
      tilt,
    );
    // ∫ dh N(h|0, C) e^F over a grid, F by hand.
    const det = 1.2 * 0.8 - 0.09;
    const sums = { mass: 0, moments: [0, 0, 0], shift: [0, 0, 0] };
    const step = 0.02;
    const phi = new Float64Array(2);
    for (let a = -9; a < 9; a += step) {
      for (let b = -9; b < 9; b += step) {
        activation.value(Float64Array.of(a, b), phi);
        const [f, g] = phi;
        const s = coupling * (1.5 * f * f + 0.4 * f * g + 2 * g * g);
        const m = coupling * (p * f + q * g) ** 2;
        const exponent = -(0.8 * a * a - 0.6 * a * b + 1.2 * b * b) / (2 * det);
        const density =
          (Math.exp(exponent + (0.5 * m) / (1 + s)) / Math.sqrt(1 + s) / (2 * Math.PI * Math.sqrt(det))) *
          step *
          step;
        sums.mass += density;
        [f * f, f * g, g * g].forEach((x, k) => {
          sums.moments[k] += density * x;
        });
        [a * a, a * b, b * b].forEach((x, k) => {
          sums.shift[k] += density * x;
        });
      }
    }
    expect(sampled.effectiveShare).toBeGreaterThan(0.1);
    const error = 4 / Math.sqrt(size * sampled.effectiveShare);
    const moment = sampled.secondMoment();
    [0, 1, 3].forEach((entry, k) => {
      const truth = sums.moments[k] / sums.mass;
      expect(Math.abs(moment.data[entry] - truth), `⟨φφ⟩ ${entry}`).toBeLessThan(
        error * Math.max(1, sums.moments[0] / sums.mass),
      );
    });
    expect(Math.abs(sampled.logNormaliser() - Math.log(sums.mass))).toBeLessThan(error);
    // C̃ = (N/2) C⁻¹(⟨hhᵀ⟩ − C)C⁻¹ for N = 2.
    const half = [0.8 / det, -0.3 / det, 1.2 / det];
    const d = sums.shift.map((x, k) => x / sums.mass - [1.2, 0.3, 0.8][k]);
    const left = [
      half[0] * d[0] + half[1] * d[1],
      half[0] * d[1] + half[1] * d[2],
      half[1] * d[0] + half[2] * d[1],
      half[1] * d[1] + half[2] * d[2],
    ];
    const expected = [
      left[0] * half[0] + left[1] * half[1],
      left[0] * half[1] + left[1] * half[2],
      left[2] * half[1] + left[3] * half[2],
    ];
    const conjugate = conjugateOf(sampled, 2);
    const size2 = Math.max(...expected.map(Math.abs));
    [0, 1, 3].forEach((entry, k) => {
      expect(Math.abs(conjugate.data[entry] - expected[k]), `C̃ ${entry}`).toBeLessThan(3 * error * size2);
    });
  });
});

it('multiscale reaches rich scaling at N = P/2, where no Gaussian is near the neurons, and is right there', async () => {
  const data = xor({ dataset: 'xor', samples: 24, testSamples: 0, dimension: 20, noise: 1, seed: 0 });
  const network = {
    hiddenLayers: 1,
    width: 12,
    activation: 'erf',
    weightVariance: 1.5,
    biasVariance: 0.1,
    featureScale: 12,
  };
  const problem = createProblem({ data, network, noiseVariance: 0.1 });
  const theory = await solveWith(problem, 'multiscale', compute, { samples: 8192 });
  const networks = await solveWith(problem, 'sampled', compute);
  expect(theory.convergence.converged).toBe(true);
  const [here, there] = [theory.alignment()[1], networks.alignment()[1]];
  const error = Math.hypot(theory.uncertainty?.cka[1] ?? 0, networks.uncertainty?.cka[1] ?? 0);
  expect(Math.abs(here / there - 1)).toBeLessThan(0.02 + (3 * error) / there);
  expect(there).toBeGreaterThan(5 * theory.alignment()[0]);
});
