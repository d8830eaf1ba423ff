import { describe, expect, it } from 'vitest';
import { kernelOf } from '#src/activations/operators/kernel.js';
import { activationByName, activationNames } from '#src/activations/registry.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { addToDiagonal, copy, gather } from '#src/numerics/matrix.js';
import { randomCovariance, randomMatrix } from '../support.js';

const compute = await nodeCompute();
const withFourPoint = activationNames.filter((name) => activationByName(name).fourPoint);
const fourPoint = (name: string, c: Float64Array) => activationByName(name).fourPoint?.(c) ?? Number.NaN;
// biome-ignore format: list
const permutations = [[1, 0, 2, 3], [2, 1, 0, 3], [3, 2, 1, 0], [1, 2, 3, 0], [2, 3, 0, 1]];

it('has exact forms for these', () => {
  expect(withFourPoint).toEqual(['erf', 'linear', 'sin', 'cos', 'gaussian']);
});

describe.each(withFourPoint)('⟨φφφφ⟩ of %s', (name) => {
  const c = addToDiagonal(randomCovariance(4, 6, 1.4, 21), 0.1);

  it('does not depend on the order of the points, though its formula treats them unequally', () => {
    const value = fourPoint(name, c.data);
    for (const order of permutations)
      expect(fourPoint(name, gather(c, order, order).data)).toBeCloseTo(value, 9);
  });

  it('factorises for independent pairs', () => {
    const independent = copy(c);
    for (const [i, j] of [
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
    ])
      independent.data[4 * i + j] = independent.data[4 * j + i] = 0;
    const kernel = kernelOf(activationByName(name), independent, compute);
    expect(fourPoint(name, independent.data)).toBeCloseTo(kernel.data[1] * kernel.data[11], 12);
  });

  it('agrees with sampled h within five standard errors, repeated points included', () => {
    const samples = 1_000_000;
    for (const index of [
      [0, 1, 2, 3],
      [0, 0, 1, 2],
      [1, 1, 3, 3],
      [2, 2, 2, 2],
    ]) {
      // biome-ignore format: list
      const factor = compute.algebra.cholesky(copy(c));
      const h = compute.algebra.multiplyTriangular(randomMatrix(samples, 4, 9), factor, { transpose: true });
      activationByName(name).value(h.data, h.data);
      let sum = 0;
      let squares = 0;
      for (let s = 0; s < samples; s++) {
        const product = index.reduce((p, i) => p * h.data[4 * s + i], 1);
        sum += product;
        squares += product * product;
      }
      const mean = sum / samples;
      const error = Math.sqrt((squares / samples - mean * mean) / samples);
      expect(Math.abs(mean - fourPoint(name, gather(c, index, index).data))).toBeLessThan(5 * error);
    }
  });
});
