import { pullback, pushforward } from '../activations/gaussian.js';
import { centred } from '../measures/alignment.js';
import type { Compute } from '../numerics/compute.js';
import { addScaled, frobenius, inner, type Matrix, zeros } from '../numerics/matrix.js';
import { nngpKernels } from '../prior/nngpKernels.js';
import { gain, type Network, type Problem } from '../problem/problem.js';
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
      for (let k = 0; k < columns; k++) result.data[i * rows + j] += data[i * columns + k] * data[j * columns + k];
    }
  }
  return result;
}

/** Directions that the data single out: the centred targets YYᵀ, which for classes are the differences of their means, and all variances together. */
export function dataDirections({ data: { x, y } }: Problem): Direction[] {
  const scale = zeros(x.rows);
  for (let i = 0; i < x.rows; i++) scale.data[i * x.rows + i] = 1;
  return [...normalised('targets', centred(outer(y))), ...normalised('variances', scale)];
}

/** The direction through every layer at the NNGP kernels (theory §7): forward from each layer, backward from the output. */
export function propagate(network: Network, nngp: readonly Matrix[], { name, matrix }: Direction, compute: Compute): Propagation {
  const { activation, hiddenLayers: top } = network;
  const forward: number[][] = [];
  const kept: number[][] = [];
  for (let l = 0; l <= top; l++) {
    let moved = matrix;
    forward.push([1]);
    kept.push([1]);
    for (let m = l + 1; m <= top; m++) {
      moved = pushforward(activation, nngp[m - 1], moved, compute, gain(network, m));
      forward[l].push(frobenius(moved));
      kept[l].push(inner(moved, matrix));
    }
  }
  const backward = [1];
  for (let l = top - 1, source = matrix; l >= 0; l--) {
    source = pullback(activation, nngp[l], source, compute, gain(network, l + 1));
    backward.unshift(frobenius(source));
  }
  return { name, forward, kept, backward };
}

/** Responses of a problem's network in the directions of its data, and the depth scales that they should decay with. */
export function responses(problem: Problem, compute: Compute) {
  const { network, data } = problem;
  const nngp = nngpKernels(network, data.x, compute);
  const propagations = dataDirections(problem).map((direction) => propagate(network, nngp, direction, compute));
  // Of the layers between input and readout, as if all were like the first of them.
  const [weightVariance, biasVariance] = [network.weightVariance[1], network.biasVariance[1]];
  return { propagations, phase: phaseAt({ activation: network.activation, weightVariance, biasVariance }, compute) };
}
