import { crossKernel } from '../../activations/operators/cross.js';
import { kernelOf } from '../../activations/operators/kernel.js';
import { blockMoments } from '../../architecture/blockRows.js';
import type { PointRows } from '../../architecture/layer.js';
import { sumPositions } from '../../architecture/readout.js';
import type { Compute } from '../../numerics/compute.js';
import { addScaled, diagonal, type Matrix, release, scratch, symmetrise } from '../../numerics/matrix.js';
import { scaleBlocks } from '../../numerics/parallel/blocks.js';
import type { TiltedMeasure } from './tiltedMeasure.js';
import { type NewNeurons, takeOff } from './tiltedRows.js';

/*
 * Averages of neurons whose S positions are read by weights of their own, with a weight x of S×S numbers a
 * sample: ⟨Σ_μν x_μν φ_αμφ_βν⟩. As in `TiltedMeasure`, what q gives is added exactly.
 */

/** ⟨Σ_μν x_μν φ_αμφ_βν⟩_P, P×P; x = 1 (μ = ν) if not given. */
export function readMoment(measure: TiltedMeasure, x = ones(measure)): Matrix {
  const { activation, proposal, samples, compute, startMiss } = measure;
  const { positions } = measure;
  const mean = measure.means(x);
  const kernel = startMiss ?? kernelOf(activation, proposal.covariance, compute);
  const moment = sumPositions(kernel, positions, mean);
  const excess = measure.excess(x, startMiss ? mean.map(() => 0) : mean);
  addPairs(samples.phi, samples.phi, excess, positions, moment, compute);
  if (!startMiss) release(kernel);
  return symmetrise(moment);
}

/**
 * ⟨Σ_μν x_μν φ_tμφ_αν⟩_P, T×P, and ⟨Σ_μν x_μν φ_tμφ_tν⟩_P for new points t.
 * @param known ⟨Σ_μν x_μν φ_αμφ_βν⟩_P from many more samples
 */
export function readRows(
  measure: TiltedMeasure,
  { phi, underProposal }: NewNeurons,
  x: Float64Array | undefined,
  known: Matrix,
): PointRows {
  const { activation, proposal, samples, compute, positions } = measure;
  const given = x ?? ones(measure);
  const blocks = underProposal.blocks as Matrix;
  const variances = diagonal(proposal.covariance);
  const plain = crossKernel(activation, variances, underProposal, compute, 1, 0).cross;
  // Where samples started is not remembered for new points: these averages are as they are.
  const all = measure.means(given);
  const mean = measure.startMiss ? all.map(() => 0) : all;
  const excess = measure.excess(given, mean);
  const cross = sumPositions(plain, positions, mean);
  addPairs(phi, samples.phi, excess, positions, cross, compute);
  const own = new Float64Array(cross.rows);
  addOwn(own, blockMoments(activation, blocks, compute), mean);
  addOwnPairs(own, phi, excess, positions);
  const moment = { cross, own };
  const kernel = kernelOf(activation, proposal.covariance, compute);
  const identity = unit(positions);
  const base = {
    kernel: sumPositions(kernel, positions, identity),
    cross: sumPositions(plain, positions, identity),
  };
  const noise = addScaled(readMoment(measure, given), -1, known);
  if (measure.startMiss) addScaled(noise, -1, sumPositions(measure.startMiss, positions, all));
  takeOff(moment, noise, base, compute);
  release(kernel);
  return moment;
}

const unit = (size: number): Float64Array =>
  Float64Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? 1 : 0));

function ones({ weights, positions }: TiltedMeasure): Float64Array {
  const one = unit(positions);
  return Float64Array.from({ length: weights.length * one.length }, (_, i) => one[i % one.length]);
}

/** Samples whose positions are sorted at once. */
const COUNT = 128;

/** into += Σ_s Σ_μν x_s,μν a_s,iμ b_s,jν */
function addPairs(
  a: Matrix,
  b: Matrix,
  x: Float64Array,
  positions: number,
  into: Matrix,
  { algebra, executor }: Compute,
): void {
  const block = positions ** 2;
  for (let from = 0; from < a.rows; from += COUNT) {
    const to = Math.min(from + COUNT, a.rows);
    const part = ({ columns, data }: Matrix): Matrix => ({
      rows: to - from,
      columns,
      data: data.subarray(from * columns, to * columns),
    });
    const room = scratch(to - from, b.columns);
    const weighted = scaleBlocks(part(b), x.subarray(from * block, to * block), positions, room, executor);
    const [left, right] = [part(a), weighted].map((all) => byPosition(all, positions));
    algebra.gemm(left, right, { transposeA: true, beta: 1, into });
    release(room, left, right);
  }
}

/** The same numbers with a row for each (sample, position). */
function byPosition({ rows, columns, data }: Matrix, positions: number): Matrix {
  const out = scratch(rows * positions, columns / positions);
  for (let s = 0, i = 0; s < rows; s++) {
    for (let column = 0; column < out.columns; column++) {
      for (let mu = 0; mu < positions; mu++, i++)
        out.data[(s * positions + mu) * out.columns + column] = data[i];
    }
  }
  return out;
}

/** own_t += Σ_μν x_μν M_t,μν of moments among the positions of every new point. */
function addOwn(own: Float64Array, { data }: Matrix, x: Float64Array): void {
  for (let i = 0; i < data.length; i++) own[Math.floor(i / x.length)] += x[i % x.length] * data[i];
}

/** own_t += Σ_s Σ_μν x_s,μν φ_s,tμ φ_s,tν */
function addOwnPairs(own: Float64Array, phi: Matrix, x: Float64Array, positions: number): void {
  for (let s = 0; s < phi.rows; s++) {
    for (let t = 0; t < own.length; t++) {
      const row = s * phi.columns + t * positions;
      for (let mu = 0, k = s * positions ** 2; mu < positions; mu++) {
        for (let nu = 0; nu < positions; nu++, k++) own[t] += x[k] * phi.data[row + mu] * phi.data[row + nu];
      }
    }
  }
}
