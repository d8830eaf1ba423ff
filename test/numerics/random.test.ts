import { describe, expect, it } from 'vitest';
import { RandomStream } from '#src/numerics/random.js';

const MASK = (1n << 64n) - 1n;
const rotate = (x: bigint, k: bigint) => ((x << k) | (x >> (64n - k))) & MASK;

/** xoshiro256++ in big integers, from its definition. */
function step(s: bigint[]): bigint {
  const result = (rotate((s[0] + s[3]) & MASK, 23n) + s[0]) & MASK;
  const t = (s[1] << 17n) & MASK;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate(s[3], 45n);
  return result;
}

/** The state after 2^power steps: the step is linear over GF(2), so its matrix is squared `power` times. */
function afterPowerOfTwo(start: bigint[], power: number): bigint[] {
  const joined = (s: bigint[]) => s[0] | (s[1] << 64n) | (s[2] << 128n) | (s[3] << 192n);
  // images[i]: where the state with only bit i set goes.
  let images = Array.from({ length: 256 }, (_, i) => {
    const s = [0n, 0n, 0n, 0n];
    s[i >> 6] = 1n << BigInt(i & 63);
    step(s);
    return joined(s);
  });
  const apply = (x: bigint) => {
    let result = 0n;
    let rest = x;
    for (let i = 0; rest !== 0n; i++, rest >>= 1n) if (rest & 1n) result ^= images[i];
    return result;
  };
  for (let k = 0; k < power; k++) images = images.map(apply);
  const end = apply(joined(start));
  return [0n, 64n, 128n, 192n].map((shift) => (end >> shift) & MASK);
}

describe('RandomStream', () => {
  it('is xoshiro256++', () => {
    const start = [0x0123456789abcdefn, 42n, 7n, 0xfedcba9876543210n];
    const s = [...start];
    const expected = Array.from({ length: 1000 }, () => step(s));
    expect([...RandomStream.fromState(BigUint64Array.from(start)).bits(1000)]).toEqual(expected);
  });

  it('gives the numbers that the authors publish for the state 1, 2, 3, 4', () => {
    const bits = RandomStream.fromState(BigUint64Array.of(1n, 2n, 3n, 4n)).bits(4);
    expect([...bits]).toEqual([41943041n, 58720359n, 3588806011781223n, 3591011842654386n]);
  });

  it('jumps by 2^128 and splits by 2^192 steps exactly', () => {
    const stream = RandomStream.fromSeed(99);
    const start = [...stream.state];
    expect([...stream.split(0).state]).toEqual(afterPowerOfTwo(start, 192));
    expect([...stream.clone().jump().state]).toEqual(afterPowerOfTwo(start, 128));
  });

  it('splits into distinct streams and does not move itself', () => {
    const stream = RandomStream.fromSeed(5);
    const before = [...stream.state];
    const states = [0, 1, 2].map((k) => stream.split(k).state.join());
    expect(new Set(states).size).toBe(3);
    expect([...stream.state]).toEqual(before);
  });

  it('is repeatable, and the same however it is cut', () => {
    const whole = RandomStream.fromSeed(1).normals(new Float64Array(5000));
    const stream = RandomStream.fromSeed(1);
    const parts = [1, 999, 4000].flatMap((n) => [...stream.normals(new Float64Array(n))]);
    expect(parts).toEqual([...whole]);
  });
});

describe('normals', () => {
  const count = 4_000_000;
  const x = RandomStream.fromSeed(2024).normals(new Float64Array(count));

  it('have the moments of N(0, 1) within five standard errors', () => {
    const moment = (k: number) => x.reduce((sum, value) => sum + value ** k, 0) / count;
    // Variance of x^k: ⟨x^2k⟩ − ⟨x^k⟩².
    const expected = [0, 1, 0, 3, 0, 15, 0, 105];
    const variance = [1, 2, 15, 96, 945, 10170];
    for (let k = 1; k <= 6; k++) {
      const error = Math.sqrt(variance[k - 1] / count);
      expect(Math.abs(moment(k) - expected[k - 1]) / error, `moment ${k}`).toBeLessThan(5);
    }
  });

  it('fall into equally likely bins as they should, tails included (χ²)', () => {
    // Bin edges by the inverse of the normal distribution, found by bisection on an independent erfc.
    const bins = 200;
    const counts = new Float64Array(bins);
    for (const value of x) counts[Math.min(bins - 1, Math.floor(bins * cumulative(value)))]++;
    const chi = counts.reduce((sum, n) => sum + (n - count / bins) ** 2 / (count / bins), 0);
    const tail = x.filter((value) => Math.abs(value) > 3.6541528853610088).length / count;
    expect(Math.abs(chi - (bins - 1)) / Math.sqrt(2 * (bins - 1))).toBeLessThan(5);
    const p = 2 * (1 - cumulative(3.6541528853610088));
    expect(Math.abs(tail - p)).toBeLessThan(5 * Math.sqrt(p / count));
  });

  it('do not depend on their predecessors', () => {
    let lag = 0;
    let squares = 0;
    for (let i = 1; i < count; i++) {
      lag += x[i] * x[i - 1];
      squares += (x[i] ** 2 - 1) * (x[i - 1] ** 2 - 1);
    }
    expect(Math.abs(lag / Math.sqrt(count))).toBeLessThan(5);
    expect(Math.abs(squares / Math.sqrt(4 * count))).toBeLessThan(5);
  });
});

/** Φ(x) by the series and the continued fraction of erfc (Abramowitz and Stegun 7.1.6, 7.1.14). */
function cumulative(x: number): number {
  const z = Math.abs(x);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  let above: number;
  if (z < 3) {
    let term = z;
    let sum = z;
    for (let n = 1; n < 60; n++) {
      term *= (z * z) / (2 * n + 1);
      sum += term;
    }
    above = 0.5 - density * sum;
  } else {
    let fraction = z;
    for (let k = 60; k >= 1; k--) fraction = z + k / fraction;
    above = density / fraction;
  }
  return x > 0 ? 1 - above : above;
}

describe('uniforms and permutations', () => {
  it('stay inside (0, 1) with mean ½ and variance 1/12', () => {
    const u = RandomStream.fromSeed(3).uniforms(new Float64Array(1_000_000));
    const mean = u.reduce((sum, value) => sum + value, 0) / u.length;
    const variance = u.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / u.length;
    expect(u.every((value) => value > 0 && value < 1)).toBe(true);
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / u.length));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / u.length));
  });

  it('permute', () => {
    const order = RandomStream.fromSeed(4).permutation(500);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect([...order]).not.toEqual([...order].sort((a, b) => a - b));
  });
});
