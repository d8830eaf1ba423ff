import { checkNumber } from '../../numerics/arguments.js';
import type { Compute } from '../../numerics/compute.js';
import { keepPanels } from '../../numerics/kernels/seriesPanels.js';
import { diagonal, type Matrix, mirrorRows, scratch } from '../../numerics/matrix.js';
import type { Task } from '../../numerics/parallel/executor.js';
import type { Activation } from '../activation.js';
import type { PairExpectations } from '../pairs/pairFormula.js';
import { pairFormulas } from '../pairs/pairFormulas.js';
import { checkArguments, completePairs } from './completePairs.js';

/**
 * Rows a thread takes at once: as many as fill a cache line when mirrored, so that those of all layers stay
 * in the cache.
 */
const ROWS = 8;

/** scale · ⟨φφᵀ⟩ + shift */
export interface AffineKernel {
  readonly scale: number;
  readonly shift: number;
}

interface ChainArgs {
  readonly c: Matrix;
  /** c has its lower triangle only, and lacks this shift: it is completed on the way, row by row */
  readonly complete?: number | undefined;
  /** each layer with the pairs of the kernel below it, and where its kernel goes */
  readonly layers: readonly (AffineKernel & { readonly pairs: PairExpectations; readonly out: Matrix })[];
}

/** Rows of one kernel after the other, each computed from the one below while that is in the cache. */
export const chainTask: Task<ChainArgs> = {
  name: 'kernelRows',
  run({ c, complete, layers }, chunk) {
    const n = c.rows;
    const [from, to] = [chunk * ROWS, Math.min(n, (chunk + 1) * ROWS)];
    if (complete !== undefined) {
      for (let i = from; i < to; i++) for (let p = i * n; p <= i * n + i; p++) c.data[p] += complete;
      mirrorRows(c, from, to);
    }
    keepPanels(layers.length);
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

/**
 * scale · ⟨φφᵀ⟩ + shift over h ~ N(0, c), P×P (theory §2). A dense layer of infinite width has scale g and
 * shift β.
 * @param activation φ
 * @param c covariance of the pre-activations, P×P, read from its lower triangle
 * @param compute what to compute on
 * @throws InputError for what is no activation, square matrix or number, and where quadrature does not reach
 *   its accuracy
 */
export function kernelOf(activation: Activation, c: Matrix, compute: Compute, scale = 1, shift = 0): Matrix {
  checkArguments(activation, c, compute, scale);
  checkNumber('shift', shift);
  return kernelChain(activation, c, [{ scale, shift }], compute)[0];
}

/**
 * The kernels of successive layers, each from the one below it. With `complete`, c may lack its upper
 * triangle and a constant: they are added while its rows are in the cache.
 * @param prepare what the pair formulas of a layer, from 0, need of the variances below it
 */
export function kernelChain(
  activation: Activation,
  c: Matrix,
  layers: readonly AffineKernel[],
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
  const chunks = Math.ceil(c.rows / ROWS);
  compute.executor.run(chainTask, { c, complete, layers: jobs }, chunks);
  const outs = jobs.map(({ out }) => out);
  // Series may leave entries to quadrature, which show in all layers above: then one layer at a time.
  if (!activation.pairByQuadrature || isComplete(outs[outs.length - 1])) return outs;
  let below = c;
  for (const [l, job] of jobs.entries()) {
    if (l > 0) compute.executor.run(chainTask, { c: below, layers: [job] }, chunks);
    fillByQuadrature(activation, below, job);
    below = job.out;
  }
  return outs;
}

/** No entry below the diagonal is NaN, which a sum would show. */
function isComplete({ rows, data }: Matrix): boolean {
  let sum = 0;
  for (let i = 0; i < rows; i++) for (let p = i * rows; p < i * rows + i; p++) sum += data[p];
  return !Number.isNaN(sum);
}

function fillByQuadrature(
  activation: Activation,
  c: Matrix,
  { out, scale, shift }: AffineKernel & { readonly out: Matrix },
): void {
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
