import type { Activation } from '../../activations/activation.js';
import { type CrossCovariance, crossKernel } from '../../activations/operators/cross.js';
import { kernelOf } from '../../activations/operators/kernel.js';
import { activationByName } from '../../activations/registry.js';
import type { Compute } from '../../numerics/compute.js';
import {
  addScaled,
  allocate,
  block,
  diagonal,
  inner,
  type Matrix,
  mirrorLower,
  zeros,
} from '../../numerics/matrix.js';
import { serialExecutor, type Task } from '../../numerics/parallel/executor.js';

/** Number of sorted index quadruples below n. */
const quadruples = (n: number) => (n * (n + 1) * (n + 2) * (n + 3)) / 24;

/** Position of a ≤ b ≤ c ≤ d among them. */
const position = (a: number, b: number, c: number, d: number) =>
  quadruples(d) + (c * (c + 1) * (c + 2)) / 6 + (b * (b + 1)) / 2 + a;

interface MomentArgs {
  readonly name: string;
  readonly c: Matrix;
  readonly out: Float64Array;
}

function momentsOfLargest(
  activation: Activation,
  { c: { data, rows: n }, out }: MomentArgs,
  d: number,
): void {
  const fourPoint = activation.fourPoint;
  if (!fourPoint) throw new Error(`${activation.name} has no four-point function`);
  const cov = new Float64Array(16);
  for (let c = 0; c <= d; c++) {
    for (let b = 0; b <= c; b++) {
      for (let a = 0; a <= b; a++) {
        const index = [a, b, c, d];
        for (let i = 0; i < 4; i++)
          for (let j = 0; j < 4; j++) cov[4 * i + j] = data[index[i] * n + index[j]];
        out[position(a, b, c, d)] = fourPoint(cov);
      }
    }
  }
}

/** ⟨φ_aφ_bφ_cφ_d⟩ for all a ≤ b ≤ c ≤ d; chunk d. */
export const momentTask: Task<MomentArgs> = {
  name: 'fourPointMoments',
  run: (args, d) => momentsOfLargest(activationByName(args.name), args, d),
};

/** All ⟨φφφφ⟩ over h ~ N(0, c), once for each set of four points: P⁴/24 integrals. */
function fourPointMoments(activation: Activation, c: Matrix, compute: Compute): Float64Array {
  const out = allocate(quadruples(c.rows));
  const task = activation.portable
    ? momentTask
    : { name: 'here', run: (args: MomentArgs, d: number) => momentsOfLargest(activation, args, d) };
  (activation.portable ? compute.executor : serialExecutor).run(
    task,
    { name: activation.name, c, out },
    c.rows,
  );
  return out;
}

/**
 * (V:C̃)_αβ = Σ_γδ cov(φ_αφ_β, φ_γφ_δ) C̃_γδ with every four-point function exact (theory §2): the reference
 * for small P.
 */
export class ExactFourPoint {
  /** moments of the kernel they were last computed for: the input kernel never changes */
  private readonly known = new Map<number, { c: Matrix; moments: Float64Array }>();
  private latest: { readonly c: Matrix; readonly cross: Matrix; readonly moments: Matrix } | undefined;

  constructor(
    private readonly activation: Activation,
    private readonly compute: Compute,
  ) {}

  contract(l: number, c: Matrix, conjugate: Matrix): Matrix {
    let entry = this.known.get(l);
    if (entry?.c !== c) {
      entry = { c, moments: fourPointMoments(this.activation, c, this.compute) };
      this.known.set(l, entry);
    }
    const { moments } = entry;
    const n = c.rows;
    const kernel = kernelOf(this.activation, c, this.compute);
    const disconnected = inner(kernel, conjugate);
    const out = zeros(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) {
          for (let m = 0; m <= k; m++) {
            const weight = (m === k ? 1 : 2) * conjugate.data[k * n + m];
            if (weight !== 0) sum += weight * moments[sortedPosition(j, i, m, k)];
          }
        }
        out.data[i * n + j] = sum - kernel.data[i * n + j] * disconnected;
      }
    }
    return mirrorLower(out);
  }

  /** Σ_γδ cov(φ_tφ_α, φ_γφ_δ) C̃_γδ for new points t. */
  contractRows(_l: number, c: Matrix, conjugate: Matrix, rows: CrossCovariance): CrossCovariance {
    const n = c.rows;
    const moments = this.rowMoments(c, rows);
    const weights = zeros((n * (n + 1)) / 2, 1);
    for (let k = 0, i = 0; k < n; k++) {
      for (let m = 0; m <= k; m++, i++) weights.data[i] = (m === k ? 1 : 2) * conjugate.data[k * n + m];
    }
    const out = this.compute.algebra.gemm(
      { ...moments, rows: rows.own.length * (n + 1), columns: weights.rows },
      weights,
    );
    const disconnected = inner(kernelOf(this.activation, c, this.compute), conjugate);
    const plain = crossKernel(this.activation, diagonal(c), rows, this.compute, 1, 0);
    const table = { rows: rows.own.length, columns: n + 1, data: out.data };
    const cross = block(table, [0, table.rows], [0, n]);
    addScaled(cross, -disconnected, plain.cross);
    return { cross, own: plain.own.map((value, t) => table.data[t * (n + 1) + n] - value * disconnected) };
  }

  /** ⟨φ_tφ_αφ_γφ_δ⟩ of new points, kept for the next contraction of the same ones. */
  private rowMoments(c: Matrix, { cross, own }: CrossCovariance): Matrix {
    if (this.latest?.c === c && this.latest.cross === cross) return this.latest.moments;
    const { activation, compute } = this;
    const n = c.rows;
    const moments = zeros(own.length, ((n + 1) * n * (n + 1)) / 2);
    const args: RowArgs = { name: activation.name, c, rows: { cross, own }, out: moments };
    const task = activation.portable
      ? momentRowTask
      : { name: 'here', run: (a: RowArgs, t: number) => momentsOfRow(activation, a, t) };
    (activation.portable ? compute.executor : serialExecutor).run(task, args, own.length);
    this.latest = { c, cross, moments };
    return moments;
  }
}

interface RowArgs {
  readonly name: string;
  readonly c: Matrix;
  readonly rows: { readonly cross: Matrix; readonly own: Float64Array };
  /** row t: ⟨φ_tφ_αφ_γφ_δ⟩ for α = 0..P, of which the last is t itself, and δ ≤ γ */
  readonly out: Matrix;
}

function momentsOfRow(activation: Activation, { c, rows, out }: RowArgs, t: number): void {
  const fourPoint = activation.fourPoint;
  if (!fourPoint) throw new Error(`${activation.name} has no four-point function`);
  const n = c.rows;
  const covariance = (i: number, j: number): number => {
    if (i < n && j < n) return c.data[i * n + j];
    if (i === j) return rows.own[t];
    return rows.cross.data[t * n + Math.min(i, j)];
  };
  const cov = new Float64Array(16);
  const index = [n, 0, 0, 0];
  for (let a = 0, position = t * out.columns; a <= n; a++) {
    for (let k = 0; k < n; k++) {
      for (let m = 0; m <= k; m++) {
        [index[1], index[2], index[3]] = [a, k, m];
        for (let i = 0; i < 4; i++)
          for (let j = 0; j < 4; j++) cov[4 * i + j] = covariance(index[i], index[j]);
        out.data[position++] = fourPoint(cov);
      }
    }
  }
}

/** Chunk t: the row of one new point. */
export const momentRowTask: Task<RowArgs> = {
  name: 'fourPointRows',
  run: (args, t) => momentsOfRow(activationByName(args.name), args, t),
};

/** Position of two sorted pairs merged: j ≤ i, m ≤ k. */
function sortedPosition(j: number, i: number, m: number, k: number): number {
  const low = Math.min(j, m);
  const high = Math.max(i, k);
  const x = Math.max(j, m);
  const y = Math.min(i, k);
  return x <= y ? position(low, x, y, high) : position(low, y, x, high);
}
