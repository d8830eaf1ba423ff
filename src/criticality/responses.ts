import { layerOf, requireDense } from '../architecture/architecture.js';
import { changeAbove, conjugateBelow } from '../architecture/kernels.js';
import { centred } from '../measures/alignment.js';
import type { Compute } from '../numerics/compute.js';
import { addScaled, frobenius, inner, type Matrix, zeros } from '../numerics/matrix.js';
import { nngpKernels } from '../prior/nngpKernels.js';
import type { Network, Problem } from '../problem/problem.js';
import { phaseAt } from './phase.js';

/** A change of a kernel, of unit Frobenius norm. */
export interface Direction {
  readonly name: string;
  readonly matrix: Matrix;
}

/** What a direction becomes from layer to layer. */
export interface Propagation {
  readonly name: string;
  /** ‖R⁽ᵐ⁾ … R⁽ˡ⁺¹⁾ S‖ of a change S in layer l seen in layer m ≥ l; forward[l][m − l] */
  readonly forward: readonly (readonly number[])[];
  /** the part of it along S itself, ⟨S, R … R S⟩ */
  readonly kept: readonly (readonly number[])[];
  /** ‖R⁽ˡ⁺¹⁾ᵀ … R⁽ᴸ⁾ᵀ S‖ of a source S on the output kernel seen in layer l = 0..L */
  readonly backward: readonly number[];
}

function normalised(name: string, matrix: Matrix): Direction[] {
  const norm = frobenius(matrix);
  return norm > 0 ? [{ name, matrix: addScaled(zeros(matrix.rows), 1 / norm, matrix) }] : [];
}

/** A Aᵀ of P×n. */
function outer({ rows, columns, data }: Matrix): Matrix {
  const result = zeros(rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) {
      for (let k = 0; k < columns; k++)
        result.data[i * rows + j] += data[i * columns + k] * data[j * columns + k];
    }
  }
  return result;
}

/**
 * Directions that the data single out: the centred targets YYᵀ, which for classes are the differences of
 * their means, and all variances together.
 */
export function dataDirections({ data: { x, y } }: Problem): Direction[] {
  const scale = zeros(x.rows);
  for (let i = 0; i < x.rows; i++) scale.data[i * x.rows + i] = 1;
  return [...normalised('targets', centred(outer(y))), ...normalised('variances', scale)];
}

/**
 * The direction through every layer at the NNGP kernels (theory §7): forward from each layer, backward from
 * the output.
 */
export function propagate(
  network: Network,
  nngp: readonly Matrix[],
  { name, matrix }: Direction,
  compute: Compute,
): Propagation {
  requireDense(network, 'the response between layers');
  const { hiddenLayers: top } = network;
  const forward: number[][] = [];
  const kept: number[][] = [];
  for (let l = 0; l <= top; l++) {
    let moved = matrix;
    forward.push([1]);
    kept.push([1]);
    for (let m = l + 1; m <= top; m++) {
      moved = changeAbove(layerOf(network, m), nngp[m - 1], moved, compute);
      forward[l].push(frobenius(moved));
      kept[l].push(inner(moved, matrix));
    }
  }
  const backward = [1];
  for (let l = top - 1, source = matrix; l >= 0; l--) {
    source = conjugateBelow(layerOf(network, l + 1), nngp[l], source, compute);
    backward.unshift(frobenius(source));
  }
  return { name, forward, kept, backward };
}

/** The eigenvalues of the response of the output kernel to one layer. */
export interface ResponseSpectrum {
  /** the layer that is changed, 0..L − 1 */
  readonly layer: number;
  /** Off the diagonal the factor of C_αβ, on it that of C_αα: all eigenvalues of R⁽ᴸ⁾ … R⁽ˡ⁺¹⁾. */
  readonly eigenvalues: Matrix;
}

/**
 * A covariance follows itself and the two variances, a variance only itself: the response is a triangular
 * matrix over the entries of a kernel, and its eigenvalues are its diagonal, ∏ g⟨φ'φ'⟩ for a covariance and ∏
 * ½g⟨(φ²)''⟩ for a variance, from layer to layer. They are read off the responses to all covariances together
 * and to all variances together.
 */
export function spectra(network: Network, nngp: readonly Matrix[], compute: Compute): ResponseSpectrum[] {
  const { hiddenLayers: top } = network;
  const n = nngp[0].rows;
  return Array.from({ length: top }, (_, layer) => {
    const [covariances, variances] = [zeros(n), zeros(n)];
    covariances.data.fill(1);
    for (let i = 0; i < n; i++) {
      covariances.data[i * n + i] = 0;
      variances.data[i * n + i] = 1;
    }
    const pushed = [covariances, variances].map((start) => {
      let moved = start;
      for (let m = layer + 1; m <= top; m++)
        moved = changeAbove(layerOf(network, m), nngp[m - 1], moved, compute);
      return moved;
    });
    const eigenvalues = pushed[0];
    for (let i = 0; i < n; i++) eigenvalues.data[i * n + i] = pushed[1].data[i * n + i];
    return { layer, eigenvalues };
  });
}

/** Least, median and largest of some eigenvalues; undefined if there are none. */
export type Range = readonly [least: number, median: number, largest: number] | undefined;

function rangeOf(values: number[]): Range {
  if (values.length === 0) return undefined;
  const sorted = Float64Array.from(values).sort();
  return [sorted[0], sorted[Math.floor((sorted.length - 1) / 2)], sorted[sorted.length - 1]];
}

/**
 * Eigenvalues among pairs whose targets lie on the same side of their mean, on different sides, and of
 * variances.
 */
export function spectrumOnData(
  { eigenvalues }: ResponseSpectrum,
  y: Matrix,
): { same: Range; different: Range; variances: Range } {
  const n = eigenvalues.rows;
  const product = centred(outer(y));
  const groups: Record<'same' | 'different' | 'variances', number[]> = {
    same: [],
    different: [],
    variances: [],
  };
  for (let i = 0; i < n; i++) {
    groups.variances.push(eigenvalues.data[i * n + i]);
    for (let j = 0; j < i; j++)
      groups[product.data[i * n + j] > 0 ? 'same' : 'different'].push(eigenvalues.data[i * n + j]);
  }
  return {
    same: rangeOf(groups.same),
    different: rangeOf(groups.different),
    variances: rangeOf(groups.variances),
  };
}

/**
 * Responses of a problem's network in the directions of its data, and the depth scales that they should decay
 * with.
 */
export function responses(problem: Problem, compute: Compute) {
  const { network, data } = problem;
  const nngp = nngpKernels(network, data.x, compute);
  const propagations = dataDirections(problem).map((direction) =>
    propagate(network, nngp, direction, compute),
  );
  // Of the layers between input and readout, as if all were like the first of them.
  const [weightVariance, biasVariance] = [network.weightVariance[1], network.biasVariance[1]];
  return {
    propagations,
    spectra: spectra(network, nngp, compute),
    phase: phaseAt({ activation: network.activation, weightVariance, biasVariance }, compute),
  };
}
