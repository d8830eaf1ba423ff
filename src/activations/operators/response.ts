import { checkMatrix } from '../../numerics/arguments.js';
import type { Compute } from '../../numerics/compute.js';
import { allocate, diagonal, type Matrix, mirrorRows, scratch } from '../../numerics/matrix.js';
import type { Task } from '../../numerics/parallel/executor.js';
import type { Activation } from '../activation.js';
import type { PairExpectations } from '../pairs/pairFormula.js';
import { pairFormulas } from '../pairs/pairFormulas.js';
import { checkArguments, completePairs } from './completePairs.js';

/** Rows a thread takes at once: more than of kernels, for each chunk has sums of its own. */
const ROWS = 16;
const chunksOf = (size: number) => Math.ceil(size / ROWS);

interface ResponseArgs {
  readonly pairs: PairExpectations;
  readonly c: Matrix;
  readonly s: Matrix;
  readonly out: Matrix;
  readonly scale: number;
  /** pullback: what each chunk adds to the diagonal, chunks × n */
  readonly partial?: Float64Array;
}

const rowBuffers = (n: number) => [new Float64Array(n), new Float64Array(n), new Float64Array(n)] as const;

export const pushforwardTask: Task<ResponseArgs> = {
  name: 'pushforwardRows',
  run({ pairs, c, s, out, scale }, chunk) {
    const formula = pairFormulas[pairs.kind];
    const n = c.rows;
    const [slope, left, right] = rowBuffers(n);
    for (let i = chunk * ROWS; i < Math.min(n, (chunk + 1) * ROWS); i++) {
      formula.derivatives(pairs, i, c.data.subarray(i * n, (i + 1) * n), i, slope, left, right);
      const own = s.data[i * n + i];
      for (let j = 0; j < i; j++) {
        const moved = slope[j] * s.data[i * n + j] + 0.5 * (left[j] * own + right[j] * s.data[j * n + j]);
        out.data[i * n + j] = scale * moved;
      }
      out.data[i * n + i] = scale * pairs.diagonalSlope[i] * own;
    }
    mirrorRows(out, chunk * ROWS, (chunk + 1) * ROWS);
  },
};

export const pullbackTask: Task<ResponseArgs> = {
  name: 'pullbackRows',
  run({ pairs, c, s, out, scale, partial }, chunk) {
    if (!partial) throw new Error('pullback needs room for its diagonal');
    const formula = pairFormulas[pairs.kind];
    const n = c.rows;
    const [slope, left, right] = rowBuffers(n);
    const diagonalSums = partial.subarray(chunk * n, (chunk + 1) * n);
    for (let i = chunk * ROWS; i < Math.min(n, (chunk + 1) * ROWS); i++) {
      formula.derivatives(pairs, i, c.data.subarray(i * n, (i + 1) * n), i, slope, left, right);
      let sum = pairs.diagonalSlope[i] * s.data[i * n + i];
      for (let j = 0; j < i; j++) {
        const conjugate = s.data[i * n + j];
        out.data[i * n + j] = scale * slope[j] * conjugate;
        sum += left[j] * conjugate;
        diagonalSums[j] += scale * right[j] * conjugate;
      }
      diagonalSums[i] += scale * sum;
    }
    mirrorRows(out, chunk * ROWS, (chunk + 1) * ROWS);
  },
};

/**
 * The response R S of the kernel scale · ⟨φφᵀ⟩ to a change S of c (theory §3), symmetric, P×P:
 *
 *     (R S)_αβ = scale [⟨φ'_αφ'_β⟩S_αβ + ½⟨φ''_αφ_β⟩S_αα + ½⟨φ_αφ''_β⟩S_ββ],    (R S)_αα = scale ⟨φ'² + φφ''⟩S_αα
 *
 * @param activation φ
 * @param c covariance of the pre-activations, P×P
 * @param s S, symmetric, P×P
 * @param compute what to compute on
 * @throws InputError for what is no activation, matrix of this shape or number
 */
export function pushforward(
  activation: Activation,
  c: Matrix,
  s: Matrix,
  compute: Compute,
  scale = 1,
): Matrix {
  checkArguments(activation, c, compute, scale);
  checkMatrix('s', s, c.rows, c.rows);
  const pairs = activation.prepare(diagonal(c), compute.algebra);
  const out = scratch(c.rows);
  compute.executor.run(pushforwardTask, { pairs, c, s, out, scale }, chunksOf(c.rows));
  if (activation.pairByQuadrature) {
    const n = c.rows;
    completePairs(
      activation,
      c,
      (i, j) => Number.isNaN(out.data[i * n + j]),
      (i, j, { slope, left, right }) => {
        const changes = left * s.data[i * n + i] + right * s.data[j * n + j];
        out.data[i * n + j] = out.data[j * n + i] = scale * (slope * s.data[i * n + j] + 0.5 * changes);
      },
    );
  }
  return out;
}

/**
 * The adjoint Rᵀ S, symmetric, P×P, in the convention δF = tr(G δC): what a conjugate kernel becomes one
 * layer below (theory §4), so that ⟨T, R S⟩ = ⟨Rᵀ T, S⟩ for all symmetric S and T.
 * @param activation φ
 * @param c covariance of the pre-activations, P×P
 * @param s S, symmetric, P×P
 * @param compute what to compute on
 * @param scale of the kernel scale · ⟨φφᵀ⟩ whose response R is
 * @throws InputError for what is no activation, matrix of this shape or number
 */
export function pullback(activation: Activation, c: Matrix, s: Matrix, compute: Compute, scale = 1): Matrix {
  checkArguments(activation, c, compute, scale);
  checkMatrix('s', s, c.rows, c.rows);
  const pairs = activation.prepare(diagonal(c), compute.algebra);
  const n = c.rows;
  const out = scratch(n);
  const chunks = chunksOf(n);
  const partial = allocate(chunks * n);
  compute.executor.run(pullbackTask, { pairs, c, s, out, scale, partial }, chunks);
  if (activation.pairByQuadrature) completePullback(activation, pairs, c, s, out, scale, partial);
  for (let j = 0; j < n; j++) {
    let sum = 0;
    for (let chunk = 0; chunk < chunks; chunk++) sum += partial[chunk * n + j];
    out.data[j * n + j] = sum;
  }
  return out;
}

/**
 * Missing entries have spoilt the diagonal sums, so these are formed again from all pairs of the rows
 * concerned.
 */
function completePullback(
  activation: Activation,
  pairs: PairExpectations,
  c: Matrix,
  s: Matrix,
  out: Matrix,
  scale: number,
  partial: Float64Array,
): void {
  const n = c.rows;
  if (!partial.some(Number.isNaN)) return;
  const formula = pairFormulas[pairs.kind];
  const sums = partial.fill(0).subarray(0, n);
  const [slope, left, right] = rowBuffers(n);
  for (let i = 0; i < n; i++) {
    formula.derivatives(pairs, i, c.data.subarray(i * n, (i + 1) * n), i, slope, left, right);
    sums[i] += scale * pairs.diagonalSlope[i] * s.data[i * n + i];
    for (let j = 0; j < i; j++) {
      const pair =
        Number.isNaN(slope[j] + left[j] + right[j]) && activation.pairByQuadrature
          ? activation.pairByQuadrature(c.data[i * n + i], c.data[j * n + j], c.data[i * n + j])
          : { slope: slope[j], left: left[j], right: right[j] };
      const conjugate = scale * s.data[i * n + j];
      out.data[i * n + j] = out.data[j * n + i] = pair.slope * conjugate;
      sums[i] += pair.left * conjugate;
      sums[j] += pair.right * conjugate;
    }
  }
}
