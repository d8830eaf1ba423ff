import { expect, test } from 'vitest';
import { activationByName } from '#src/activations/registry.js';
import { convolution } from '#src/architecture/convolution.js';
import { dense } from '#src/architecture/dense.js';
import { type Layer, lift, liftRows, lower, type MomentMap } from '#src/architecture/layer.js';
import { readout } from '#src/architecture/readout.js';
import { inner, type Matrix, zeros } from '#src/numerics/matrix.js';
import { RandomStream } from '#src/numerics/random.js';
import { tapsOf } from '#src/problem/connection.js';

const SAMPLES = 3;
const BETA = 0.3;

const taps = (sizes: number[], patch: number[], stride: number[], padding: 'zero' | 'circular') =>
  tapsOf(sizes, { patch, stride, padding });

const maps: Record<string, MomentMap> = {
  dense: dense(1.7),
  'zero padding': convolution(taps([4, 3], [3, 3], [1, 1], 'zero'), 1.7),
  'circular padding, strides, even patch': convolution(taps([4, 5], [2, 3], [2, 1], 'circular'), 1.7),
  'zero padding, one axis, stride 3': convolution(taps([7], [4], [3], 'zero'), 1.7),
  flatten: readout('flatten', 4, 1.7),
  average: readout('average', 4, 1.7),
};

test('patches reach beyond the edge by zeros or around it, and leave ⌈size/stride⌉ positions', () => {
  expect(taps([5], [3], [2], 'zero')).toMatchObject({ positions: 5, positionsAbove: 3, size: 3 });
  expect([...taps([5], [3], [2], 'zero').taps]).toEqual([-1, 0, 1, 1, 2, 3, 3, 4, -1]);
  expect([...taps([5], [3], [2], 'circular').taps]).toEqual([4, 0, 1, 1, 2, 3, 3, 4, 0]);
  expect([...taps([2, 3], [1, 2], [1, 1], 'zero').taps]).toEqual([0, 1, 1, 2, 2, -1, 3, 4, 4, 5, 5, -1]);
});

const symmetric = (size: number, seed: number): Matrix => {
  const a = zeros(size);
  RandomStream.fromSeed(seed).normals(a.data);
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) a.data[i * size + j] = a.data[j * size + i];
  return a;
};

const layerOf = (map: MomentMap): Layer => ({
  width: 5,
  activation: activationByName('erf'),
  map,
  beta: BETA,
});
const minus = (a: Matrix, b: Matrix): Matrix => ({ ...a, data: a.data.map((value, i) => value - b.data[i]) });

test.each(Object.entries(maps))('%s: ⟨T, lift S − lift 0⟩ = ⟨lower T, S⟩', (_, map) => {
  const layer = layerOf(map);
  const s = symmetric(SAMPLES * map.positions, 1);
  const t = symmetric(SAMPLES * map.positionsAbove, 2);
  const moved = minus(lift(layer, s), lift(layer, zeros(s.rows)));
  expect(inner(t, moved)).toBeCloseTo(inner(lower(layer, t), s), 11);
});

test.each(Object.entries(maps))('%s: rows of known points equal the kernel', (_, map) => {
  const layer = layerOf(map);
  const s = symmetric(SAMPLES * map.positions, 3);
  const kernel = lift(layer, s);
  const own = Float64Array.from({ length: s.rows }, (_, i) => s.data[i * s.rows + i]);
  const blocks = zeros(s.rows, map.positions);
  for (let i = 0; i < s.rows; i++) {
    const first = Math.floor(i / map.positions) * map.positions;
    for (let j = 0; j < map.positions; j++)
      blocks.data[i * map.positions + j] = s.data[i * s.rows + first + j];
  }
  const rows = liftRows(layer, { cross: s, own, blocks });
  rows.cross.data.forEach((value, i) => {
    expect(value).toBeCloseTo(kernel.data[i], 12);
  });
  rows.own.forEach((value, i) => {
    expect(value).toBeCloseTo(kernel.data[i * kernel.rows + i], 12);
  });
});
