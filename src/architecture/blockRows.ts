import type { Activation } from '../activations/activation.js';
import { kernelOf } from '../activations/operators/kernel.js';
import { pushforward } from '../activations/operators/response.js';
import type { Compute } from '../numerics/compute.js';
import { addToDiagonal, block, diagonal, type Matrix, zeros } from '../numerics/matrix.js';

/**
 * Added to the diagonal of what the known points leave of a new one, relative to its variances: of known
 * points given again nothing is left but rounding.
 */
const RIDGE = 1e-12;

const blockOf = (blocks: Matrix, t: number): Matrix => {
  const size = blocks.columns;
  return block(blocks, [t * size, (t + 1) * size], [0, size]);
};

/**
 * Fields of new points of several positions: h_t = u_tᵀz + L_tξ with L_tL_tᵀ what the known points leave of
 * the covariances among the positions of t.
 * @param h u_tᵀz, draws × (T·S); the rest is added in place
 * @param coordinates u_t, one column for each position
 * @param extra ξ, draws × S, the same for all points
 */
export function addBlockFields(
  h: Matrix,
  coordinates: Matrix,
  blocks: Matrix,
  extra: Matrix,
  { algebra }: Compute,
): Matrix {
  const size = blocks.columns;
  for (let t = 0; t < blocks.rows / size; t++) {
    const known = block(coordinates, [0, coordinates.rows], [t * size, (t + 1) * size]);
    const own = blockOf(blocks, t);
    const ridge = diagonal(own).reduce((sum, value) => sum + value / size, 0);
    const rest = algebra.syrk(known, { transpose: true, alpha: -1, beta: 1, into: own });
    const root = nonNegativeRoot(addToDiagonal(rest, RIDGE * ridge));
    const added = algebra.multiplyTriangular(extra, root, { transpose: true });
    for (let s = 0; s < h.rows; s++) {
      for (let mu = 0; mu < size; mu++) h.data[s * h.columns + t * size + mu] += added.data[s * size + mu];
    }
  }
  return h;
}

/**
 * Cholesky factor of a covariance whose small eigenvalues rounding may have made negative: their pivots count
 * as zero.
 */
function nonNegativeRoot(a: Matrix): Matrix {
  const n = a.rows;
  const root = zeros(n);
  for (let j = 0; j < n; j++) {
    let pivot = a.data[j * n + j];
    for (let k = 0; k < j; k++) pivot -= root.data[j * n + k] ** 2;
    if (!(pivot > 0)) continue;
    root.data[j * n + j] = Math.sqrt(pivot);
    for (let i = j + 1; i < n; i++) {
      let sum = a.data[i * n + j];
      for (let k = 0; k < j; k++) sum -= root.data[i * n + k] * root.data[j * n + k];
      root.data[i * n + j] = sum / root.data[j * n + j];
    }
  }
  return root;
}

/** blocks += Σ_s w_s f_st f_stᵀ of every new point. */
export function addBlockGrams(f: Matrix, w: Float64Array, blocks: Matrix): void {
  const size = blocks.columns;
  for (let s = 0; s < f.rows; s++) {
    const row = f.data.subarray(s * f.columns, (s + 1) * f.columns);
    for (let i = 0, p = 0; i < row.length; i++) {
      const first = i - (i % size);
      const value = w[s] * row[i];
      for (let nu = 0; nu < size; nu++, p++) blocks.data[p] += value * row[first + nu];
    }
  }
}

/** blocks += factor u_tᵀu_t of every new point, u with a column for each position. */
export function addBlocks(
  blocks: Matrix,
  { rows, columns, data }: Matrix,
  size: number,
  factor: number,
): Matrix {
  for (let k = 0; k < rows; k++) {
    const row = data.subarray(k * columns, (k + 1) * columns);
    for (let i = 0, p = 0; i < columns; i++) {
      const first = i - (i % size);
      for (let nu = 0; nu < size; nu++, p++) blocks.data[p] += factor * row[i] * row[first + nu];
    }
  }
  return blocks;
}

/** ⟨φφᵀ⟩ among the positions of each new point. */
export function blockMoments(activation: Activation, blocks: Matrix, compute: Compute): Matrix {
  const out = zeros(blocks.rows, blocks.columns);
  for (let t = 0; t < blocks.rows / blocks.columns; t++) {
    out.data.set(kernelOf(activation, blockOf(blocks, t), compute).data, t * blocks.columns ** 2);
  }
  return out;
}

/** How ⟨φφᵀ⟩ among the positions of every new point responds to a change of their covariances. */
export function pushBlocks(activation: Activation, blocks: Matrix, change: Matrix, compute: Compute): Matrix {
  const out = zeros(blocks.rows, blocks.columns);
  for (let t = 0; t < blocks.rows / blocks.columns; t++) {
    const moved = pushforward(activation, blockOf(blocks, t), blockOf(change, t), compute);
    out.data.set(moved.data, t * blocks.columns ** 2);
  }
  return out;
}

/** scale · c_t M c_tᵀ of the covariances c_t of every new point with the known ones. */
export function sandwichBlocks(
  cross: Matrix,
  m: Matrix,
  size: number,
  scale: number,
  { algebra }: Compute,
): Matrix {
  const out = zeros(cross.rows, size);
  const moved = algebra.gemm(cross, m);
  for (let t = 0; t < cross.rows / size; t++) {
    const [left, right] = [moved, cross].map((a) => block(a, [t * size, (t + 1) * size], [0, a.columns]));
    out.data.set(algebra.gemm(left, right, { transposeB: true, alpha: scale }).data, t * size * size);
  }
  return out;
}
