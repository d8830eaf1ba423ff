import { evaluate, type Nonlinearity, valuesOf } from '../nonlinearity.js';
import { nestedRule } from './nestedRule.js';

/** Of fourth powers of φ. */
const SHARPNESS = 1.5;

/** What the response formulas need of one pair. */
export interface PairQuadrature {
  /** ⟨φ_αφ_β⟩ */
  readonly value: number;
  /** ⟨φ'_αφ'_β⟩ */
  readonly slope: number;
  /** ⟨φ''_αφ_β⟩ and ⟨φ_αφ''_β⟩ */
  readonly left: number;
  readonly right: number;
}

/**
 * One pair by nested quadrature, to about 1e−13. Second derivatives are avoided by Stein's identity,
 * a⟨φ''_αφ_β⟩ = ⟨h_αφ'_αφ_β⟩ − c⟨φ'_αφ'_β⟩. About a millisecond a pair: only for what the series does not
 * reach.
 */
export function pairByQuadrature(phi: Nonlinearity, a: number, b: number, c: number): PairQuadrature {
  if (!(a >= 0 && b >= 0 && Number.isFinite(a + b + c)))
    return { value: Number.NaN, slope: Number.NaN, left: Number.NaN, right: Number.NaN };
  const { outer, inner, starts } = nestedRule(phi, a, b, c);
  const left = evaluated(phi, outer.nodes);
  const right = evaluated(phi, inner.nodes);
  let [value, slope, leftMoment, rightMoment, leftMean, rightMean] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < outer.nodes.length; k++) {
    let [v, d, m] = [0, 0, 0];
    for (let j = starts[k]; j < starts[k + 1]; j++) {
      v += inner.weights[j] * right.value[j];
      d += inner.weights[j] * right.derivative[j];
      m += inner.weights[j] * inner.nodes[j] * right.derivative[j];
    }
    const weight = outer.weights[k];
    value += weight * left.value[k] * v;
    leftMean += weight * left.value[k];
    rightMean += weight * v;
    slope += weight * left.derivative[k] * d;
    leftMoment += weight * outer.nodes[k] * left.derivative[k] * v;
    rightMoment += weight * left.value[k] * m;
  }
  return {
    value,
    slope,
    left: a === 0 ? curvatureAtZero(phi) * rightMean : (leftMoment - c * slope) / a,
    right: b === 0 ? curvatureAtZero(phi) * leftMean : (rightMoment - c * slope) / b,
  };
}

/** ⟨φ_αᵖφ_β⁴⁻ᵖ⟩ for p = 0 … 4 by the same nested quadrature. */
export function pairMomentsByQuadrature(phi: Nonlinearity, a: number, b: number, c: number): Float64Array {
  const { outer, inner, starts } = nestedRule(phi, a, b, c, SHARPNESS);
  const left = valuesOf(phi, outer.nodes);
  const right = valuesOf(phi, inner.nodes);
  const moments = new Float64Array(5);
  for (let k = 0; k < left.length; k++) {
    for (let p = 0; p <= 4; p++) {
      let mean = 0;
      for (let j = starts[k]; j < starts[k + 1]; j++) mean += inner.weights[j] * right[j] ** (4 - p);
      moments[p] += outer.weights[k] * left[k] ** p * mean;
    }
  }
  return moments;
}

function evaluated(phi: Nonlinearity, h: Float64Array) {
  const value = new Float64Array(h.length);
  const derivative = new Float64Array(h.length);
  evaluate(phi, h, value, derivative);
  return { value, derivative };
}

/** φ''(0): a point without variance has φ''_α = φ''(0), a constant. */
function curvatureAtZero(phi: Nonlinearity): number {
  const step = 1e-3;
  const { derivative } = evaluated(phi, Float64Array.of(-step, step));
  return (derivative[1] - derivative[0]) / (2 * step);
}
