import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defineActivation } from '#src/activations/defineActivation.js';
import { activationByName } from '#src/activations/registry.js';
import { criticalAt, criticalLine, criticalPoints } from '#src/criticality/criticalLine.js';
import { CorrelationMap, fixedPoints, nextVariance, variances } from '#src/criticality/meanField.js';
import { momentsAt } from '#src/criticality/moments.js';
import { phaseAt } from '#src/criticality/phase.js';
import { geometric, rootsOn } from '#src/criticality/roots.js';
import { portableCompute } from '#src/numerics/compute.js';

const compute = portableCompute();
const layers = (name: string, weightVariance: number, biasVariance = 0) => ({
  activation: activationByName(name),
  weightVariance,
  biasVariance,
});

describe('moments', () => {
  // Closed forms: erf (arcsine), sin, ReLU; ⟨(1 − tanh²)²⟩ is checked through the published critical points
  // below.
  it.each([0.01, 0.7, 5, 60])('by quadrature are the closed forms at q = %f', (q) => {
    const erf = momentsAt(activationByName('erf'), q);
    expect(erf.square).toBeCloseTo((2 / Math.PI) * Math.asin((2 * q) / (1 + 2 * q)), 13);
    expect(erf.slope).toBeCloseTo(4 / Math.PI / Math.sqrt(1 + 4 * q), 13);
    expect(erf.growth).toBeCloseTo(4 / Math.PI / ((1 + 2 * q) * Math.sqrt(1 + 4 * q)), 13);
    const sin = momentsAt(activationByName('sin'), q);
    expect(sin.square).toBeCloseTo(0.5 * (1 - Math.exp(-2 * q)), 12);
    expect(sin.slope).toBeCloseTo(0.5 * (1 + Math.exp(-2 * q)), 12);
    expect(sin.growth).toBeCloseTo(Math.exp(-2 * q), 12);
    const relu = momentsAt(activationByName('relu'), q);
    expect(relu.square / q).toBeCloseTo(0.5, 13);
    expect([relu.slope, relu.growth].map((value) => value.toFixed(12))).toEqual([
      '0.500000000000',
      '0.500000000000',
    ]);
    expect(momentsAt(activationByName('sign'), q).slope).toBe(Number.POSITIVE_INFINITY);
  });

  it('see kinks away from the origin', () => {
    const hard = defineActivation({
      name: 'hardTanh',
      value: (h) => Math.max(-1, Math.min(1, h)),
      kinks: [-1, 1],
    });
    const { square, slope } = momentsAt(hard, 2.3);
    // P(|z| < 1/√2.3) = erf(1/√4.6) by SciPy
    expect(slope).toBeCloseTo(0.49034852206599105, 13);
    const sigma = Math.sqrt(2.3);
    const density = Math.exp(-0.5 / 2.3) / Math.sqrt(2 * Math.PI);
    expect(square).toBeCloseTo(2.3 * (slope - (2 / sigma) * density) + 1 - slope, 12);
  });
});

describe('critical points', () => {
  it.each([
    ['erf', 0, Math.PI / 4],
    ['erf', 0.01, 1.11428],
    ['erf', 0.1, 1.552118],
    ['erf', 0.2, 1.78818],
    ['tanh', 0, 1],
    ['tanh', 0.01, 1.424205],
    ['tanh', 0.1, 1.986073],
    ['tanh', 0.2, 2.285152],
    ['tanh', 0.5, 2.843167],
    ['relu', 0, 2],
    ['linear', 0, 1],
    ['abs', 0, 1],
    ['leakyRelu(0.1)', 0, 2 / 1.01],
  ])('%s, σ_b² = %f: σ_w² = %f', (name, beta, weightVariance) => {
    const [first] = criticalPoints(activationByName(name), beta);
    expect(Math.abs(first.weightVariance - weightVariance)).toBeLessThan(1e-6);
  });

  it.each<[string, number, number]>([
    // Roberts, Yaida and Hanin (2022), The Principles of Deep Learning Theory: half-stable criticality; SciPy
    // quadrature gives the same
    ['gelu', 1.98305826, 0.17292239],
    ['silu', 1.98800468, 0.55514317],
  ])('%s: the published point where variances too are critical', (name, weightVariance, biasVariance) => {
    const activation = activationByName(name);
    const growth = (q: number) =>
      criticalAt(activation, q).weightVariance * momentsAt(activation, q).growth - 1;
    const [q] = rootsOn(growth, geometric(0.1, 100, 60));
    const point = criticalAt(activation, q);
    expect(point.weightVariance).toBeCloseTo(weightVariance, 7);
    expect(point.biasVariance).toBeCloseTo(biasVariance, 7);
  });

  it('there are none for sign, nor for ReLU with biases', () => {
    expect(criticalPoints(activationByName('sign'), 0.1)).toEqual([]);
    expect(criticalPoints(activationByName('relu'), 0.1)).toEqual([]);
    expect(criticalLine(activationByName('sign'))).toEqual([]);
  });

  it('lie on the line, where χ is 1', () => {
    for (const { weightVariance, biasVariance, q } of criticalLine(activationByName('tanh'), 0.01, 10, 12)) {
      const phase = phaseAt(layers('tanh', weightVariance, biasVariance), compute);
      expect(phase.qStar / q).toBeCloseTo(1, 6);
      expect(phase.chi).toBeCloseTo(1, 7);
      expect(phase.phase).toBe('critical');
      const found = criticalPoints(activationByName('tanh'), biasVariance);
      expect(Math.min(...found.map((point) => Math.abs(point.weightVariance - weightVariance)))).toBeLessThan(
        1e-8,
      );
    }
  });
});

it('a value at the origin that is rounding is none: critical lines end where those without it end', () => {
  const rounded = defineActivation({ name: 'rounded', value: (x) => Math.tanh(x) + 1e-17 });
  const [first, ...others] = criticalPoints(rounded, 0);
  expect(others).toEqual([]);
  expect(first.weightVariance).toBeCloseTo(1, 9);
  expect(first.q).toBe(0);
  const shifted = defineActivation({ name: 'shifted', value: (x) => Math.tanh(x) + 1e-3 });
  expect(criticalPoints(shifted, 0).every(({ q }) => q > 0)).toBe(true);
});

describe('phases', () => {
  it('tanh at σ_w² = 1.3, σ_b² = 0.05 is ordered, with its depth scales', () => {
    const { phase, qStar, chi, xiC, xiQ, cStar } = phaseAt(layers('tanh', 1.3, 0.05), compute);
    expect([phase, cStar]).toEqual(['ordered', 1]);
    expect(qStar).toBeCloseTo(0.315316, 6);
    expect(chi).toBeCloseTo(0.880164, 6);
    expect(xiC).toBeCloseTo(7.8341, 4);
    expect(xiQ).toBeCloseTo(1.785237, 6);
  });

  it.each<[string, number, number, string, RegExp | undefined]>([
    ['relu', 2, 0, 'critical', /every variance is a fixed point/],
    ['relu', 1.5, 0.1, 'ordered', undefined],
    ['relu', 2.5, 0.1, 'unbounded', /grow without limit/],
    ['linear', 1, 0, 'critical', /every variance/],
    ['linear', 1.1, 0, 'unbounded', /grow/],
    ['erf', 0.5, 0, 'ordered', /shrink to zero/],
    ['erf', 3, 0.1, 'chaotic', undefined],
    ['sign', 1, 0.1, 'chaotic', undefined],
    ['gaussian', 8, 0, 'chaotic', undefined],
  ])('%s at %f, %f is %s', (name, g, beta, expected, remark) => {
    const found = phaseAt(layers(name, g, beta), compute);
    expect(found.phase).toBe(expected);
    if (remark) expect(found.remark).toMatch(remark);
    else expect(found.remark).toBeUndefined();
  });

  it('monomial(2) has a repelling variance that separates a fixed point from growth', () => {
    // q = 3 g q² + β: the quadratic formula
    const [g, beta] = [0.2, 0.1];
    const root = (sign: number) => (1 + sign * Math.sqrt(1 - 12 * g * beta)) / (6 * g);
    const points = fixedPoints(layers('monomial(2)', g, beta));
    expect(points.map(({ stable }) => stable)).toEqual([true, false]);
    expect(points[0].q).toBeCloseTo(root(-1), 12);
    expect(points[1].q).toBeCloseTo(root(1), 12);
  });

  it('names bistable networks and the fixed point that their inputs reach', () => {
    // A threshold: few neurons below it, nearly all above.
    const value = (h: number) => 3 * Math.max(0, Math.min(1, 8 * (Math.abs(h) - 1)));
    const threshold = defineActivation({ name: 'threshold', value, kinks: [-1.125, -1, 0, 1, 1.125] });
    const network = { activation: threshold, weightVariance: 0.5, biasVariance: 0.1 };
    const { fixedPoints: points, qStar, remark } = phaseAt(network, compute);
    expect(points.map(({ stable }) => stable)).toEqual([true, false, true]);
    expect(remark).toMatch(/^bistable: variances end at 0\.1036 or 2\.188/);
    // Inputs start at 0.6, above the repelling variance 0.27.
    expect(qStar).toBe(points[2].q);
    expect(variances(network, 0.6, 200)[200]).toBeCloseTo(points[2].q, 9);
    expect(variances(network, 0.2, 200)[200]).toBeCloseTo(points[0].q, 9);
  });

  it('for any bounded network: fixed points are fixed, slopes are finite differences, iteration ends where it is said to', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('erf', 'tanh', 'sin', 'sigmoid', 'gaussian'),
        fc.double({ min: 0.3, max: 4, noNaN: true }),
        fc.double({ min: 0.02, max: 0.5, noNaN: true }),
        (name, g, beta) => {
          const network = layers(name, g, beta);
          const phase = phaseAt(network, compute);
          const q = phase.qStar;
          expect(nextVariance(network, q)).toBeCloseTo(q, 10);
          const step = 1e-4 * q;
          const slope = (nextVariance(network, q + step) - nextVariance(network, q - step)) / (2 * step);
          expect(slope).toBeCloseTo(phase.chiQ, 5);
          if (Math.abs(phase.chiQ) < 0.9) expect(variances(network, g + beta, 400)[400]).toBeCloseTo(q, 8);
          const map = new CorrelationMap(network, q, compute);
          expect(map.value(phase.cStar)).toBeCloseTo(phase.cStar, 9);
          const c = 0.3;
          expect((map.value(c + 1e-5) - map.value(c - 1e-5)) / 2e-5).toBeCloseTo(map.slope(c), 6);
        },
      ),
      { numRuns: 25, seed: 4 },
    );
  });
});

describe('variances that diverge', () => {
  it.each([0.3, 1e8, 1e15, 1e90])(
    'are followed as far as numbers reach where a function has a degree: q = %s',
    (q) => {
      // ⟨h⁶⟩ = 15 q³, ½⟨h²⟩, ⟨h²⟩, 1
      expect(nextVariance(layers('x^3', 2), q) / (30 * q ** 3)).toBeCloseTo(1, 12);
      expect(nextVariance(layers('relu', 2), q) / q).toBeCloseTo(1, 12);
      expect(nextVariance(layers('abs', 2), q) / q).toBeCloseTo(2, 12);
      expect(nextVariance(layers('sign', 2), q)).toBeCloseTo(2, 12);
    },
  );

  it('are not taken for those of another function that almost has a degree', () => {
    // ⟨max(h − 10⁻⁹, 0)²⟩ is not ½q at q = 10⁻¹⁸: Q of one standard deviation
    expect(nextVariance(layers('max(x-1e-9,0)', 1), 1e-18) / 1e-18).toBeCloseTo(0.0753398, 6);
  });

  it.each(['x^3+x', 'exp(x)', 'gelu', 'tanh'])(
    'are refused beyond, by name of the activation: %s',
    (name) => {
      for (const q of [1.1e9, 1e15, 1e300]) expectRefusal(() => nextVariance(layers(name, 1), q));
      for (const q of [1.1e9, 1e15]) expectRefusal(() => new CorrelationMap(layers(name, 1), q, compute));
      expect(() => variances(layers('x^3+x', 1), 100, 9)).toThrow(
        /activation x\^3\+x: a variance of .* is too large/,
      );
    },
  );

  it.each(['x^3', 'relu', 'tanh'])('are refused where they are none: %s', (name) => {
    for (const q of [Number.POSITIVE_INFINITY, Number.NaN, -1])
      expectRefusal(() => nextVariance(layers(name, 1), q));
  });

  const expectRefusal = (attempt: () => unknown) => {
    const message = expect.stringMatching(
      /^activation \S+: (a variance of \S+ is too large|\S+ is no variance)[^\n]{0,200}$/,
    );
    expect(attempt).toThrow(expect.objectContaining({ name: 'InputError', message }));
  };
});

describe('the correlation map of ReLU', () => {
  it('from c = 0: published values', () => {
    const map = new CorrelationMap(layers('relu', 2), 1, compute);
    const all = [0];
    for (let l = 1; l <= 100; l++) all.push(map.value(all[l - 1]));
    expect(all[1]).toBeCloseTo(1 / Math.PI, 12);
    expect(all[2]).toBeCloseTo(0.49373109, 8);
    expect(all[3]).toBeCloseTo(0.60482572, 8);
    expect(all[10]).toBeCloseTo(0.87153552, 8);
    expect(all[100]).toBeCloseTo(0.99642315, 8);
  });
});

describe('tanh at σ_w² = 1 without biases', () => {
  it('variances fall as 1/(2l)', () => {
    const all = variances(layers('tanh', 1), 1, 4000);
    expect(4000 * all[4000]).toBeCloseTo(0.5, 2);
    // the next order is logarithmic: twice the depth is nearer
    expect(Math.abs(4000 * all[4000] - 0.5)).toBeLessThan(Math.abs(2000 * all[2000] - 0.5));
  });
});

describe('critical without biases', () => {
  it.each([
    ['tanh', 1],
    ['erf', Math.PI / 4],
    ['sin', 1],
    ['x/(1 + abs(x))', 1],
    ['max(-1, min(1, x))', 1],
  ])('%s at σ_w² = %f: variances vanish, slower than any exponential', (name, weightVariance) => {
    const phase = phaseAt(layers(name, weightVariance), compute);
    expect(phase).toMatchObject({
      phase: 'critical',
      qStar: 0,
      cStar: 1,
      xiC: Number.POSITIVE_INFINITY,
      xiQ: Number.POSITIVE_INFINITY,
    });
    expect(phase.chi).toBeCloseTo(1, 11);
    expect(phase.fixedPoints).toMatchObject([{ q: 0, stable: true }]);
    // Hard tanh is a line to rounding below.
    expect(variances(layers(name, weightVariance), weightVariance, 1000)[1000]).toBeLessThan(0.1);
  });

  it.each(['sigmoid', 'cos'])(
    '%s, which has a critical point at some variance: nothing decays there',
    (name) => {
      const [{ weightVariance, q }] = criticalPoints(activationByName(name), 0);
      const phase = phaseAt(layers(name, weightVariance), compute);
      expect(phase).toMatchObject({ phase: 'critical', xiC: Number.POSITIVE_INFINITY });
      expect(phase.qStar / q).toBeCloseTo(1, 10);
    },
  );

  it('x³ has none', () => {
    expect(criticalPoints(activationByName('x^3'), 0)).toEqual([]);
  });

  it('x + x³ grows from there', () => {
    expect(phaseAt(layers('x + x^3', 1), compute).phase).toBe('unbounded');
  });
});

describe('just inside chaos', () => {
  // f(1 − d) = 1 − (1 + ε)d + k dᵖ: at the other fixed point the slope is 1 − (p − 1)ε, with p = 2 for smooth
  // φ and p = 3/2 where φ' jumps.
  it.each([
    ['erf', 1],
    ['tanh', 1],
    ['max(-1, min(1, x))', 0.5],
    ['max(-1, min(1, x)) + 0.3*tanh(x)', 0.5],
  ] as const)('%s: correlations decay as slowly as convexity says', (name, share) => {
    const [{ weightVariance }] = criticalPoints(activationByName(name), 0.1);
    for (const distance of [1e-6, 1e-5, 1e-4]) {
      const { chi, chiC, cStar } = phaseAt(layers(name, weightVariance * (1 + distance), 0.1), compute);
      expect(chi).toBeGreaterThan(1);
      expect((1 - chiC) / (chi - 1)).toBeCloseTo(share, 3);
      expect(cStar).toBeLessThan(1);
    }
  });

  it('nothing decays on the line itself', () => {
    for (const name of ['erf', 'tanh', 'max(-1, min(1, x))', 'max(x, -0.5)']) {
      const [{ weightVariance }] = criticalPoints(activationByName(name), 0.1);
      expect(phaseAt(layers(name, weightVariance, 0.1), compute)).toMatchObject({
        phase: 'critical',
        cStar: 1,
        xiC: Number.POSITIVE_INFINITY,
      });
    }
  });
});
