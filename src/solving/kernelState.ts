import { type Matrix, relativeDistance, release, scratch } from '../numerics/matrix.js';

export type NamedMatrices = Readonly<Record<string, Matrix>>;

/**
 * What the equations of a theory are solved for: symmetric matrices of P×P, or of (point, position) pairs, of
 * which the input kernel is given.
 */
export interface KernelState<Output extends NamedMatrices = NamedMatrices> {
  /** C⁽⁰⁾ */
  readonly input: Matrix;
  /** C⁽¹⁾ … C⁽ᴸ⁾ */
  readonly layers: readonly Matrix[];
  /** what a theory knows of the outputs besides; empty where it solves for kernels alone */
  readonly output: Output;
}

/** A theory that solves for kernels alone. */
export type KernelsAlone = KernelState<Record<never, Matrix>>;

/** @param kernels C⁽⁰⁾ … C⁽ᴸ⁾ */
export const stateOf = ([input, ...layers]: readonly Matrix[]): KernelsAlone => ({
  input,
  layers,
  output: {},
});

/** C⁽⁰⁾ … C⁽ᴸ⁾ */
export const kernelsOf = ({ input, layers }: KernelState): Matrix[] => [input, ...layers];

/** All matrices but the one that is given, in the order in which they are packed. */
export const unknownsOf = ({ layers, output }: KernelState): Matrix[] => [
  ...layers,
  ...Object.values(output),
];

/** A state with other unknowns under the same names. */
export function withUnknowns<State extends KernelState>(state: State, unknowns: readonly Matrix[]): State {
  const { input, layers, output } = state;
  const others = Object.keys(output).map((name, k) => [name, unknowns[layers.length + k]]);
  return {
    input,
    layers: unknowns.slice(0, layers.length),
    output: Object.fromEntries(others),
  } as unknown as State;
}

/** Forgets the matrices of a state but its input, which all states share. */
export const releaseUnknowns = (state: KernelState | undefined): void => {
  if (state) release(...unknownsOf(state));
};

/** Largest relative distance between the unknowns of a state and those of its image. */
export function residualOf<State extends KernelState>(state: State, image: State): number {
  const images = unknownsOf(image);
  return unknownsOf(state).reduce(
    (worst, matrix, k) => Math.max(worst, relativeDistance(images[k], matrix)),
    0,
  );
}

/** Lower triangles of all unknowns in one vector. */
export function pack(state: KernelState): Float64Array {
  const unknowns = unknownsOf(state);
  const packed = new Float64Array(unknowns.reduce((sum, { rows }) => sum + (rows * (rows + 1)) / 2, 0));
  let p = 0;
  for (const { rows: n, data } of unknowns) {
    for (let i = 0; i < n; i++) {
      packed.set(data.subarray(i * n, i * n + i + 1), p);
      p += i + 1;
    }
  }
  return packed;
}

/** @param like a state with the same names */
export function unpack<State extends KernelState>(packed: Float64Array, like: State): State {
  let p = 0;
  const unknowns = unknownsOf(like).map(({ rows: n }) => {
    const matrix = scratch(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) matrix.data[i * n + j] = matrix.data[j * n + i] = packed[p++];
    }
    return matrix;
  });
  return withUnknowns(like, unknowns);
}
