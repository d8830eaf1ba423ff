import { type Activation, checkActivation } from '../activations/activation.js';
import type { PairExpectations } from '../activations/pairs/pairFormula.js';
import { pairFormulas } from '../activations/pairs/pairFormulas.js';
import { checkObject } from '../numerics/arguments.js';
import type { Compute } from '../numerics/compute.js';
import { gaussLegendre } from '../numerics/quadrature.js';
import { checkVariances } from '../problem/networkSchema.js';
import { momentsAt, momentsAtZero, valueAtZero } from './moments.js';
import { logarithmic, rootBetween, rootsOn } from './roots.js';

/** A network of infinitely many equal layers of infinite width: σ_w² and σ_b² of every layer. */
export interface Layers {
  /** φ */
  readonly activation: Activation;
  /** g = σ_w² */
  readonly weightVariance: number;
  /** β = σ_b² */
  readonly biasVariance: number;
}

/** @throws InputError that names what is no activation, or no variance */
export function checkLayers(value: unknown): asserts value is Layers {
  checkObject('layers', value, 'must be an object { activation, weightVariance, biasVariance }');
  checkActivation('layers: activation', value.activation);
  checkVariances(value, 'layers');
}

/** Where the variance of a layer repeats itself: q = g⟨φ²⟩_q + β. */
export interface FixedPoint {
  /** the variance of the pre-activations */
  readonly q: number;
  /** χ_q = g⟨φ'² + φφ''⟩: what is left of a small change of the variance, a layer later */
  readonly variance: number;
  /** χ = g⟨φ'²⟩: what is left of a small angle between two points, squared, a layer later */
  readonly angle: number;
  /** variances near it come nearer, |χ_q| < 1 */
  readonly stable: boolean;
}

/** Smallest and largest variances that are looked at. */
const LEAST = 1e-10;
const MOST = 1e4;
const PER_DECADE = 12;
/** Scatter of q⟵g⟨φ²⟩+β − q that counts as no change at all, relative to q. */
const FLAT = 1e-11;

/** A relative move of the variance that may be none. */
const ROUNDING = 1e-13;
/**
 * A slope that differs less from 1 is 1 but for rounding; at q = 0, where those of a function of the user may
 * be differences, less than the second.
 */
export const NO_DECAY = 1e-12;
const MARGINAL = 1e-10;
/**
 * Distances 1 − c of fixed points that are looked for by the slopes of the map, and the least that numbers
 * resolve there.
 */
const NEAR = 1e-3;
const RESOLVED = 1e-14;

const GRID = logarithmic(LEAST, MOST, PER_DECADE);
const tabulated = new WeakMap<Activation, Float64Array>();

/** ⟨φ²⟩ on the grid, the same for all variances of weights and biases. */
function squaresOnGrid(activation: Activation): Float64Array {
  const known = tabulated.get(activation);
  if (known) return known;
  const squares = GRID.map((q) => momentsAt(activation, q).square);
  tabulated.set(activation, squares);
  return squares;
}

/** q ← g⟨φ(√q z)²⟩ + β. @throws InputError for q that is no variance or that quadrature does not reach */
export function nextVariance({ activation, weightVariance, biasVariance }: Layers, q: number): number {
  if (q === 0) return weightVariance * valueAtZero(activation) ** 2 + biasVariance;
  return weightVariance * momentsAt(activation, q).square + biasVariance;
}

/** Every variance is its own image, as for ReLU at σ_w² = 2 without biases. */
export function everyVarianceFixed(layers: Layers): boolean {
  return [0.1, 1, 10].every((q) => Math.abs(nextVariance(layers, q) - q) < FLAT * q);
}

/**
 * All fixed points of the variance up to 10⁴, the smallest first; none if it grows without limit, or if every
 * variance is one.
 */
export function fixedPoints(layers: Layers): FixedPoint[] {
  if (everyVarianceFixed(layers)) return [];
  const { activation, weightVariance: g, biasVariance } = layers;
  const squares = squaresOnGrid(activation);
  const excess = (q: number) => nextVariance(layers, q) - q;
  const moves = GRID.map((q, k) => g * squares[k] + biasVariance - q);
  // Where φ is a line but for rounding, so are its moves.
  const sure = (_: number, k: number) => Math.abs(moves[k]) > ROUNDING * GRID[k];
  const roots = rootsOn(excess, GRID.filter(sure), moves.filter(sure));
  const others = roots.map((q) => fixedPointAt(layers, q));
  if (layers.biasVariance > 0 || valueAtZero(layers.activation) !== 0) return others;
  const zero = fixedPointAt(layers, 0);
  if (Math.abs(zero.variance - 1) > MARGINAL) return [zero, ...others];
  // Neither order nor chaos to first order, as tanh at σ_w² = 1: what lies above decides.
  return [{ ...zero, variance: 1, stable: excess(0.5 * Math.min(1, ...roots)) < 0 }, ...others];
}

function fixedPointAt({ activation, weightVariance: g }: Layers, q: number): FixedPoint {
  const { slope, growth } = q === 0 ? momentsAtZero(activation) : momentsAt(activation, q);
  const variance = g * growth;
  return { q, variance, angle: g * slope, stable: Math.abs(variance) < 1 };
}

/** Variances layer by layer, from q₀ = q on. */
export function variances(layers: Layers, q: number, depth: number): number[] {
  const all = [q];
  for (let l = 1; l <= depth; l++) all.push(nextVariance(layers, all[l - 1]));
  return all;
}

/** The fixed point that variances reach from q; undefined if they grow without limit. */
export function attractor(layers: Layers, q: number, points = fixedPoints(layers)): FixedPoint | undefined {
  const stable = points.filter((point) => point.stable);
  if (stable.length === 0) return undefined;
  const repelling = points.filter((point) => !stable.includes(point)).map((point) => point.q);
  // The map is monotone between repelling points wherever ⟨φ²⟩ grows with q: the attractor lies on the same
  // side of them.
  const above = Math.max(0, ...repelling.filter((value) => value < q));
  const below = Math.min(Number.POSITIVE_INFINITY, ...repelling.filter((value) => value > q));
  return stable.find((point) => point.q >= above && point.q <= below && (point.q > 0 || above === 0));
}

/** The map of correlations between two points of variance q: c ← (g⟨φφ⟩_{q,c} + β)/q', and its slope. */
export class CorrelationMap {
  private readonly next: number;
  private prepared: PairExpectations | undefined;

  constructor(
    private readonly layers: Layers,
    private readonly q: number,
    private readonly compute: Compute,
  ) {
    this.next = nextVariance(layers, q);
  }

  /** Made when it is needed: in the ordered phase it is not. */
  private get pairs(): PairExpectations {
    this.prepared ??= this.layers.activation.prepare(Float64Array.of(this.q, this.q), this.compute.algebra);
    return this.prepared;
  }

  value(c: number): number {
    const { activation, weightVariance, biasVariance } = this.layers;
    const out = new Float64Array(1);
    pairFormulas[this.pairs.kind].value(
      this.pairs,
      1,
      Float64Array.of(c * this.q),
      1,
      out,
      weightVariance,
      biasVariance,
    );
    if (!Number.isNaN(out[0]) || !activation.pairByQuadrature) return out[0] / this.next;
    return (
      (weightVariance * activation.pairByQuadrature(this.q, this.q, c * this.q).value + biasVariance) /
      this.next
    );
  }

  /** g⟨φ'φ'⟩ q/q', the slope at c < 1. */
  slope(c: number): number {
    const { activation, weightVariance } = this.layers;
    const [slope, left, right] = [new Float64Array(1), new Float64Array(1), new Float64Array(1)];
    pairFormulas[this.pairs.kind].derivatives(
      this.pairs,
      1,
      Float64Array.of(c * this.q),
      1,
      slope,
      left,
      right,
    );
    const byQuadrature = Number.isNaN(slope[0])
      ? activation.pairByQuadrature?.(this.q, this.q, c * this.q)
      : undefined;
    return (weightVariance * (byQuadrature?.slope ?? slope[0]) * this.q) / this.next;
  }

  /**
   * The stable fixed point. The map is a power series in c with coefficients a_n² ≥ 0, hence convex on [0,
   * 1], and c = 1 is a fixed point: it is stable for χ ≤ 1, and otherwise there is exactly one other.
   */
  fixedPoint(angle: number): { readonly c: number; readonly slope: number } {
    if (angle <= 1 + NO_DECAY) return { c: 1, slope: Math.min(1, angle) };
    const excess = (c: number) => this.value(c) - c;
    // Odd activations without bias: images of 0 are 0 but for rounding.
    if (excess(0) <= 1e-15) return { c: 0, slope: this.slope(0) };
    if (excess(1 - NEAR) > 0) return this.fixedPointNearOne(angle);
    const c = rootBetween(excess, 0, 1 - NEAR);
    return { c, slope: this.slope(c) };
  }

  /**
   * Where f(1 − d) − 1 + d = ∫₀ᵈ (1 − f'(1 − t)) dt vanishes for a small d: by the integral, for the
   * difference itself is lost in rounding. With t = d s², since kinks of φ bring powers of √t.
   */
  private fixedPointNearOne(angle: number): { readonly c: number; readonly slope: number } {
    const { nodes, weights } = gaussLegendre(8);
    const mean = (logarithm: number) => {
      let sum = 0;
      for (let k = 0; k < nodes.length; k++) {
        const s = 0.5 * (1 + nodes[k]);
        sum += weights[k] * s * (1 - this.slope(1 - Math.exp(logarithm) * s * s));
      }
      return sum;
    };
    const [least, most] = [Math.log(RESOLVED), Math.log(NEAR)];
    // Closer than numbers can tell: only kinks bring it there, where f' falls with √t, so to as far below 1
    // as half of what it is above it at 1.
    if (mean(least) >= 0) return { c: 1, slope: 1 - 0.5 * (angle - 1) };
    const c = 1 - Math.exp(rootBetween(mean, least, most));
    return { c, slope: this.slope(c) };
  }
}
