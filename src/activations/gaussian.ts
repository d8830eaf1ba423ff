import { checkMatrix, checkNumber, checkSquare } from '../numerics/arguments.js';
import { type Compute, checkCompute } from '../numerics/compute.js';
import { allocate, diagonal, type Matrix, mirrorRows, scratch } from '../numerics/matrix.js';
import type { Task } from '../numerics/parallel/executor.js';
import { type Activation, checkActivation } from './activation.js';
import type { PairExpectations } from './pairs/pairFormula.js';
import { pairFormulas } from './pairs/pairFormulas.js';

/** Rows a thread takes at once: of kernels as many as fill a cache line when mirrored, so that those of all layers stay in the cache; of responses more, for each chunk has sums of its own. */
const KERNEL_ROWS = 8;
const ROWS = 16;
const chunksOf = (size: number, rows = ROWS) => Math.ceil(size / rows);

/** One layer: scale · ⟨φφᵀ⟩ + shift. */
export interface Layer {
  readonly scale: number;
  readonly shift: number;
}

interface ChainArgs {
  readonly c: Matrix;
  /** c has its lower triangle only, and lacks this shift: it is completed on the way, row by row */
  readonly complete?: number | undefined;
  /** each layer with the pairs of the kernel below it, and where its kernel goes */
  readonly layers: readonly (Layer & { readonly pairs: PairExpectations; readonly out: Matrix })[];
}

/** Rows of one kernel after the other, each computed from the one below while that is in the cache. */
const chainTask: Task<ChainArgs> = {
  name: 'kernelRows',
  run({ c, complete, layers }, chunk) {
    const n = c.rows;
    const [from, to] = [chunk * KERNEL_ROWS, Math.min(n, (chunk + 1) * KERNEL_ROWS)];
    if (complete !== undefined) {
      for (let i = from; i < to; i++) for (let p = i * n; p <= i * n + i; p++) c.data[p] += complete;
      mirrorRows(c, from, to);
    }
    let below = c;
    for (const { pairs, out, scale, shift } of layers) {
      const formula = pairFormulas[pairs.kind];
      for (let i = from; i < to; i++) {
        const row = out.data.subarray(i * n, i * n + i + 1);
        formula.value(pairs, i, below.data.subarray(i * n, (i + 1) * n), i, row, scale, shift);
        row[i] = scale * pairs.diagonal[i] + shift;
      }
      mirrorRows(out, from, to);
      below = out;
    }
  },
};

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

const pushforwardTask: Task<ResponseArgs> = {
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

const pullbackTask: Task<ResponseArgs> = {
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

// biome-ignore lint/suspicious/noExplicitAny: a list of tasks of different arguments
export const gaussianTasks: readonly Task<any>[] = [chainTask, pushforwardTask, pullbackTask];

/** Visits the entries below the diagonal that the formula of the pairs left as NaN, with their values by quadrature. */
function completePairs(
  activation: Activation,
  c: Matrix,
  missing: (i: number, j: number) => boolean,
  fill: (i: number, j: number, pair: ReturnType<NonNullable<Activation['pairByQuadrature']>>) => void,
): void {
  const n = c.rows;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      if (!missing(i, j) || !activation.pairByQuadrature) continue;
      fill(i, j, activation.pairByQuadrature(c.data[i * n + i], c.data[j * n + j], c.data[i * n + j]));
    }
  }
}

function checkArguments(activation: Activation, c: Matrix, compute: Compute, scale: number): void {
  checkActivation('activation', activation);
  checkSquare('c', c);
  checkCompute(compute);
  checkNumber('scale', scale);
}

/**
 * scale · ⟨φφᵀ⟩ + shift over h ~ N(0, c), P×P (theory §2). A dense layer of infinite width has scale g and shift β.
 * @param activation φ
 * @param c covariance of the pre-activations, P×P, read from its lower triangle
 * @param compute what to compute on
 * @throws InputError for what is no activation, square matrix or number, and where quadrature does not reach its accuracy
 */
export function kernelOf(activation: Activation, c: Matrix, compute: Compute, scale = 1, shift = 0): Matrix {
  checkArguments(activation, c, compute, scale);
  checkNumber('shift', shift);
  return kernelChain(activation, c, [{ scale, shift }], compute)[0];
}

/**
 * The kernels of successive layers, each from the one below it. With `complete`, c may lack its upper triangle and a constant: they are added
 * while its rows are in the cache.
 * @param prepare what the pair formulas of a layer, from 0, need of the variances below it
 */
export function kernelChain(
  activation: Activation,
  c: Matrix,
  layers: readonly Layer[],
  compute: Compute,
  complete?: number,
  prepare = (variances: Float64Array, _layer: number) => activation.prepare(variances, compute.algebra),
): Matrix[] {
  const jobs: ChainArgs['layers'][number][] = [];
  let variances = diagonal(c).map((value) => value + (complete ?? 0));
  for (const [l, { scale, shift }] of layers.entries()) {
    const pairs = prepare(variances, l);
    jobs.push({ pairs, out: scratch(c.rows), scale, shift });
    variances = pairs.diagonal.map((value) => scale * value + shift);
  }
  const chunks = chunksOf(c.rows, KERNEL_ROWS);
  if (!activation.pairByQuadrature) {
    compute.executor.run(chainTask, { c, complete, layers: jobs }, chunks);
    return jobs.map(({ out }) => out);
  }
  // Series may leave entries to quadrature, which the next layer needs: one layer at a time.
  let below = c;
  for (const [l, job] of jobs.entries()) {
    compute.executor.run(chainTask, { c: below, complete: l === 0 ? complete : undefined, layers: [job] }, chunks);
    fillByQuadrature(activation, below, job);
    below = job.out;
  }
  return jobs.map(({ out }) => out);
}

function fillByQuadrature(activation: Activation, c: Matrix, { out, scale, shift }: Layer & { readonly out: Matrix }): void {
  const n = c.rows;
  completePairs(
    activation,
    c,
    (i, j) => Number.isNaN(out.data[i * n + j]),
    (i, j, { value }) => {
      out.data[i * n + j] = out.data[j * n + i] = scale * value + shift;
    },
  );
}

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
export function pushforward(activation: Activation, c: Matrix, s: Matrix, compute: Compute, scale = 1): Matrix {
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
 * The adjoint Rᵀ S, symmetric, P×P, in the convention δF = tr(G δC): what a conjugate kernel becomes one layer below (theory §4), so
 * that ⟨T, R S⟩ = ⟨Rᵀ T, S⟩ for all symmetric S and T.
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

/** Missing entries have spoilt the diagonal sums, so these are formed again from all pairs of the rows concerned. */
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
