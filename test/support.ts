import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Activation } from '#src/activations/activation.js';
import { expandInHermite } from '#src/activations/quadrature/hermiteExpansion.js';
import { pairByQuadrature } from '#src/activations/quadrature/pairQuadrature.js';
import { type ComputeOptions, nodeCompute } from '#src/compute/nodeCompute.js';
import { readNpz } from '#src/formats/npz.js';
import type { Compute } from '#src/numerics/compute.js';
import { type Matrix, zeros } from '#src/numerics/matrix.js';
import { RandomStream } from '#src/numerics/random.js';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const referencePath = (name: string) => fileURLToPath(new URL(`reference/${name}`, import.meta.url));
export const referenceJson = (name: string) => JSON.parse(readFileSync(referencePath(name), 'utf8'));

/** Expectations of one pair, as scripts in test/reference write them. */
export interface PairReference {
  activation: string;
  a: number;
  b: number;
  c: number;
  value: number;
  slope?: number;
  left?: number;
  right?: number;
}

/** Arrays of a golden case. */
export function goldenArrays(name: string) {
  const arrays = readNpz(readFileSync(referencePath(`cases/${name}_ref.npz`)), name);
  return {
    names: [...arrays.keys()],
    matrix: (array: string): Matrix => {
      const found = arrays.get(array);
      if (!found) throw new Error(`${name} has no array ${array}`);
      return found.matrix(array);
    },
  };
}

const quiet: ComputeOptions = { warn: () => {} };

/**
 * Every backend of this machine: always WASM on one thread and on two, and a native library where one is
 * found.
 */
export async function backends(): Promise<[string, Compute][]> {
  const list: [string, Compute][] = [
    ['wasm, 1 thread', await nodeCompute({ ...quiet, blas: 'none', threads: 1 })],
    ['wasm, 2 threads', await nodeCompute({ ...quiet, blas: 'none', threads: 2 })],
  ];
  const native = await nodeCompute(quiet);
  if (native.algebra.name === 'native') list.push([`native, ${native.algebra.description}`, native]);
  return list;
}

export function randomMatrix(rows: number, columns: number, seed: number): Matrix {
  const matrix = zeros(rows, columns);
  RandomStream.fromSeed(seed).normals(matrix.data);
  return matrix;
}

/** scale · G Gᵀ/columns with Gaussian G: a covariance of full rank if columns ≥ size. */
export function randomCovariance(size: number, columns: number, scale: number, seed: number): Matrix {
  const g = randomMatrix(size, columns, seed);
  const c = zeros(size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += g.data[i * columns + k] * g.data[j * columns + k];
      c.data[i * size + j] = (scale * sum) / columns;
    }
  }
  return c;
}

export function largestDifference(a: Matrix, b: Matrix): number {
  if (a.rows !== b.rows || a.columns !== b.columns)
    throw new Error(`shapes ${a.rows}×${a.columns} and ${b.rows}×${b.columns}`);
  // NaN counts as larger than everything.
  let worst = 0;
  for (let i = 0; i < a.data.length; i++) {
    const difference = Math.abs(a.data[i] - b.data[i]);
    if (!(difference <= worst)) worst = difference;
  }
  return worst;
}

/** (f(x + e) − f(x − e))/2e, entry by entry. */
export function centralDifference(f: (step: number) => Matrix, step: number): Matrix {
  const [up, down] = [f(step), f(-step)];
  const result = zeros(up.rows, up.columns);
  for (let i = 0; i < result.data.length; i++) result.data[i] = (up.data[i] - down.data[i]) / (2 * step);
  return result;
}

/** An activation by Hermite series and quadrature alone, though it may have closed forms. */
export function byHermite(activation: Activation): Activation {
  const phi = { ...activation, kinks: activation.kinks ?? [] };
  return {
    ...phi,
    prepare: (variances, algebra) => expandInHermite(phi, variances, algebra),
    pairByQuadrature: (a, b, c) => pairByQuadrature(phi, a, b, c),
  };
}
