import type { Compute } from '../../numerics/compute.js';
import { type Matrix, zeros } from '../../numerics/matrix.js';
import type { Activation } from '../activation.js';
import { pairFormulas } from '../pairs/pairFormulas.js';

/** T new points beside P known ones. */
export interface CrossCovariance {
  /** covariances of the new points with the known ones, T×P */
  readonly cross: Matrix;
  /** variances of the new points, T */
  readonly own: Float64Array;
}

/**
 * Pairs of every new point (after the known ones) with all known points, and the formula to evaluate them.
 */
function prepareJoint(activation: Activation, known: Float64Array, own: Float64Array, compute: Compute) {
  const variances = new Float64Array(known.length + own.length);
  variances.set(known);
  variances.set(own, known.length);
  const pairs = activation.prepare(variances, compute.algebra);
  return { pairs, formula: pairFormulas[pairs.kind] };
}

/**
 * scale · ⟨φ_tφ_α⟩ + shift, T×P, and scale · ⟨φ_t²⟩ + shift, T, for new points t and known points α (theory
 * §2, §6): `kernelOf` for new points.
 * @param activation φ
 * @param known variances of the known points, P
 * @param rows covariances of the new points, T×P, and their variances, T
 * @param compute what to compute on
 */
export function crossKernel(
  activation: Activation,
  known: Float64Array,
  { cross, own }: CrossCovariance,
  compute: Compute,
  scale: number,
  shift: number,
): CrossCovariance {
  const p = known.length;
  const { pairs, formula } = prepareJoint(activation, known, own, compute);
  const out = zeros(own.length, p);
  for (let t = 0; t < own.length; t++) {
    const row = out.data.subarray(t * p, (t + 1) * p);
    formula.value(pairs, p + t, cross.data.subarray(t * p, (t + 1) * p), p, row, scale, shift);
    for (let j = 0; j < p; j++) {
      if (Number.isNaN(row[j]) && activation.pairByQuadrature) {
        row[j] = scale * activation.pairByQuadrature(own[t], known[j], cross.data[t * p + j]).value + shift;
      }
    }
  }
  return { cross: out, own: pairs.diagonal.slice(p).map((value) => scale * value + shift) };
}

/** ⟨φ'_tφ'_α⟩, ⟨φ''_tφ_α⟩ and ⟨φ_tφ''_α⟩, T×P each. */
export function crossDerivatives(
  activation: Activation,
  known: Float64Array,
  { cross, own }: CrossCovariance,
  compute: Compute,
): { slope: Matrix; left: Matrix; right: Matrix } {
  const p = known.length;
  const { pairs, formula } = prepareJoint(activation, known, own, compute);
  const [slope, left, right] = [zeros(own.length, p), zeros(own.length, p), zeros(own.length, p)];
  const row = ({ data }: Matrix, t: number) => data.subarray(t * p, (t + 1) * p);
  for (let t = 0; t < own.length; t++) {
    formula.derivatives(pairs, p + t, row(cross, t), p, row(slope, t), row(left, t), row(right, t));
    for (let i = t * p; i < (t + 1) * p; i++) {
      if (!activation.pairByQuadrature || !Number.isNaN(slope.data[i] + left.data[i] + right.data[i]))
        continue;
      const pair = activation.pairByQuadrature(own[t], known[i - t * p], cross.data[i]);
      slope.data[i] = pair.slope;
      left.data[i] = pair.left;
      right.data[i] = pair.right;
    }
  }
  return { slope, left, right };
}

/**
 * The response of ⟨φ_tφ_α⟩ and ⟨φ_t²⟩ to a change of all covariances: `moved` for the new points,
 * `movedKnown` the diagonal of the known ones.
 */
export function crossPushforward(
  activation: Activation,
  known: Float64Array,
  { cross, own }: CrossCovariance,
  moved: CrossCovariance,
  movedKnown: Float64Array,
  compute: Compute,
): CrossCovariance {
  const p = known.length;
  const { slope, left, right } = crossDerivatives(activation, known, { cross, own }, compute);
  const out = zeros(own.length, p);
  for (let t = 0; t < own.length; t++) {
    for (let j = 0, i = t * p; j < p; j++, i++) {
      const changes = left.data[i] * moved.own[t] + right.data[i] * movedKnown[j];
      out.data[i] = slope.data[i] * moved.cross.data[i] + 0.5 * changes;
    }
  }
  const { diagonalSlope } = activation.prepare(own, compute.algebra);
  return { cross: out, own: moved.own.map((value, t) => diagonalSlope[t] * value) };
}
