import { describe, expect, it } from 'vitest';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { xor } from '#src/datasets/xor.js';
import { addScaled, copy, fromRows, inner, type Matrix, relativeDistance } from '#src/numerics/matrix.js';
import { nngpKernels } from '#src/prior/nngpKernels.js';
import { createProblem, type NetworkInput } from '#src/problem/createProblem.js';
import { jointLogPosterior, posteriorAlong, rateFunction } from '#src/solving/rateFunction.js';
import { solveWith } from '#src/theories/solve.js';
import { randomCovariance } from '../support.js';

const compute = await nodeCompute();
const data = xor({ dataset: 'xor', samples: 6, testSamples: 0, dimension: 8, noise: 1, seed: 3 });
const problemOf = (network: NetworkInput) => createProblem({ data, network });

/** A symmetric direction of unit size. */
function direction(size: number): Matrix {
  const rows = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, j) => Math.cos(1 + i + j + i * j) / size),
  );
  return fromRows(rows);
}

describe('rate function', () => {
  it.each(['erf', 'relu', 'tanh'])(
    '%s: vanishes at the NNGP kernel, is positive elsewhere, and its gradient is C̃',
    (activation) => {
      const { network } = problemOf({
        hiddenLayers: 1,
        width: 30,
        activation,
        weightVariance: 1.4,
        biasVariance: 0.1,
      });
      const [below, free] = nngpKernels(network, data.x, compute);
      const rate = (kernel: Matrix) => rateFunction(network, 1, below, kernel, compute, { tolerance: 1e-9 });
      expect(Math.abs(rate(free).value)).toBeLessThan(1e-6);
      const away = addScaled(copy(free), 0.04, direction(6));
      const { value, conjugate, residual } = rate(away);
      expect(residual).toBeLessThan(1e-8);
      expect(value).toBeGreaterThan(1e-3);
      const step = 1e-3;
      const along = addScaled(copy(free), 0, free);
      along.data.set(direction(6).data);
      const slope =
        (rate(addScaled(copy(away), step, along)).value - rate(addScaled(copy(away), -step, along)).value) /
        (2 * step);
      expect(Math.abs(slope - inner(conjugate, along))).toBeLessThan(0.01 * Math.abs(slope));
    },
  );

  it('of one point is the Legendre transform of a one-dimensional integral', () => {
    const { network } = createProblem({
      data: { x: [[1.1, 0.4]], y: [1] },
      network: { hiddenLayers: 1, width: 9, activation: 'erf', weightVariance: 1.5 },
    });
    const one = fromRows([[1.1, 0.4]]);
    const [below, free] = nngpKernels(network, one, compute);
    const kernel = fromRows([[1.3 * free.data[0]]]);
    const { value } = rateFunction(network, 1, below, kernel, compute, { samples: 200_000, tolerance: 1e-9 });
    // erf by its own series here: integrate e^{(g/N)c̃ erf(σz)²} over a grid, and maximise over c̃ by golden
    // section.
    const erf = (x: number) => {
      let sum = 0;
      for (let k = 0, steps = 400; k < steps; k++)
        sum += (Math.exp(-((((k + 0.5) * x) / steps) ** 2)) * x) / steps;
      return (2 / Math.sqrt(Math.PI)) * sum;
    };
    const z = Array.from({ length: 801 }, (_, k) => -8 + k / 50);
    const squares = z.map((u) => erf(Math.sqrt(below.data[0]) * u) ** 2);
    const cost = (c: number) => {
      const integral = z.reduce(
        (sum, u, k) => sum + Math.exp((1.5 / 9) * c * squares[k] - (u * u) / 2) / 50 / Math.sqrt(2 * Math.PI),
        0,
      );
      return c * kernel.data[0] - 9 * Math.log(integral);
    };
    let [low, high] = [-200, 200];
    for (let k = 0; k < 200; k++) {
      const [a, b] = [low + 0.382 * (high - low), low + 0.618 * (high - low)];
      if (cost(a) > cost(b)) high = b;
      else low = a;
    }
    expect(Math.abs(value - cost(low))).toBeLessThan(0.01 * cost(low));
  });

  it('of a linear layer is that of a Wishart matrix: sampled and closed form agree', () => {
    const settings = { hiddenLayers: 1, width: 40, weightVariance: 1.3, biasVariance: 0.1 };
    const linear = problemOf({ ...settings, activation: 'linear' }).network;
    const almost = problemOf({ ...settings, activation: 'leakyRelu(0.9999999)' }).network;
    const [below, free] = nngpKernels(linear, data.x, compute);
    const kernel = addScaled(copy(free), 0.2, randomCovariance(6, 12, 1, 2));
    const [a, b] = [
      rateFunction(linear, 1, below, kernel, compute),
      rateFunction(almost, 1, below, kernel, compute),
    ];
    expect(b.residual).toBeLessThan(1e-6);
    expect(Math.abs(a.value - b.value)).toBeLessThan(1e-3 * a.value);
    expect(relativeDistance(b.conjugate, a.conjugate)).toBeLessThan(1e-3);
  });
});

describe('joint log posterior', () => {
  it.each(['linear', 'erf'])(
    '%s: greatest at the maximum a posteriori kernels along the way from infinite width',
    async (activation) => {
      const problem = problemOf({
        hiddenLayers: 2,
        width: 30,
        activation,
        weightVariance: 1.3,
        biasVariance: 0.05,
      });
      const {
        kernels,
        nngp,
        logEvidence,
        fluctuationEvidence = 0,
        uncertainty,
      } = await solveWith(problem, 'map', compute);
      const saddle = logEvidence - fluctuationEvidence;
      const options = { samples: 65536, tolerance: 1e-5 };
      const [before, at, after] = posteriorAlong(problem, nngp, kernels, [0.6, 1, 1.4], compute, options);
      expect(at).toBeGreaterThan(before);
      expect(at).toBeGreaterThan(after);
      // A maximum is flat: both sides fall alike.
      expect(Math.abs(before - after)).toBeLessThan(0.6 * (at - Math.max(before, after)) + 0.02);
      // The value at the maximum is what the theory calls its evidence.
      expect(Math.abs(jointLogPosterior(problem, kernels, compute, options) - saddle)).toBeLessThan(
        activation === 'linear' ? 1e-7 : 0.02 + 5 * (uncertainty?.evidence ?? 0),
      );
    },
  );
});
