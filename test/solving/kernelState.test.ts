import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Matrix, zeros } from '#src/numerics/matrix.js';
import { kernelsOf, pack, residualOf, stateOf, unknownsOf, unpack } from '#src/solving/kernelState.js';

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const symmetric = (n: number): fc.Arbitrary<Matrix> =>
  fc.array(finite, { minLength: n * n, maxLength: n * n }).map((values) => {
    const matrix = zeros(n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) matrix.data[i * n + j] = values[Math.max(i, j) * n + Math.min(i, j)];
    return matrix;
  });
const states = fc.integer({ min: 1, max: 5 }).chain((n) =>
  fc.record({
    input: symmetric(n),
    layers: fc.array(symmetric(n), { maxLength: 4 }),
    output: fc.dictionary(fc.stringMatching(/^[a-z]+$/), symmetric(n), { maxKeys: 3 }),
  }),
);

describe('the state of a solver', () => {
  it('is packed and unpacked under its names, but for the input, which is given', () => {
    fc.assert(
      fc.property(states, (state) => {
        const again = unpack(pack(state), state);
        expect(again.input).toBe(state.input);
        expect(again.layers.map(({ data }) => [...data])).toEqual(state.layers.map(({ data }) => [...data]));
        expect(Object.keys(again.output)).toEqual(Object.keys(state.output));
        for (const [name, { data }] of Object.entries(state.output))
          expect(again.output[name].data).toEqual(data);
        expect(pack(again)).toEqual(pack(state));
        expect(unknownsOf(state)).toHaveLength(state.layers.length + Object.keys(state.output).length);
        expect(residualOf(state, again)).toBe(0);
      }),
    );
  });

  it('is as far from its image as the worst of its matrices, relative to its size', () => {
    const scalar = (value: number) => Object.assign(zeros(1), { data: Float64Array.of(value) });
    const state = { input: scalar(1), layers: [scalar(2), scalar(4)], output: { effective: scalar(10) } };
    const image = { input: scalar(9), layers: [scalar(2), scalar(5)], output: { effective: scalar(14) } };
    expect(residualOf(state, image)).toBeCloseTo(0.4, 12);
    expect(residualOf(image, state)).toBeCloseTo(4 / 14, 12);
  });

  it('of kernels alone is them', () => {
    const kernels = [zeros(2), zeros(2), zeros(2)];
    expect(kernelsOf(stateOf(kernels))).toEqual(kernels);
  });
});
