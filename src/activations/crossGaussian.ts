import type { Compute } from '../numerics/compute.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import type { Activation } from './activation.js';
import { pairFormulas } from './pairs/pairExpectations.js';

/** New points beside P known ones: their covariances with the known points (T×P) and their own variances (T). */
export interface CrossCovariance {
  readonly cross: Matrix;
  readonly own: Float64Array;
}

/** Pairs of every new point (after the known ones) with all known points, and the formula to evaluate them. */
function prepareJoint(activation: Activation, known: Float64Array, own: Float64Array, compute: Compute) {
  const variances = new Float64Array(known.length + own.length);
  variances.set(known);
  variances.set(own, known.length);
  const pairs = activation.prepare(variances, compute.algebra);
  return { pairs, formula: pairFormulas[pairs.kind] };
}

/** scale · ⟨φ_tφ_α⟩ + shift and scale · ⟨φ_t²⟩ + shift for new points t and known points α of variances `known`. */
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

/** The response of ⟨φ_tφ_α⟩ and ⟨φ_t²⟩ to a change of all covariances: `moved` for the new points, `movedKnown` the diagonal of the known ones. */
export function crossPushforward(
  activation: Activation,
  known: Float64Array,
  { cross, own }: CrossCovariance,
  moved: CrossCovariance,
  movedKnown: Float64Array,
  compute: Compute,
): CrossCovariance {
  const p = known.length;
  const { pairs, formula } = prepareJoint(activation, known, own, compute);
  const out = zeros(own.length, p);
  const [slope, left, right] = [new Float64Array(p), new Float64Array(p), new Float64Array(p)];
  for (let t = 0; t < own.length; t++) {
    formula.derivatives(pairs, p + t, cross.data.subarray(t * p, (t + 1) * p), p, slope, left, right);
    for (let j = 0; j < p; j++) {
      let pair = { slope: slope[j], left: left[j], right: right[j] };
      if (Number.isNaN(pair.slope + pair.left + pair.right) && activation.pairByQuadrature) {
        pair = activation.pairByQuadrature(own[t], known[j], cross.data[t * p + j]);
      }
      const changes = pair.left * moved.own[t] + pair.right * movedKnown[j];
      out.data[t * p + j] = pair.slope * moved.cross.data[t * p + j] + 0.5 * changes;
    }
  }
  return { cross: out, own: moved.own.map((value, t) => pairs.diagonalSlope[p + t] * value) };
}
