import { type Activation, checkActivation } from '../activations/activation.js';
import { checkNumber, checkPositive } from '../numerics/arguments.js';
import { checkWhole } from '../numerics/bounds.js';
import { momentsAt, momentsAtZero, valueAtZero } from './moments.js';
import { geometric, logarithmic, rootsOn } from './roots.js';

/** χ = 1 at a fixed point q: an edge of chaos. */
export interface CriticalPoint {
  /** σ_w² of all layers */
  readonly weightVariance: number;
  /** σ_b² of all layers */
  readonly biasVariance: number;
  /** the fixed point; NaN where every variance is critical alike */
  readonly q: number;
}

const LEAST = 1e-9;
const MOST = 1e3;
const PER_DECADE = 20;
/** β(q)/q below this is no bias at all. */
const NONE = 1e-9;
/** φ'(0)² below this is none. */
const NO_SLOPE = 1e-20;

/**
 * The critical line in closed form, with the variance q as its parameter: χ = g⟨φ'²⟩ = 1 and q = g⟨φ²⟩ + β
 * give
 *
 *     σ_w²(q) = 1/⟨φ'²⟩_q,    σ_b²(q) = q − ⟨φ²⟩_q/⟨φ'²⟩_q
 */
export function criticalAt(activation: Activation, q: number): CriticalPoint {
  const { square, slope } = momentsAt(activation, q);
  return { weightVariance: 1 / slope, biasVariance: q - square / slope, q };
}

const grid = () => logarithmic(LEAST, MOST, PER_DECADE);

/**
 * All critical points with this bias variance, χ = g⟨φ'²⟩ = 1 at q = g⟨φ²⟩ + β (theory §7), the smallest
 * weight variance first. None where there is no critical weight variance.
 * @param activation φ of all layers
 * @param biasVariance β = σ_b² of all layers
 * @throws InputError for what is no activation, or no variance
 */
export function criticalPoints(activation: Activation, biasVariance: number): CriticalPoint[] {
  checkActivation('activation', activation);
  checkNumber('biasVariance', biasVariance, 0);
  if (activation.discontinuous) return [];
  if (biasVariance === 0) return withoutBias(activation);
  const excess = (q: number) => criticalAt(activation, q).biasVariance - biasVariance;
  const roots = rootsOn(excess, grid()).map((q) => ({ ...criticalAt(activation, q), biasVariance }));
  return roots.sort((a, b) => a.weightVariance - b.weightVariance);
}

/**
 * β = 0: at vanishing variance if φ(0) = 0, at every variance if φ is homogeneous, and wherever else β(q)
 * vanishes.
 */
function withoutBias(activation: Activation): CriticalPoint[] {
  const share = (q: number) => criticalAt(activation, q).biasVariance / q;
  const flat = [1e-3, 1, 10].every((q) => Math.abs(share(q)) < NONE);
  if (flat) return [{ ...criticalAt(activation, 1), biasVariance: 0, q: Number.NaN }];
  const { slope } = momentsAtZero(activation);
  const atZero =
    valueAtZero(activation) === 0 && slope > NO_SLOPE
      ? [{ weightVariance: 1 / slope, biasVariance: 0, q: 0 }]
      : [];
  // Below NONE the sign of β(q) is rounding.
  const sure = grid().filter((q) => Math.abs(share(q)) > NONE);
  const roots = rootsOn(share, sure);
  return [...atZero, ...roots.map((q) => ({ ...criticalAt(activation, q), biasVariance: 0 }))];
}

/**
 * The critical line σ_w²(q) = 1/⟨φ'²⟩_q, σ_b²(q) = q − ⟨φ²⟩_q/⟨φ'²⟩_q (theory §7) for q from `from` to `to`,
 * where σ_b² ≥ 0.
 * @param activation φ of all layers
 * @param count values of q, in equal ratios
 * @throws InputError for what is no activation, and senseless bounds
 */
export function criticalLine(activation: Activation, from = 1e-6, to = 100, count = 400): CriticalPoint[] {
  checkActivation('activation', activation);
  checkPositive('from', from);
  checkPositive('to', to);
  checkWhole('count', count, { least: 2, most: 1e6 });
  if (activation.discontinuous) return [];
  return [...geometric(from, to, count)]
    .map((q) => criticalAt(activation, q))
    .filter((point) => point.biasVariance >= 0);
}
