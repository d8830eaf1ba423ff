import { describe, expect, it } from 'vitest';
import { activationByName, activationNames } from '#src/activations/registry.js';
import { RandomStream } from '#src/numerics/random.js';
import { createProblem, type NetworkInput } from '#src/problem/createProblem.js';
import { activationParity, networkParity } from '#src/problem/parity.js';
import type { Network } from '#src/problem/problem.js';

const ODD = [
  'erf',
  'hardTanh',
  'linear',
  'sign',
  'sin',
  'tanh',
  'softsign',
  'monomial(3)',
  'tanh(x) + 0.1*x^3',
  'x*abs(x)',
];
const EVEN = [
  'abs',
  'cos',
  'gaussian',
  'monomial(2)',
  'leakyRelu(-1)',
  'exp(-x^2/2) + cos(2*x)',
  'x^2',
  'max(x, -x)',
];
const NEITHER = ['relu', 'relu6', 'leakyRelu(0.01)', 'gelu', 'silu', 'softplus', 'mish', 'elu', 'selu'];

describe('the parity of activations', () => {
  it('is known of every one in the registry', () => {
    const named = new Set([...ODD, ...EVEN, ...NEITHER, 'sigmoid']);
    expect(activationNames.filter((name) => !named.has(name))).toEqual([]);
  });

  it.each(ODD)('%s is odd', (name) =>
    expect(activationParity(activationByName(name))).toEqual({ parity: 'odd', offset: 0 }),
  );
  it.each(EVEN)('%s is even', (name) =>
    expect(activationParity(activationByName(name))?.parity).toBe('even'),
  );
  it.each([
    ...NEITHER,
    'tanh(x) + 0.001*x^2',
    'sin(x + 0.01)',
    'max(-1, min(1.1, x))',
    'cos(x) + max(x - 6, 0)',
  ])('%s has none', (name) => expect(activationParity(activationByName(name))).toBeUndefined());

  it('is odd about a half for the sigmoid', () => {
    const found = activationParity(activationByName('sigmoid'));
    expect(found?.parity).toBe('odd');
    expect(found?.offset).toBeCloseTo(0.5, 12);
  });
});

const networkOf = (input: NetworkInput): Network =>
  createProblem({ data: { x: [[1], [2]], y: [1, -1] }, network: { width: 5, ...input } }).network;

/**
 * Outputs at x and −x of a network drawn from the prior, and its output at 0: a constant if the network is
 * odd about one.
 */
function drawn(
  { widths, activation, weightVariance, biasVariance }: Network,
  stream: RandomStream,
): number[] {
  const sizes = [3, ...widths, 1];
  const x = stream.normals(new Float64Array(3));
  let layers = [x, x.map((value) => -value), new Float64Array(3)];
  for (let l = 1; l < sizes.length; l++) {
    const [below, size] = [sizes[l - 1], sizes[l]];
    const w = stream.normals(new Float64Array(below * size));
    const b = stream.normals(new Float64Array(size));
    layers = layers.map((h) => {
      const inputs = new Float64Array(h);
      if (l > 1) activation.value(h, inputs);
      return Float64Array.from({ length: size }, (_, i) => {
        let sum = Math.sqrt(biasVariance[l - 1]) * b[i];
        for (let j = 0; j < below; j++)
          sum += Math.sqrt(weightVariance[l - 1] / below) * w[i * below + j] * inputs[j];
        return sum;
      });
    });
  }
  return layers.map((output) => output[0]);
}

describe('the parity of networks', () => {
  it.each<[NetworkInput, 'even' | 'odd' | undefined]>([
    [{ activation: 'erf', hiddenLayers: 1 }, 'odd'],
    [{ activation: 'erf', hiddenLayers: 3 }, 'odd'],
    [{ activation: 'tanh', hiddenLayers: 2, biasVariance: 0.1 }, undefined],
    [{ activation: 'tanh', hiddenLayers: 2, biasVariance: [0.1, 0, 0] }, undefined],
    [{ activation: 'tanh', hiddenLayers: 2, biasVariance: [0, 0.1, 0] }, undefined],
    [{ activation: 'tanh', hiddenLayers: 2, biasVariance: [0, 0, 0.1] }, 'odd'],
    [{ activation: 'abs', hiddenLayers: 2 }, 'even'],
    [{ activation: 'cos', hiddenLayers: 3, biasVariance: [0, 0.5, 0.5, 0.5] }, 'even'],
    [{ activation: 'cos', hiddenLayers: 2, biasVariance: [0.5, 0, 0] }, undefined],
    [{ activation: 'linear', hiddenLayers: 2, biasVariance: 0.3 }, 'odd'],
    [{ activation: 'sigmoid', hiddenLayers: 1 }, 'odd'],
    [{ activation: 'sigmoid', hiddenLayers: 2 }, undefined],
    [{ activation: 'relu', hiddenLayers: 2 }, undefined],
  ])('%j: as networks drawn from the prior have it', (input, parity) => {
    const network = networkOf(input);
    expect(networkParity(network)).toBe(parity);
    const stream = RandomStream.fromSeed(1);
    const outputs = Array.from({ length: 20 }, () => drawn(network, stream));
    const [even, odd] = [
      outputs.every(([there, back]) => Math.abs(there - back) < 1e-12 * (1 + Math.abs(there))),
      outputs.every(
        ([there, back, zero]) => Math.abs(there + back - 2 * zero) < 1e-12 * (1 + Math.abs(there)),
      ),
    ];
    expect({ even, odd }).toEqual({ even: parity === 'even', odd: parity === 'odd' });
  });
});
