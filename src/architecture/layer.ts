import type { Activation } from '../activations/activation.js';
import type { Compute } from '../numerics/compute.js';
import { addConstant } from '../numerics/entrywise.js';
import { addScaled, copy, type Matrix } from '../numerics/matrix.js';
import type { MomentMap, PointRows } from '../problem/momentMap.js';

export type { MomentMap, PointRows } from '../problem/momentMap.js';

/** A hidden layer: its neurons, and what stands between them and the kernel above (theory §1). */
export interface Layer {
  /** N_l */
  readonly width: number;
  /** φ_l */
  readonly activation: Activation;
  /** 𝒯_l */
  readonly map: MomentMap;
  /** β_l of the pre-activations above */
  readonly beta: number;
  /**
   * k where the pre-activations above are those of k layers below them and what this layer adds: C⁽ˡ⁾ =
   * C⁽ˡ⁻ᵏ⁾ + 𝒯_l⟨φφᵀ⟩ + β_l
   */
  readonly skip?: number;
}

/** The kernel of the first pre-activations: what the input layer makes of the data. */
export interface InputMap {
  /** g₀ where it is g₀XXᵀ/D + β₀ */
  readonly gain?: number;
  /** positions of the first hidden layer */
  readonly positions: number;
  /** C⁽⁰⁾, (P·positions)², of the inputs x, P×D. @param compute what to compute on */
  kernel(x: Matrix, compute: Compute): Matrix;
  /** The same for new points xTest, T×D, beside the known ones, x, P×D. @param compute what to compute on */
  rows(x: Matrix, xTest: Matrix, compute: Compute): PointRows;
  /**
   * Both of pairs at the same position alone: blocks of P×P and T×P, one below the other for every position,
   * whose patches mix none
   */
  readonly samePositions?: Pick<InputMap, 'kernel' | 'rows'>;
}

/**
 * 𝒯[S] + β, as a new matrix, (P·positionsAbove)²: the affine map on moments (theory §1).
 * @param layer of `architectureOf`
 * @param moments S = ⟨φφᵀ⟩, (P·positions)²
 */
export const lift = ({ map, beta }: Layer, moments: Matrix): Matrix => addConstant(map.lift(moments), beta);

/**
 * The adjoint of its linear part, (P·positions)²: ⟨T, lift S − lift 0⟩ = ⟨lower T, S⟩ (theory §1).
 * @param layer of `architectureOf`
 * @param conjugate T, (P·positionsAbove)²
 */
export const lower = ({ map }: Layer, conjugate: Matrix): Matrix => map.lower(conjugate);

/** A quadratic form of one neuron's φ: factor · φᵀ form φ */
export interface LoweredForm {
  readonly form: Matrix;
  readonly factor: number;
}

/** What T above asks of φφᵀ, ⟨T, 𝒯[φφᵀ]⟩ = factor · φᵀ form φ: T itself where 𝒯 is a factor. */
export const lowered = ({ map }: Layer, conjugate: Matrix): LoweredForm =>
  map.gain === undefined ? { form: map.lower(conjugate), factor: 1 } : { form: conjugate, factor: map.gain };

/**
 * The affine map for new points. @param layer of `architectureOf` @param rows second moments of the new
 * points
 */
export function liftRows({ map, beta }: Layer, rows: PointRows): PointRows {
  const { cross, own, blocks } = map.liftRows(rows);
  return {
    cross: addConstant(cross, beta),
    own: own.map((value) => value + beta),
    ...(blocks ? { blocks: addConstant(blocks, beta) } : {}),
  };
}

/** a + factor b, as new rows of the same new points. */
export function addRows(a: PointRows, b: PointRows, factor = 1): PointRows {
  return {
    cross: addScaled(copy(a.cross), factor, b.cross),
    own: a.own.map((value, t) => value + factor * b.own[t]),
    ...(a.blocks && b.blocks ? { blocks: addScaled(copy(a.blocks), factor, b.blocks) } : {}),
  };
}
