import { compositeRule, type Feature, gradedPanels, type Rule, withGaussianWeight } from '../numerics/quadrature.js';
import type { Nonlinearity } from './hermiteExpansion.js';

const RANGE = 9.5;
const NODES = 16;

/** Features of φ(scale · z + shift) in z: its kinks, and the origin of h, around which φ varies over one unit of h. */
function features(phi: Nonlinearity, scale: number, shift: number): Feature[] {
  const positions = phi.kinks.includes(0) ? phi.kinks : [0, ...phi.kinks];
  return positions.map((kink) => ({ position: (kink - shift) / scale, width: Math.min(0.75, 0.5 / scale) }));
}

const gaussianRule = (list: readonly Feature[]): Rule =>
  withGaussianWeight(compositeRule(gradedPanels(list, RANGE, 0.75), NODES));

/** Rules in u, and in w for every u with the h_β they stand for: h_α = σ_α u, h_β = σ_β(ρu + √(1−ρ²) w). */
function nestedRules(phi: Nonlinearity, a: number, b: number, c: number) {
  const [sa, sb] = [Math.sqrt(a), Math.sqrt(b)];
  const rho = a * b === 0 ? 0 : Math.max(-1, Math.min(1, c / (sa * sb)));
  const rest = sb * Math.sqrt((1 - rho) * (1 + rho));
  // Averaged over w, φ(h_β) varies with u over the distance that w smears out.
  const drift = rho * sb;
  const smeared =
    drift === 0 ? [] : features(phi, drift, 0).map((f) => ({ ...f, width: Math.max(f.width, 0.5 * Math.abs(rest / drift)) }));
  const outer = gaussianRule([...(sa > 0 ? features(phi, sa, 0) : []), ...smeared]);
  const innerAt = (u: number) => {
    const shift = drift * u;
    const rule: Rule =
      rest > 1e-9 * sb && rest > 0
        ? gaussianRule(features(phi, rest, shift))
        : { nodes: new Float64Array(1), weights: Float64Array.of(1) };
    return { rule, h: rule.nodes.map((w) => shift + rest * w) };
  };
  return { sa, outer, innerAt };
}

/**
 * ⟨φ_αφ_β⟩, ⟨φ'_αφ'_β⟩, ⟨φ''_αφ_β⟩ and ⟨φ_αφ''_β⟩ of one pair by nested quadrature: h_α = σ_α u, h_β = σ_β(ρu + √(1−ρ²) w),
 * the inner panels graded about the kinks of φ(h_β) at that u. Second derivatives are avoided by Stein's identity,
 * a⟨φ''_αφ_β⟩ = ⟨h_αφ'_αφ_β⟩ − c⟨φ'_αφ'_β⟩. Milliseconds a pair: only for what the series does not reach.
 */
export function pairByQuadrature(phi: Nonlinearity, a: number, b: number, c: number) {
  const { outer, innerAt, sa } = nestedRules(phi, a, b, c);
  const count = outer.nodes.length;
  const left = evaluate(
    phi,
    outer.nodes.map((u) => sa * u),
  );
  let [value, slope, leftMoment, rightMoment, leftMean, rightMean] = [0, 0, 0, 0, 0, 0];
  for (let k = 0; k < count; k++) {
    const { rule: inner, h } = innerAt(outer.nodes[k]);
    const right = evaluate(phi, h);
    let [v, d, m] = [0, 0, 0];
    for (let j = 0; j < h.length; j++) {
      v += inner.weights[j] * right.value[j];
      d += inner.weights[j] * right.derivative[j];
      m += inner.weights[j] * h[j] * right.derivative[j];
    }
    const weight = outer.weights[k];
    value += weight * left.value[k] * v;
    leftMean += weight * left.value[k];
    rightMean += weight * v;
    slope += weight * left.derivative[k] * d;
    leftMoment += weight * sa * outer.nodes[k] * left.derivative[k] * v;
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
  const { outer, innerAt, sa } = nestedRules(phi, a, b, c);
  const left = evaluate(
    phi,
    outer.nodes.map((u) => sa * u),
  ).value;
  const moments = new Float64Array(5);
  outer.nodes.forEach((u, k) => {
    const { rule, h } = innerAt(u);
    const right = evaluate(phi, h).value;
    for (let p = 0; p <= 4; p++) {
      let mean = 0;
      for (let j = 0; j < h.length; j++) mean += rule.weights[j] * right[j] ** (4 - p);
      moments[p] += outer.weights[k] * left[k] ** p * mean;
    }
  });
  return moments;
}

function evaluate(phi: Nonlinearity, h: Float64Array) {
  const value = new Float64Array(h.length);
  const derivative = new Float64Array(h.length);
  phi.value(h, value);
  phi.derivative(h, derivative);
  return { value, derivative };
}

/** φ''(0): a point without variance has φ''_α = φ''(0), a constant. */
function curvatureAtZero(phi: Nonlinearity): number {
  const step = 1e-3;
  const { derivative } = evaluate(phi, Float64Array.of(-step, step));
  return (derivative[1] - derivative[0]) / (2 * step);
}
