import { applyActivation } from '../../activations/operators/apply.js';
import { crossKernel } from '../../activations/operators/cross.js';
import { kernelOf } from '../../activations/operators/kernel.js';
import {
  addBlockFields,
  addBlockGrams,
  addBlocks,
  blockMoments,
  sandwichBlocks,
} from '../../architecture/blockRows.js';
import type { PointRows } from '../../architecture/layer.js';
import type { Compute } from '../../numerics/compute.js';
import { scale } from '../../numerics/entrywise.js';
import { choleskySolve } from '../../numerics/linearAlgebra.js';
import {
  addScaled,
  addToDiagonal,
  copy,
  diagonal,
  type Matrix,
  release,
  transpose,
} from '../../numerics/matrix.js';
import { rowDots } from '../../numerics/parallel/rows.js';
import { newFields, weightedCross } from '../../prior/weightedSums.js';
import type { TiltedMeasure } from './tiltedMeasure.js';

/** Points that are not among those of C, in a layer under its measure. */
export interface NewNeurons {
  /** φ of every sample at the new points, whose h is Gaussian given h at those of C (theory §6) */
  readonly phi: Matrix;
  /** covariances under q */
  readonly underProposal: PointRows;
}

/** @param rows covariances of the new points with those of C, and among their own positions */
export function newNeurons(measure: TiltedMeasure, rows: PointRows): NewNeurons {
  const { activation, factor, proposal, samples, compute } = measure;
  const { algebra } = compute;
  const { epsilon, extra } = samples;
  // h_t = u_tᵀz + rest: z = R⁻ᵀε has covariance Λ⁻¹.
  const u = algebra.solveTriangular(factor, transpose(rows.cross));
  const v = algebra.solveTriangular(proposal.root, copy(u));
  const spanned = algebra.gemm(epsilon, v);
  const phi = rows.blocks
    ? addBlockFields(spanned, u, copy(rows.blocks), extra, compute)
    : newFields(spanned, u, rows.own, extra.data);
  applyActivation(activation, phi.data, phi.data, compute);
  const size = rows.blocks?.columns ?? 1;
  const underProposal: PointRows = {
    cross: algebra.gemm(v, proposal.map, { transposeA: true }),
    own: rows.own.map((value, t) => {
      let sum = value;
      for (let i = t; i < u.data.length; i += u.columns) sum += v.data[i] ** 2 - u.data[i] ** 2;
      return sum;
    }),
    ...(rows.blocks ? { blocks: addBlocks(addBlocks(copy(rows.blocks), u, size, -1), v, size, 1) } : {}),
  };
  return { phi, underProposal };
}

/**
 * ⟨x φ_tφ_α⟩_P and ⟨x φ_t²⟩_P for points t that are not among those of C (`newNeurons`).
 * @param known ⟨x φφᵀ⟩_P from many more samples: what these samples miss of it, carried over to the new
 *   points by the regression of φ_t on φ under q, is taken off
 */
export function secondMomentRows(
  measure: TiltedMeasure,
  { phi, underProposal }: NewNeurons,
  x: Float64Array | undefined,
  known: Matrix,
): PointRows {
  const { activation, proposal, samples, compute } = measure;
  // Where samples started is not remembered for new points: these averages are as they are.
  const { startMiss } = measure;
  const all = x ? measure.mean(x) : 1;
  const mean = startMiss ? 0 : all;
  const variances = diagonal(proposal.covariance);
  const plain = crossKernel(activation, variances, underProposal, compute, mean, 0);
  const excess = measure.excess(x, [mean]);
  weightedCross(phi, samples.phi, excess, samples.scratch, plain, compute);
  let moment: PointRows = plain;
  if (underProposal.blocks) {
    const blocks = scale(blockMoments(activation, underProposal.blocks, compute), mean);
    addBlockGrams(phi, excess, blocks);
    moment = { ...plain, blocks };
  }
  const noise = addScaled(measure.secondMoment(x), -1, known);
  if (startMiss) addScaled(noise, -all, startMiss);
  const kernel = kernelOf(activation, proposal.covariance, compute);
  const cross = crossKernel(activation, variances, underProposal, compute, 1, 0).cross;
  takeOff(moment, noise, { kernel, cross }, compute);
  release(kernel, noise);
  return moment;
}

/**
 * rows ← rows − WE and own − diag WEWᵀ: the noise E of the training points, W = ⟨φ_tφᵀ⟩_q ⟨φφᵀ⟩_q⁻¹.
 * @param underProposal ⟨φφᵀ⟩_q, used up, and ⟨φ_tφᵀ⟩_q
 */
export function takeOff(
  rows: PointRows,
  noise: Matrix,
  { kernel, cross }: { readonly kernel: Matrix; readonly cross: Matrix },
  compute: Compute,
): void {
  const { algebra, executor } = compute;
  const ridge = (RIDGE * diagonal(kernel).reduce((sum, value) => sum + value, 0)) / kernel.rows;
  const factor = algebra.cholesky(addToDiagonal(kernel, ridge));
  const regression = transpose(choleskySolve(algebra, factor, transpose(cross)));
  const carried = algebra.gemm(regression, noise);
  addScaled(rows.cross, -1, carried);
  rowDots(carried, regression, 1, executor).forEach((value, t) => {
    rows.own[t] -= value;
  });
  if (rows.blocks) {
    const { columns } = rows.blocks;
    addScaled(rows.blocks, -1, sandwichBlocks(regression, noise, columns, 1, compute));
  }
}

/** Added to the kernel of a regression, relative to its mean diagonal. */
const RIDGE = 1e-6;
