import { describe, expect, it } from 'vitest';
import { activationByName } from '#src/activations/registry.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { xor } from '#src/datasets/xor.js';
import { GaussianLikelihood } from '#src/likelihood/gaussian.js';
import { choleskySolve, logDeterminant } from '#src/numerics/linearAlgebra.js';
import { zeros } from '#src/numerics/matrix.js';
import { RandomStream } from '#src/numerics/random.js';
import { createProblem } from '#src/problem/createProblem.js';
import { InputSpace } from '#src/sampling/inputs.js';
import { MarginalPotential } from '#src/sampling/marginalPotential.js';
import { WeightPotential } from '#src/sampling/weightPotential.js';
import { parameterCount, shapeOf } from '#src/sampling/weights.js';
import { largestDifference, randomMatrix } from '../support.js';

const { algebra } = await nodeCompute();
const data = xor({ dataset: 'xor', samples: 7, testSamples: 0, dimension: 5, noise: 1, seed: 1 });
const y = randomMatrix(7, 2, 3);
const potentials = { marginal: MarginalPotential, weights: WeightPotential };

function potentialOf(kind: keyof typeof potentials, activation: string) {
  const problem = createProblem({
    data: { x: data.x, y },
    network: {
      hiddenLayers: 3,
      width: [6, 4, 5],
      activation,
      weightVariance: [1.2, 1.5, 1.1, 1.4],
      biasVariance: [0.1, 0, 0.3, 0.2],
      featureScale: 1.7,
    },
  });
  const shape = shapeOf(problem, 5);
  return new potentials[kind](
    shape,
    [1, 2, 3].map(() => activationByName(activation)),
    problem.data.x,
    new GaussianLikelihood(y, 0.1),
    algebra,
  );
}

const normals = (size: number, seed: number) => RandomStream.fromSeed(seed).normals(new Float64Array(size));

describe.each(['marginal', 'weights'] as const)('potential: %s', (kind) => {
  it.each(['erf', 'relu', 'tanh', 'gelu', 'linear', 'sin'])(
    '%s: its gradient is the finite difference of the energy, for biases, several layers and outputs',
    (activation) => {
      const potential = potentialOf(kind, activation);
      const position = normals(potential.size, 5);
      const gradient = new Float64Array(potential.size);
      const nowhere = new Float64Array(potential.size);
      potential.evaluate(position, gradient);
      const step = 1e-5;
      for (let i = 0; i < position.length; i += 3) {
        const at = (shift: number) => {
          const moved = position.slice();
          moved[i] += shift;
          return potential.evaluate(moved, nowhere);
        };
        const found = (at(step) - at(-step)) / (2 * step);
        expect(Math.abs(found - gradient[i])).toBeLessThan(2e-6 * Math.max(1, Math.abs(gradient[i])));
      }
    },
  );
});

describe('the two potentials', () => {
  it('agree: the Gaussian integral of one over the readout is the other', () => {
    const [marginal, weights] = [potentialOf('marginal', 'erf'), potentialOf('weights', 'erf')];
    const readout = weights.size - marginal.size;
    expect(readout).toBe(2 * (5 + 1));
    const gradient = new Float64Array(weights.size);
    /** −ln ∫ dw exp(−U − ½|w|²), U quadratic in the readout w, up to a constant */
    const integrated = (hidden: Float64Array) => {
      const position = new Float64Array(weights.size);
      position.set(hidden);
      const slope = (k?: number) => {
        const at = position.slice();
        if (k !== undefined) at[marginal.size + k] = 1;
        const energy = weights.evaluate(at, gradient);
        return { energy, slope: gradient.slice(marginal.size) };
      };
      const origin = slope();
      const hessian = zeros(readout);
      for (let k = 0; k < readout; k++) {
        slope(k).slope.forEach((value, i) => {
          hessian.data[i * readout + k] = value - origin.slope[i] + (i === k ? 1 : 0);
        });
      }
      const factor = algebra.cholesky(hessian);
      const linear = { rows: readout, columns: 1, data: origin.slope };
      const solution = choleskySolve(algebra, factor, linear).data;
      return (
        origin.energy -
        0.5 * solution.reduce((sum, value, i) => sum + value * linear.data[i], 0) +
        0.5 * logDeterminant(factor)
      );
    };
    const energies = [11, 12, 13].map((seed) => {
      const hidden = normals(marginal.size, seed);
      return integrated(hidden) - marginal.evaluate(hidden, new Float64Array(marginal.size));
    });
    expect(energies[1]).toBeCloseTo(energies[0], 8);
    expect(energies[2]).toBeCloseTo(energies[0], 8);
  });

  it('agree on outputs: the mean of the Gaussian process is the output of the mean readout', () => {
    // Ridge regression on φ with the prior of the readout, seen from both sides.
    const [marginal, weights] = [potentialOf('marginal', 'tanh'), potentialOf('weights', 'tanh')];
    const hidden = normals(marginal.size, 21);
    const gaussian = marginal.observe(hidden).output.data.slice();
    const position = new Float64Array(weights.size);
    position.set(hidden);
    const gradient = new Float64Array(weights.size);
    // Newton's method ends after one step on a quadratic form; gradient descent with momentum needs more, and
    // no Hessian.
    const momentum = new Float64Array(weights.size);
    for (let k = 0; k < 20_000; k++) {
      weights.evaluate(position, gradient);
      for (let i = marginal.size; i < weights.size; i++) {
        momentum[i] = 0.95 * momentum[i] - 2e-3 * (gradient[i] + position[i]);
        position[i] += momentum[i];
      }
    }
    weights.observe(position).output.data.forEach((value, i) => {
      expect(value).toBeCloseTo(gaussian[i], 7);
    });
  });
});

describe('InputSpace', () => {
  const wide = randomMatrix(6, 20, 1);
  // A row that the others span: the rank is 5.
  for (let j = 0; j < 20; j++) wide.data[5 * 20 + j] = wide.data[j] - 2 * wide.data[20 + j];
  const space = new InputSpace(wide, 1.3, algebra);

  it('keeps all products of inputs in as few coordinates as they span', () => {
    expect(space.x.columns).toBe(5);
    const products = algebra.syrk(space.x, { alpha: 1 / 5 });
    expect(largestDifference(products, algebra.syrk(wide, { alpha: 1 / 20 }))).toBeLessThan(1e-12);
  });

  it('splits new points into what is spanned and the rest', () => {
    const fresh = randomMatrix(3, 20, 2);
    const { x, beyond } = space.project(fresh);
    const cross = algebra.gemm(x, space.x, { transposeB: true, alpha: 1 / 5 });
    expect(
      largestDifference(cross, algebra.gemm(fresh, wide, { transposeB: true, alpha: 1 / 20 })),
    ).toBeLessThan(1e-12);
    for (let t = 0; t < 3; t++) {
      const norm = (row: ArrayLike<number>) => Array.from(row).reduce((sum, value) => sum + value * value, 0);
      const spanned = (1.3 / 5) * norm(x.data.subarray(t * 5, (t + 1) * 5));
      expect(spanned + beyond[t] ** 2).toBeCloseTo(
        (1.3 / 20) * norm(fresh.data.subarray(t * 20, (t + 1) * 20)),
        12,
      );
    }
    expect(Math.max(...space.project(wide).beyond)).toBeLessThan(1e-6);
  });

  it('lifts weights to the inputs, with as much of the prior as their variance lacks', () => {
    const weights = randomMatrix(4, 5, 3);
    const lifted = space.lift(weights, RandomStream.fromSeed(1));
    const small = algebra.gemm(space.x, weights, { transposeB: true, alpha: 1 / Math.sqrt(5) });
    expect(
      largestDifference(algebra.gemm(wide, lifted, { transposeB: true, alpha: 1 / Math.sqrt(20) }), small),
    ).toBeLessThan(1e-12);
    const many = space.lift(randomMatrix(4000, 5, 4), RandomStream.fromSeed(2));
    const covariance = algebra.syrk(many, { transpose: true, alpha: 1 / 4000 });
    covariance.data.forEach((value, k) => {
      const diagonal = k % 21 === 0 ? 1 : 0;
      expect(Math.abs(value - diagonal)).toBeLessThan(5 * Math.sqrt((1 + diagonal) / 4000));
    });
  });

  it('is the whole space where points are as many as dimensions', () => {
    const square = new InputSpace(data.x, 1, algebra);
    expect(square.x).toBe(data.x);
    expect([...square.project(wide).beyond]).toEqual([0, 0, 0, 0, 0, 0]);
  });
});

it('counts the parameters of a network', () => {
  const connections = Array.from({ length: 3 }, () => ({ kind: 'dense' as const }));
  expect(
    parameterCount({ dimension: 5, widths: [6, 4], connections, skips: [0, 0], gains: [], biasVariance: [] }),
  ).toBe(6 * 6 + 4 * 7);
});
