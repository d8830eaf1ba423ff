import type { CrossCovariance } from '../activations/operators/cross.js';
import type { Compute } from '../numerics/compute.js';
import { allocate, type Matrix, scratch } from '../numerics/matrix.js';
import { scaleRows } from '../numerics/parallel/rows.js';

/** Adds to every column t of z u_t what its own variance leaves over, times the common extra normal. */
export function newFields(h: Matrix, coordinates: Matrix, own: Float64Array, extra: Float64Array): Matrix {
  const explained = new Float64Array(own.length);
  for (let p = 0; p < coordinates.data.length; p++) explained[p % own.length] += coordinates.data[p] ** 2;
  const rest = own.map((variance, t) => Math.sqrt(Math.max(0, variance - explained[t])));
  for (let p = 0; p < h.data.length; p++)
    h.data[p] += rest[p % own.length] * extra[Math.floor(p / own.length)];
  return h;
}

/** cross += Σ_s w_s f_st x_sα and own += Σ_s w_s f_st²; leaves w_s x_sα in `scratch`. */
export function weightedCross(
  f: Matrix,
  x: Matrix,
  w: Float64Array,
  scratch: Matrix,
  sum: CrossCovariance,
  { algebra }: Compute,
): void {
  for (let p = 0; p < x.data.length; p++) scratch.data[p] = w[Math.floor(p / x.columns)] * x.data[p];
  algebra.gemm(f, scratch, { transposeA: true, beta: 1, into: sum.cross });
  for (let p = 0; p < f.data.length; p++)
    sum.own[p % f.columns] += w[Math.floor(p / f.columns)] * f.data[p] ** 2;
}

/** A square of zeros in used memory. */
export function cleared(n: number): Matrix {
  const matrix = scratch(n);
  matrix.data.fill(0);
  return matrix;
}

/**
 * The lower triangle T with half the diagonal: xᵀSx = 2 xᵀTx, at half the cost of the full product
 * (`rowDots`).
 */
export function halved(s: Matrix): Matrix {
  const n = s.rows;
  const t = cleared(n);
  for (let i = 0; i < n; i++) {
    t.data.set(s.data.subarray(i * n, i * n + i + 1), i * n);
    t.data[i * n + i] *= 0.5;
  }
  return t;
}

/**
 * Lower triangle of C += Σ_s w_s x_s x_sᵀ: rows scaled by √|w|, positive weights first
 * (in `sorted`), then one symmetric product for each sign.
 */
export function weightedGram(
  x: Matrix,
  w: Float64Array,
  sorted: Matrix,
  into: Matrix,
  { algebra, executor }: Compute,
): void {
  const { rows, columns } = x;
  let top = 0;
  let bottom = rows;
  const roots = allocate(rows);
  const target = allocate(rows);
  for (let s = 0; s < rows; s++) {
    target[s] = w[s] > 0 ? top++ : --bottom;
    roots[s] = Math.sqrt(Math.abs(w[s]));
  }
  scaleRows(x, roots, sorted, executor, target);
  const part = (from: number, to: number, alpha: number) => {
    if (from === to) return;
    const data = sorted.data.subarray(from * columns, to * columns);
    algebra.syrk(
      { rows: to - from, columns, data },
      { transpose: true, alpha, beta: 1, into, mirror: false },
    );
  };
  part(0, top, 1);
  part(top, rows, -1);
}
