import type { Activation } from '../activations/activation.js';
import { type CrossCovariance, crossDerivatives, crossKernel } from '../activations/operators/cross.js';
import { kernelOf } from '../activations/operators/kernel.js';
import type { Compute } from '../numerics/compute.js';
import { allocate, copy, diagonal, type Matrix, scratch } from '../numerics/matrix.js';

// Kernels of pairs at the same position (samePositions.ts): a block of P×P for every position, one below the
// other. A kernel of one block is square, as are those of all pairs.

/** Copies of the blocks; of a square kernel itself. */
export function blocksOf(kernel: Matrix): Matrix[] {
  const count = countOf(kernel);
  if (count === 1) return [kernel];
  return Array.from({ length: count }, (_, k) => copy(blockAt(kernel, k, count)));
}

/** Matrices of P columns, one below the other. */
export function stacked(blocks: readonly Matrix[]): Matrix {
  if (blocks.length === 1) return blocks[0];
  const [{ rows, columns }] = blocks;
  const out = scratch(blocks.length * rows, columns);
  for (const [k, { data }] of blocks.entries()) out.data.set(data, k * rows * columns);
  return out;
}

/** ⟨φ'φ'⟩, ⟨φ''φ⟩ and ⟨φφ''⟩ over N(0, c) of a kernel that is square, or has blocks. */
export function derivativesOf(activation: Activation, c: Matrix, compute: Compute) {
  const each = blocksOf(c).map((block) => {
    const own = diagonal(block);
    return crossDerivatives(activation, own, { cross: block, own }, compute);
  });
  return {
    slope: stacked(each.map(({ slope }) => slope)),
    left: stacked(each.map(({ left }) => left)),
    right: stacked(each.map(({ right }) => right)),
  };
}

/** Blocks of P rows each that a matrix of P columns has. */
const countOf = ({ rows, columns }: Matrix): number => rows / columns;

/** Block k of `count` of the same number of rows: the same numbers. */
const blockAt = ({ rows, columns, data }: Matrix, k: number, count: number): Matrix => {
  const size = data.length / count;
  return { rows: rows / count, columns, data: data.subarray(k * size, (k + 1) * size) };
};

/** The variances of every position, S·P of S blocks; the diagonal of a square kernel. */
export function variancesOf(kernel: Matrix): Float64Array {
  const { rows, columns, data } = kernel;
  if (rows === columns) return diagonal(kernel);
  const out = allocate(rows);
  for (let i = 0; i < rows; i++) out[i] = data[i * columns + (i % columns)];
  return out;
}

/** ⟨φφᵀ⟩ over N(0, c) of a kernel that is square, or has blocks: of every block by itself. */
export function momentsOf(activation: Activation, c: Matrix, compute: Compute): Matrix {
  return stacked(blocksOf(c).map((block) => kernelOf(activation, block, compute)));
}

/** The same for new points: `cross` of T rows for each block of c. */
export function crossMomentsOf(
  activation: Activation,
  c: Matrix,
  { cross, own }: CrossCovariance,
  compute: Compute,
): CrossCovariance {
  const count = countOf(c);
  if (count === 1) return crossKernel(activation, diagonal(c), { cross, own }, compute, 1, 0);
  const out = { cross: scratch(cross.rows, cross.columns), own: allocate(own.length) };
  const points = own.length / count;
  for (let k = 0; k < count; k++) {
    const rows = { cross: blockAt(cross, k, count), own: own.subarray(k * points, (k + 1) * points) };
    const known = diagonal(blockAt(c, k, count));
    const moments = crossKernel(activation, known, rows, compute, 1, 0);
    out.cross.data.set(moments.cross.data, (k * out.cross.data.length) / count);
    out.own.set(moments.own, k * points);
  }
  return out;
}
