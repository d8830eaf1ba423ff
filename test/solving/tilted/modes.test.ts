import { describe, expect, test } from 'vitest';
import { erf } from '#src/activations/erf.js';
import { nodeCompute } from '#src/compute/nodeCompute.js';
import { fromRows } from '#src/numerics/matrix.js';
import { RandomStream } from '#src/numerics/random.js';
import { modeShares } from '#src/solving/tilted/modes.js';
import { linearTilt } from '#src/solving/tilted/tilt.js';
import { TiltedSamples } from '#src/solving/tilted/tiltedSamples.js';

const SIZE = 8192;

/** Draws of Σ_k share_k N(centre_k, 1), all of the same weight unless told otherwise. */
function mixture(seed: number, parts: readonly (readonly [share: number, centre: number])[]) {
  const stream = RandomStream.fromSeed(seed);
  const normals = new Float64Array(SIZE);
  stream.normals(normals);
  return normals.map((value, s) => {
    let rest = (s + 0.5) / SIZE;
    const part = parts.find(([share]) => (rest -= share) < 0) ?? parts[parts.length - 1];
    return value + part[1];
  });
}

const even = new Float64Array(SIZE).fill(1 / SIZE);

describe('modes of a weighted sample', () => {
  test('one for a Gaussian, wide or narrow, over forty seeds', () => {
    for (let seed = 0; seed < 40; seed++) {
      const x = mixture(seed, [[1, 0]]);
      expect(modeShares(x, even)).toEqual([1]);
      expect(
        modeShares(
          x.map((value) => 1e-6 * value + 3),
          even,
        ),
      ).toEqual([1]);
    }
  });

  test('one for a Gaussian reached by weights from a wider one', () => {
    for (let seed = 0; seed < 40; seed++) {
      const x = mixture(seed, [[1, 0]]).map((value) => 2 * value);
      const weights = x.map((value) => Math.exp(-0.5 * value * value + (value * value) / 8));
      const sum = weights.reduce((total, w) => total + w, 0);
      expect(
        modeShares(
          x,
          weights.map((w) => w / sum),
        ),
      ).toHaveLength(1);
    }
  });

  test.each([
    [
      [
        [0.5, -3],
        [0.5, 3],
      ],
    ],
    [
      [
        [0.2, -3],
        [0.8, 3],
      ],
    ],
    [
      [
        [0.3, -6],
        [0.3, 0],
        [0.4, 6],
      ],
    ],
    [
      [
        [0.06, -4],
        [0.94, 3],
      ],
    ],
  ] as const)('shares of %j', (parts) => {
    for (let seed = 0; seed < 10; seed++) {
      const shares = modeShares(mixture(seed, parts), even);
      expect(shares).toHaveLength(parts.length);
      // Draws are stratified over the parts: only tails across a valley move a share.
      for (const [k, share] of shares.entries()) expect(Math.abs(share - parts[k][0])).toBeLessThan(0.01);
    }
  });

  test('two Gaussians that have merged into one maximum are one mode', () => {
    for (let seed = 0; seed < 20; seed++)
      expect(
        modeShares(
          mixture(seed, [
            [0.5, -0.9],
            [0.5, 0.9],
          ]),
          even,
        ),
      ).toEqual([1]);
  });

  test('a sample without spread is one mode', () => {
    expect(modeShares(new Float64Array(8).fill(2), new Float64Array(8).fill(1 / 8))).toEqual([1]);
  });
});

describe('one neuron at one point, N(h|0, 4) exp(q erf(h)²)', () => {
  const exponent = (q: number, h: number) => {
    const phi = new Float64Array(1);
    erf.value(Float64Array.of(h), phi);
    return q * phi[0] ** 2 - (h * h) / 8;
  };

  /** Whether the density has a valley at 0 below four fifths of its maxima, by looking at it. */
  const twoModes = (q: number) => {
    const heights = Array.from({ length: 600 }, (_, k) => exponent(q, 0.01 * k));
    return heights[0] - Math.max(...heights) < Math.log(0.8);
  };

  test.each([0.05, 0.1, 1, 2, 3])(
    'q = %d: modes as the density has them, in equal parts, standing or carried',
    async (q) => {
      const compute = await nodeCompute();
      for (const [size, carried] of [
        [32768, false],
        [4096, true],
      ] as const) {
        const samples = new TiltedSamples(() => erf, compute, size, 0, carried);
        const measure = samples.measure(1, fromRows([[4]]), 1, linearTilt(fromRows([[q]])));
        const shares = measure.modes();
        expect(shares).toHaveLength(twoModes(q) ? 2 : 1);
        // Five standard errors of a share of one half.
        const error = 0.5 / Math.sqrt(size * measure.effectiveShare);
        if (shares.length === 2) expect(Math.abs(shares[0] - 0.5)).toBeLessThan(5 * error);
      }
    },
  );
});
