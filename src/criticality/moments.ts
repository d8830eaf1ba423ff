import type { Activation } from '../activations/activation.js';
import { degreeOf } from '../activations/degree.js';
import { InputError } from '../numerics/errors.js';
import { compositeRule, gradedPanels, type Rule, withGaussianWeight } from '../numerics/quadrature.js';

/** Expectations of one activation over h ~ N(0, q). */
export interface Moments {
  /** ⟨φ²⟩ */
  readonly square: number;
  /** ⟨φ'²⟩; infinite where φ jumps */
  readonly slope: number;
  /** ∂⟨φ²⟩/∂q = ⟨φ'² + φφ''⟩ = ⟨hφφ'⟩/q */
  readonly growth: number;
}

/** Standard deviations covered. */
const RANGE = 13;
const ORDER = 16;
/** Largest variance: nodes are as many as the standard deviation is large, nine million here. */
const MOST = 1e9;
const rules = new Map<string, Rule>();

/**
 * Fine enough for functions that vary over distances of order one in h, everywhere; the next power of two of
 * σ decides.
 */
function ruleFor(sigma: number, kinks: readonly number[]): Rule {
  const scale = 2 ** Math.ceil(Math.log2(Math.max(1, sigma)));
  const width = 0.5 / scale;
  // Kinks off the origin move with σ.
  const moving = kinks.some((kink) => kink !== 0);
  const key = moving ? `${sigma} ${kinks.join()}` : String(scale);
  const known = rules.get(key);
  if (known) return known;
  const features = [0, ...kinks].map((kink) => ({ position: sigma > 0 ? kink / sigma : 0, width }));
  const rule = withGaussianWeight(
    compositeRule(gradedPanels(features, RANGE, Math.min(0.5, 3 * width)), ORDER),
  );
  if (!moving) rules.set(key, rule);
  return rule;
}

/**
 * The expectations at variance q > 0: by composite Gauss–Legendre quadrature up to 10⁹, of functions of a
 * single degree at any.
 * @throws InputError for other variances
 */
export function momentsAt(activation: Activation, q: number): Moments {
  if (!(q > 0))
    throw new InputError(`activation ${activation.name}: ${q} is no variance; give a positive number`);
  const degree = degreeOf(activation);
  if (degree !== undefined && q < Number.POSITIVE_INFINITY)
    return scaled(byQuadrature(activation, 1), degree, q);
  if (q <= MOST) return byQuadrature(activation, q);
  const most = 'Gaussian moments are computed up to 1e9; lower weightVariance, or take fewer layers';
  throw new InputError(
    `activation ${activation.name}: a variance of ${Number(q.toPrecision(3))} is too large; ${most}`,
  );
}

/** Of φ(λh) = λᵏφ(h) for λ > 0: ⟨φ²⟩ ∝ qᵏ, its derivatives ∝ qᵏ⁻¹. */
function scaled({ square, slope, growth }: Moments, degree: number, q: number): Moments {
  const derivative = q ** (degree - 1);
  return { square: square * q ** degree, slope: slope * derivative, growth: growth * derivative };
}

function byQuadrature(activation: Activation, q: number): Moments {
  const sigma = Math.sqrt(q);
  const { nodes, weights } = ruleFor(sigma, activation.kinks ?? []);
  const h = nodes.map((z) => sigma * z);
  const value = new Float64Array(h.length);
  const derivative = new Float64Array(h.length);
  activation.value(h, value);
  activation.derivative(h, derivative);
  let [square, slope, growth] = [0, 0, 0];
  for (let k = 0; k < h.length; k++) {
    square += weights[k] * value[k] * value[k];
    slope += weights[k] * derivative[k] * derivative[k];
    growth += weights[k] * nodes[k] * value[k] * derivative[k];
  }
  return {
    square,
    slope: activation.discontinuous ? Number.POSITIVE_INFINITY : slope,
    growth: growth / sigma,
  };
}

/** Close enough to the origin that φ is a line on either side of it. */
const BESIDE = 1e-14;

/**
 * What the expectations tend to as variances vanish: ½(φ'(0+)² + φ'(0−)²) for slope and, if φ(0) = 0, growth.
 */
export function momentsAtZero(activation: Activation): Moments {
  const sides = new Float64Array(2);
  activation.derivative(Float64Array.of(-BESIDE, BESIDE), sides);
  const slope = activation.discontinuous ? Number.POSITIVE_INFINITY : 0.5 * (sides[0] ** 2 + sides[1] ** 2);
  return { square: valueAtZero(activation) ** 2, slope, growth: slope };
}

/** Share of the values of φ nearby below which φ(0) is rounding, of a table or of a difference of functions. */
const ROUNDING = 1e-14;

/** φ(0). */
export function valueAtZero(activation: Activation): number {
  const values = new Float64Array(3);
  activation.value(Float64Array.of(0, -1, 1), values);
  const [value, ...beside] = values;
  return Math.abs(value) < ROUNDING * Math.max(...beside.map(Math.abs)) ? 0 : value;
}
