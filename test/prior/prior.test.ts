import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineActivation } from '#src/activations/defineActivation.js';
import { pairMomentsByQuadrature } from '#src/activations/quadrature/pairQuadrature.js';
import { activationByName } from '#src/activations/registry.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { fromRows, gather, type Matrix, zeros } from '#src/numerics/matrix.js';
import { RandomStream } from '#src/numerics/random.js';
import { type Drawn, type DrawnMoments, drawKernels } from '#src/prior/drawKernels.js';
import { entryCovariance } from '#src/prior/entryCovariance.js';
import { ExactFourPoint } from '#src/prior/fourPoint/exactFourPoint.js';
import { nngpKernels } from '#src/prior/nngpKernels.js';
import { drawnKurtosis, mixtureDensity, outputKurtosis } from '#src/prior/outputs.js';
import { pairMomentsOf } from '#src/prior/pairMoments.js';
import { priorMoments } from '#src/prior/priorMoments.js';
import { contractCovariance } from '#src/prior/response.js';
import { createProblem } from '#src/problem/createProblem.js';
import type { Network } from '#src/problem/problem.js';
import { randomMatrix } from '../support.js';

const compute = await nodeCompute();
const x = randomMatrix(4, 5, 1);

function network(settings: object): Network {
  return createProblem({ data: { x, y: [1, -1, 1, -1] }, network: settings }).network;
}

function run<Result>(steps: Generator<number, Result, void>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

const draw = (net: Network, kernels: readonly Matrix[], draws: number, seed = 3): Drawn =>
  run(drawKernels(net, kernels, { draws, seed }, compute));

it('kernels of inputs whose squares vanish are refused, of inputs that are zero not', () => {
  const tiny = (factor: number) => ({ ...x, data: x.data.map((value) => factor * value) });
  expect(() => nngpKernels(network({}), tiny(1e-200), compute)).toThrow(
    /kernel of layer 0 reaches 0, .*; scale X, or raise/,
  );
  expect(nngpKernels(network({}), tiny(0), compute)[2].data.every((value) => value === 0)).toBe(true);
});

describe('fourth moments of pairs', () => {
  // [a, b, c]: correlations of both signs, one near 1, one point without variance.
  const pairs: [number, number, number][] = [
    [0.7, 1.3, 0.4],
    [1.1, 0.3, -0.5],
    [0.9, 0.9, 0.89],
    [0.5, 0, 0],
  ];

  it.each([
    'erf',
    'relu',
    'leakyRelu(0.2)',
    'abs',
    'linear',
    'sign',
    'sin',
    'gaussian',
    'tanh',
    'gelu',
    'monomial(2)',
  ])('%s: ⟨φᵖφ⁴⁻ᵖ⟩ within five standard errors of plain samples', (name) => {
    const activation = activationByName(name);
    const size = 200_000;
    for (const [a, b, c] of pairs) {
      const moments = pairMomentsOf(activation, compute)(a, b, c);
      const z = RandomStream.fromSeed(4).normals(new Float64Array(2 * size));
      const h = new Float64Array(2 * size);
      for (let s = 0; s < size; s++) {
        h[s] = Math.sqrt(a) * z[s];
        h[size + s] = (c / Math.sqrt(a)) * z[s] + Math.sqrt(Math.max(0, b - (c * c) / a)) * z[size + s];
      }
      activation.value(h, h);
      for (let p = 0; p <= 4; p++) {
        let [sum, squares] = [0, 0];
        for (let s = 0; s < size; s++) {
          const term = h[s] ** p * h[size + s] ** (4 - p);
          sum += term;
          squares += term * term;
        }
        const mean = sum / size;
        const error = Math.sqrt(Math.max(0, squares / size - mean * mean) / size);
        expect(Math.abs(moments[p] - mean)).toBeLessThan(5 * error + 1e-12);
      }
    }
  });

  it('smooth quadrature, nested quadrature and the exact four-point function of erf agree', () => {
    const exact = pairMomentsOf(activationByName('erf'), compute);
    const { value, derivative } = activationByName('erf');
    const one = (f: typeof value) => (h: number) => {
      const out = Float64Array.of(h, 0);
      f(out, out);
      return out[0];
    };
    const smooth = defineActivation({ name: 'smooth', value: one(value), derivative: one(derivative) });
    const kinked = defineActivation({
      name: 'kinked',
      value: one(value),
      derivative: one(derivative),
      kinks: [0.3],
    });
    for (const [a, b, c] of pairs) {
      const reference = exact(a, b, c);
      for (const activation of [smooth, kinked]) {
        pairMomentsOf(activation, compute)(a, b, c).forEach((value_, p) => {
          expect(value_).toBeCloseTo(reference[p], 8);
        });
      }
    }
  });

  it.each([
    ['x^3', 3],
    ['0.5*x^2', 2],
    ['monomial(4)', 4],
  ])(
    '%s, a power: exact at any variance, and at once (a grid over 1e4 standard deviations would not end)',
    (name, degree) => {
      const activation = activationByName(name);
      const moments = pairMomentsOf(activation, compute);
      const factor = name === '0.5*x^2' ? 1 / 16 : 1;
      let even = factor;
      for (let k = 4 * degree - 1; k > 1; k -= 2) even *= k;
      for (const a of [1e-8, 1, 1e8])
        expect(moments(a, 1, 0)[4] / (even * a ** (2 * degree))).toBeCloseTo(1, 13);
      const phi = { ...activation, kinks: [] };
      for (const [a, b, c] of [...pairs.slice(0, 4), [400, 900, -590]]) {
        const nested = pairMomentsByQuadrature(phi, a, b, c);
        const size = Math.max(...moments(a, b, c).map(Math.abs));
        moments(a, b, c).forEach((value, p) => {
          expect(Math.abs(value - nested[p])).toBeLessThan(1e-7 * size);
        });
      }
    },
  );
});

describe('prior moments to order 1/N', () => {
  it.each([
    ['relu', 2, 5],
    ['linear', 1, 2],
  ])(
    '%s, one input: Var C/K² is Σ k/N_l, and ⟨C²⟩/⟨C⟩² of drawn networks ∏(1 + k/N_l)',
    (activation, g, k) => {
      const widths = [20, 30, 50];
      const net = network({ hiddenLayers: 3, width: widths, activation, weightVariance: g });
      const one = gather(x, [0], [0, 1, 2, 3, 4]);
      const kernels = nngpKernels(net, one, compute);
      const moments = run(priorMoments(net, one, compute));
      const { layers } = draw(net, kernels, 60_000);
      let [first, exact] = [0, 1];
      widths.forEach((width, i) => {
        first += k / width;
        exact *= 1 + k / width;
        const { nngp, variance, correction } = moments[i + 1];
        expect(variance.data[0] / nngp.data[0] ** 2).toBeCloseTo(first, 10);
        // Homogeneous: the mean has no correction at any order.
        expect(Math.abs(correction.data[0])).toBeLessThan(1e-8);
        const drawn = layers[i + 1];
        if (!drawn) throw new Error('no draws');
        const error = drawn.varianceError.data[0] / nngp.data[0] ** 2;
        expect(Math.abs(drawn.variance.data[0] / drawn.mean.data[0] ** 2 - (exact - 1))).toBeLessThan(
          5 * error,
        );
      });
      expect(outputKurtosis(moments[3])[0]).toBeCloseTo(3 * (1 + first), 9);
      const { kurtosis, error } = drawnKurtosis(layers[3] as never);
      expect(Math.abs(kurtosis[0] - 3 * exact)).toBeLessThan(5 * error[0] + 0.02);
    },
  );

  it.each([
    ['erf', 1.5, 0.1],
    ['relu', 1.8, 0.1],
    ['tanh', 1.5, 0.05],
    ['sign', 1, 0.1],
    ['gelu', 2, 0.1],
  ])(
    '%s, three layers: means and variances of drawn networks at N = 400',
    (activation, weightVariance, biasVariance) => {
      const net = network({ hiddenLayers: 3, width: 400, activation, weightVariance, biasVariance });
      const kernels = nngpKernels(net, x, compute);
      const moments = run(priorMoments(net, x, compute));
      const { layers } = draw(net, kernels, 12_000);
      for (let l = 1; l <= 3; l++) {
        const { nngp, correction, variance } = moments[l];
        const drawn = layers[l];
        if (!drawn) throw new Error('no draws');
        for (let i = 0; i < 16; i++) {
          // What is left out is of order 1/N² in the mean, and a share of order 1/N of the variance.
          const mean = nngp.data[i] + correction.data[i];
          expect(Math.abs(drawn.mean.data[i] - mean)).toBeLessThan(
            5 * drawn.meanError.data[i] + 2e-4 * Math.abs(nngp.data[i]),
          );
          expect(Math.abs(drawn.variance.data[i] - variance.data[i])).toBeLessThan(
            5 * drawn.varianceError.data[i] + 0.04 * variance.data[i] + 1e-15,
          );
        }
      }
    },
  );

  it('the correction of the mean is there: drawn networks at N = 30 tell it from none', () => {
    const net = network({ hiddenLayers: 3, width: 30, activation: 'erf', weightVariance: 2 });
    const kernels = nngpKernels(net, x, compute);
    const { nngp, correction } = run(priorMoments(net, x, compute))[3];
    const drawn = draw(net, kernels, 40_000).layers[3];
    if (!drawn) throw new Error('no draws');
    const own = [0, 5, 10, 15];
    for (const i of own) {
      const found = drawn.mean.data[i] - nngp.data[i];
      expect(Math.abs(found)).toBeGreaterThan(5 * drawn.meanError.data[i]);
      expect(Math.abs(found - correction.data[i])).toBeLessThan(
        5 * drawn.meanError.data[i] + 0.15 * Math.abs(found),
      );
    }
  });

  it.each(['erf', 'tanh'])(
    '%s: entry covariances agree with variances, contractions and their symmetry',
    (activation) => {
      const net = network({
        hiddenLayers: 2,
        width: [40, 60],
        activation,
        weightVariance: 1.4,
        biasVariance: 0.1,
      });
      const kernels = nngpKernels(net, x, compute);
      const moments = run(priorMoments(net, x, compute));
      const pairs: [number, number][] = [];
      for (let i = 0; i < 4; i++) for (let j = 0; j <= i; j++) pairs.push([i, j]);
      const covariances = entryCovariance(net, kernels, pairs, compute);
      for (const l of [1, 2]) {
        const { covariance, error } = covariances[l - 1];
        const at = (a: number, b: number) => {
          const [i, j] = [a, b].map((k) =>
            pairs.findIndex(([p, q]) => (p === k >> 2 && q === (k & 3)) || (q === k >> 2 && p === (k & 3))),
          );
          return {
            value: covariance.data[i * pairs.length + j],
            error: error?.data[i * pairs.length + j] ?? 0,
          };
        };
        const { variance, withOwn, ofDiagonals } = moments[l];
        for (let i = 0; i < 4; i++) {
          for (let j = 0; j < 4; j++) {
            const [k, ii, jj] = [4 * i + j, 5 * i, 5 * j];
            for (const [found, value] of [
              [at(k, k), variance.data[k]],
              [at(ii, k), withOwn.data[k]],
              [at(ii, jj), ofDiagonals.data[k]],
            ] as const) {
              expect(Math.abs(found.value - value)).toBeLessThan(9 * found.error + 1e-8);
            }
          }
        }
        if (activation !== 'erf') continue;
        // Cov:S by products against the sum over all entries.
        const source = zeros(4);
        for (let i = 0; i < 4; i++)
          for (let j = 0; j < 4; j++)
            source.data[4 * i + j] = Math.sin(1 + i) * Math.sin(1 + j) + (i === j ? 0.3 : 0);
        const contracted = contractCovariance(
          net,
          kernels,
          l,
          source,
          new ExactFourPoint(net.activation, compute),
          compute,
        )[l];
        const [one, two] = [contracted.data[4 * 2 + 1], contracted.data[0]];
        let [sumOne, sumTwo] = [0, 0];
        for (let k = 0; k < 16; k++) {
          sumOne += at(4 * 2 + 1, k).value * source.data[k];
          sumTwo += at(0, k).value * source.data[k];
        }
        expect(one).toBeCloseTo(sumOne, 9);
        expect(two).toBeCloseTo(sumTwo, 9);
      }
    },
  );

  it('permuting points permutes moments', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 }),
        fc.constantFrom('erf', 'relu', 'tanh'),
        (order, activation) => {
          const net = network({
            hiddenLayers: 2,
            width: 40,
            activation,
            weightVariance: 1.4,
            biasVariance: 0.1,
          });
          const plain = run(priorMoments(net, x, compute))[2];
          const permuted = run(priorMoments(net, gather(x, order, [0, 1, 2, 3, 4]), compute))[2];
          for (const key of ['nngp', 'correction', 'variance', 'withOwn', 'ofDiagonals'] as const) {
            const expected = gather(plain[key], order, order);
            permuted[key].data.forEach((value, i) => {
              expect(value).toBeCloseTo(expected.data[i], 7);
            });
          }
        },
      ),
      { numRuns: 12 },
    );
  });
});

describe('drawn kernels', () => {
  const net = network({ hiddenLayers: 2, width: 20, activation: 'erf', weightVariance: 1.5 });
  const kernels = nngpKernels(net, x, compute);

  it('depend on the seed alone, not on the number of threads', async () => {
    const single = await nodeCompute({ threads: 1 });
    const [a, b] = [
      draw(net, kernels, 200, 5),
      run(drawKernels(net, kernels, { draws: 200, seed: 5 }, single)),
    ];
    expect(b.layers[2]).toEqual(a.layers[2]);
    expect(draw(net, kernels, 200, 6).layers[2]).not.toEqual(a.layers[2]);
  });

  // Of a linear network finite width leaves the mean of every kernel as it is.
  it.each([
    [
      'convolutions that are averaged',
      { layers: [{ convolution: { patch: [2], stride: 2, width: 9 } }, { dense: 7 }], readout: 'average' },
    ],
    ['flattened ones', { layers: [{ convolution: { patch: [3], padding: 'circular', width: 9 } }] }],
    ['residual blocks', { layers: [{ dense: 8 }, { dense: 8, skip: 1 }, { dense: 8, skip: 2 }] }],
    ['one’s own activation', { layers: [{ dense: 8 }], activation: '0.7*x' }],
  ])('of %s have the means of infinite width where networks are linear', (_, { layers, ...rest }) => {
    const activation = 'activation' in rest ? rest.activation : 'linear';
    const structured = createProblem({
      data: { x, y: [1, -1, 1, -1], image: [5, 1] },
      network: {
        ...rest,
        layers: layers.map((layer) => ({ ...layer, activation })),
        weightVariance: 1.2,
        biasVariance: 0.1,
      } as object,
    }).network;
    const nngp = nngpKernels(structured, x, compute);
    const { layers: drawn } = draw(structured, nngp, 4000);
    for (let l = 1; l <= structured.hiddenLayers; l++) {
      const { mean, meanError, variance } = drawn[l] as DrawnMoments;
      expect(mean.rows).toBe(nngp[l].rows);
      expect(variance.data.some((value) => value > 0)).toBe(true);
      const score = mean.data.map((value, i) => ((value - nngp[l].data[i]) / meanError.data[i]) ** 2);
      const square = score.reduce((sum, value) => sum + value / score.length, 0);
      expect(square).toBeLessThan(5);
      expect(square).toBeGreaterThan(0.02);
    }
  });

  it('of residual blocks fluctuate as their neurons do', () => {
    // C⁽²⁾ = K⁽⁰⁾-neurons h hᵀ/N + (g/N) φφᵀ + β: linear, one input of variance k. h and φ = h are one draw,
    // so that C⁽¹⁾ = g s + β and C⁽²⁾ of a block without weights of its own is that of two chi-squares.
    const one = createProblem({
      data: { x: [[1]], y: [1] },
      network: {
        layers: [
          { dense: 6, activation: 'linear' },
          { dense: 6, activation: 'linear', skip: 1 },
        ],
        weightVariance: [1, 1, 1],
        biasVariance: 0,
      },
    }).network;
    const nngp = nngpKernels(one, fromRows([[1]]), compute);
    const { variance, varianceError } = draw(one, nngp, 20_000).layers[1] as DrawnMoments;
    // h ~ N(0, 1), six neurons: C⁽¹⁾ = s + s with s = Σh²/6, Var s = 2/6.
    expect(nngp[1].data[0]).toBeCloseTo(2, 12);
    expect(Math.abs(variance.data[0] - 4 / 3)).toBeLessThan(4 * varianceError.data[0]);
  });

  it('of a pair give a density that is normalised, wider in the tails than one Gaussian, with the right covariance', () => {
    const { pair } = run(drawKernels(net, kernels, { draws: 800, seed: 5, pair: [0, 1] }, compute));
    if (!pair) throw new Error('no pair');
    const axis = Float64Array.from({ length: 161 }, (_, k) => -8 + k / 10);
    const { density } = mixtureDensity(pair, axis);
    let [mass, product, far] = [0, 0, 0];
    density.forEach((value, k) => {
      const [f, g] = [axis[k % 161], axis[Math.floor(k / 161)]];
      mass += value / 100;
      product += (value * f * g) / 100;
      if (Math.abs(f) > 3.5 * Math.sqrt(kernels[2].data[0])) far += value / 100;
    });
    const mean = pair.data.filter((_, k) => k % 3 === 1).reduce((sum, value) => sum + value / pair.rows, 0);
    expect(mass).toBeCloseTo(1, 3);
    expect(product).toBeCloseTo(mean, 3);
    expect(far).toBeGreaterThan(1.2 * 4.65e-4);
  });
});
