import { describe, expect, it } from 'vitest';
import { activationByName, activationNames } from '#src/activations/registry.js';
import { parseProblem } from '#src/problem/schema.js';

const written: Readonly<Record<string, string>> = {
  ReLU: 'relu',
  RELU: 'relu',
  'nn.ReLU()': 'relu',
  ReLU6: 'relu6',
  Tanh: 'tanh',
  identity: 'linear',
  Identity: 'linear',
  none: 'linear',
  swish: 'silu',
  SiLU: 'silu',
  GELU: 'gelu',
  ELU: 'elu',
  SELU: 'selu',
  Mish: 'mish',
  Softsign: 'softsign',
  Softplus: 'softplus',
  hard_tanh: 'hardTanh',
  Hardtanh: 'hardTanh',
  'torch.sigmoid': 'sigmoid',
  logistic: 'sigmoid',
  leaky_relu: 'leakyRelu(0.01)',
  'LeakyReLU(0.2)': 'leakyRelu(0.2)',
  'nn.LeakyReLU(negative_slope=0.1)': 'leakyRelu(0.1)',
  leakyRelu: 'leakyRelu(0.01)',
  square: 'monomial(2)',
  cubic: 'monomial(3)',
};

describe('activations as people write them', () => {
  it.each(Object.entries(written))('%s is %s, and outputs say so', (text, name) => {
    expect(activationByName(text).name).toBe(name);
    const spec = parseProblem({ data: { dataset: 'xor' }, network: { activation: text } });
    expect(spec.network.activation).toBe(name);
  });

  it.each(activationNames)('%s is its own name in any case', (name) => {
    for (const text of [name, name.toUpperCase(), name.toLowerCase()])
      expect(activationByName(text).name).toBe(name);
  });

  it.each([
    ['gelu_tanh', (h: number) => 0.5 * h * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (h + 0.044715 * h ** 3)))],
    ['hard_sigmoid', (h: number) => Math.max(0, Math.min(1, h / 6 + 0.5))],
    ['Hardswish', (h: number) => h * Math.max(0, Math.min(1, h / 6 + 0.5))],
    ['relu^2', undefined],
    ['relu2', (h: number) => Math.max(0, h) ** 2],
  ] as const)('%s is a formula, or refused', (text, phi) => {
    if (!phi) return expect(() => activationByName(text)).toThrow(/unknown activation/);
    const h = Float64Array.of(-4, -1.5, -0.2, 0, 0.7, 2, 5);
    const out = new Float64Array(h.length);
    activationByName(text).value(h, out);
    h.forEach((x, i) => {
      expect(out[i]).toBeCloseTo(phi(x), 14);
    });
  });

  it.each([
    ['rleu', 'did you mean "relu"?'],
    ['sofplus', 'did you mean "softplus"?'],
    ['leaky_rely(0.1)', 'unknown activation'],
    ['relu(2)', 'relu takes no parameter'],
    ['elu(0.5)', 'elu takes no parameter'],
    ['leakyRelu(a)', 'a is not a number'],
    ['constructor', 'unknown activation'],
    ['__proto__', 'unknown activation'],
    ['', 'unknown activation'],
  ])('%s is refused: %s', (text, message) => {
    expect(() => activationByName(text)).toThrow(message);
    expect(() => activationByName(text)).toThrow(/^.{1,300}$/);
  });
});
