import { crossKernel, crossPushforward } from '../activations/operators/cross.js';
import { kernelOf } from '../activations/operators/kernel.js';
import { pullback, pushforward } from '../activations/operators/response.js';
import type { Compute } from '../numerics/compute.js';
import { addConstant, scale } from '../numerics/entrywise.js';
import { diagonal, type Matrix, release } from '../numerics/matrix.js';
import { blockMoments, pushBlocks } from './blockRows.js';
import { type Layer, liftRows, lowered, type PointRows } from './layer.js';
import { crossMomentsOf, momentsOf } from './positionBlocks.js';

/**
 * The kernel above a layer whose pre-activations have covariance c: 𝒯⟨φφᵀ⟩ + β (theory §1), P×P, or
 * (P·positionsAbove)² with positions, (positionsAbove·P)×P of the same positions alone.
 * @param layer of `architectureOf`, or of `smallestArchitecture`
 * @param c P×P, (P·positions)² or (positions·P)×P
 * @param compute what to compute on
 * @throws InputError where Gaussian expectations of its activation cannot be had
 */
export function kernelAbove({ activation, map, beta }: Layer, c: Matrix, compute: Compute): Matrix {
  if (map.gain !== undefined) return kernelOf(activation, c, compute, map.gain, beta);
  const moments = momentsOf(activation, c, compute);
  const kernel = addConstant(map.lift(moments), beta);
  release(moments);
  return kernel;
}

/**
 * The same for new points: their rows above the layer.
 * @param layer of `architectureOf`, or of `smallestArchitecture`
 * @param c kernel of the known points below, P×P, (P·positions)² or (positions·P)×P
 * @param rows of the new points below
 * @param compute what to compute on
 * @throws InputError where Gaussian expectations of its activation cannot be had
 */
export function rowsAbove(layer: Layer, c: Matrix, rows: PointRows, compute: Compute): PointRows {
  const { activation, map, beta } = layer;
  if (map.gain !== undefined) return crossKernel(activation, diagonal(c), rows, compute, map.gain, beta);
  const moments = crossMomentsOf(activation, c, rows, compute);
  return liftRows(
    layer,
    rows.blocks ? { ...moments, blocks: blockMoments(activation, rows.blocks, compute) } : moments,
  );
}

/**
 * How the kernel above responds to a change of c: 𝒯 R[change] (theory §3), of the shape of the kernel above,
 * P×P.
 * @param layer of `architectureOf`
 * @param c P×P, or (P·positions)²
 * @param change symmetric, of the shape of c
 * @param compute what to compute on
 * @throws InputError where Gaussian expectations of its activation cannot be had
 */
export function changeAbove({ activation, map }: Layer, c: Matrix, change: Matrix, compute: Compute): Matrix {
  if (map.gain !== undefined) return pushforward(activation, c, change, compute, map.gain);
  const moved = pushforward(activation, c, change, compute);
  const lifted = map.lift(moved);
  release(moved);
  return lifted;
}

/** The same for new points; `known` is the change of the variances of the known ones. */
export function rowsChangeAbove(
  { activation, map }: Layer,
  c: Matrix,
  rows: PointRows,
  change: PointRows,
  known: Float64Array,
  compute: Compute,
): PointRows {
  const moved = crossPushforward(activation, diagonal(c), rows, change, known, compute);
  if (!rows.blocks || !change.blocks) return map.liftRows(moved);
  return map.liftRows({ ...moved, blocks: pushBlocks(activation, rows.blocks, change.blocks, compute) });
}

/**
 * The adjoint, Rᵀ𝒯ᵀ[T]: what a conjugate kernel above becomes below (theory §4), of the shape of c, P×P.
 * @param layer of `architectureOf`
 * @param c P×P, or (P·positions)²
 * @param conjugate T, symmetric, of the shape of the kernel above
 * @param compute what to compute on
 * @throws InputError where Gaussian expectations of its activation cannot be had
 */
export function conjugateBelow(
  { activation, map }: Layer,
  c: Matrix,
  conjugate: Matrix,
  compute: Compute,
): Matrix {
  if (map.gain !== undefined) return pullback(activation, c, conjugate, compute, map.gain);
  return pullback(activation, c, map.lower(conjugate), compute);
}

/**
 * (1/N) 𝒯[V:𝒯ᵀT] for a contraction with V, the covariance of one neuron's φφᵀ: how far the prior lets the
 * kernel above fluctuate towards T.
 */
export function bornAbove(layer: Layer, conjugate: Matrix, contract: (form: Matrix) => Matrix): Matrix {
  const { form, factor } = lowered(layer, conjugate);
  return bornOf(layer, contract(form), factor);
}

/** (factor/N) 𝒯[V:S] of V:S, which it may overwrite. */
export function bornOf({ map, width }: Layer, moments: Matrix, factor = 1): Matrix {
  if (map.gain !== undefined) return scale(moments, (map.gain * factor) / width);
  const lifted = scale(map.lift(moments), factor / width);
  release(moments);
  return lifted;
}

/** The same for new points. */
export function rowsBornAbove(
  layer: Layer,
  conjugate: Matrix,
  contract: (form: Matrix) => PointRows,
): PointRows {
  const { form, factor } = lowered(layer, conjugate);
  return rowsBornOf(layer, contract(form), factor);
}

export function rowsBornOf({ map, width }: Layer, moments: PointRows, factor = 1): PointRows {
  const { cross, own, blocks } = map.liftRows(moments);
  const weight = factor / width;
  return {
    cross: scale(cross, weight),
    own: own.map((value) => weight * value),
    ...(blocks ? { blocks: scale(blocks, weight) } : {}),
  };
}
