import { type Compute, checkCompute } from '../numerics/compute.js';
import {
  attractor,
  CorrelationMap,
  checkLayers,
  everyVarianceFixed,
  type FixedPoint,
  fixedPoints,
  type Layers,
  NO_DECAY,
} from './meanField.js';

/** What small differences of inputs become with depth. */
export type PhaseName = 'ordered' | 'critical' | 'chaotic' | 'unbounded';

/** χ within this of 1 counts as critical. */
const CRITICAL = 1e-7;

/**
 * What signals do in infinitely deep networks of infinite width (Poole et al. 2016; Schoenholz et al. 2017;
 * theory §7).
 */
export interface Phase {
  /** g = σ_w² of all layers */
  readonly weightVariance: number;
  /** β = σ_b² of all layers */
  readonly biasVariance: number;
  /** χ < 1 ordered, χ = 1 critical, χ > 1 chaotic, or unbounded where variances grow without limit */
  readonly phase: PhaseName;
  /** q*, reached from inputs with |x|² = D; NaN if every variance is a fixed point or none is reached */
  readonly qStar: number;
  /** χ = g⟨φ'²⟩ at q*, the slope of the correlation map at c = 1 */
  readonly chi: number;
  /** χ_q = g⟨φ'² + φφ''⟩ at q* */
  readonly chiQ: number;
  /** c*, stable fixed point of the correlation map */
  readonly cStar: number;
  /** χ_c, slope of the correlation map at c* */
  readonly chiC: number;
  /** depth scale of variances, −1/ln|χ_q|, in layers; infinite where nothing decays */
  readonly xiQ: number;
  /** depth scale of correlations, −1/ln χ_c, in layers; infinite where nothing decays */
  readonly xiC: number;
  /** all fixed points of the variance */
  readonly fixedPoints: readonly FixedPoint[];
  /** what is special, for people */
  readonly remark?: string;
}

/** −1/ln|slope|: layers over which a deviation falls to 1/e. */
export const depthScale = (slope: number): number => {
  const decay = -Math.log(Math.abs(slope));
  return decay > NO_DECAY ? 1 / decay : Number.POSITIVE_INFINITY;
};

/**
 * The phase of a network of equal layers at infinite width and depth (theory §7), from inputs with |x|² = D.
 * @param compute what to compute on
 * @throws InputError for what are no layers, and where quadrature does not reach
 */
export function phaseAt(layers: Layers, compute: Compute): Phase {
  checkLayers(layers);
  checkCompute(compute);
  const { weightVariance, biasVariance } = layers;
  const base = { weightVariance, biasVariance };
  const points = fixedPoints(layers);
  if (everyVarianceFixed(layers)) return scaleFree(layers, points, compute);
  const start = weightVariance + biasVariance;
  const reached = attractor(layers, start, points);
  if (!reached) {
    const nothing = {
      qStar: Number.NaN,
      chi: Number.NaN,
      chiQ: Number.NaN,
      cStar: Number.NaN,
      chiC: Number.NaN,
    };
    const scales = { xiQ: Number.NaN, xiC: Number.NaN, fixedPoints: points };
    return {
      ...base,
      phase: 'unbounded',
      ...nothing,
      ...scales,
      remark: 'variances grow without limit from layer to layer',
    };
  }
  // Without variance there are no correlations; angles of vanishing fields are what is left.
  const { c, slope } =
    reached.q === 0
      ? { c: 1, slope: reached.angle }
      : new CorrelationMap(layers, reached.q, compute).fixedPoint(reached.angle);
  const stable = points.filter((point) => point.stable);
  const remark =
    stable.length > 1
      ? `bistable: variances end at ${stable.map((point) => point.q.toPrecision(4)).join(' or ')}, depending on the inputs`
      : reached.q === 0
        ? 'variances shrink to zero'
        : undefined;
  return {
    ...base,
    phase: phaseName(reached.angle),
    qStar: reached.q,
    chi: reached.angle,
    chiQ: reached.variance,
    cStar: c,
    chiC: slope,
    xiQ: depthScale(reached.variance),
    xiC: depthScale(slope),
    fixedPoints: points,
    ...(remark ? { remark } : {}),
  };
}

const phaseName = (chi: number): PhaseName =>
  Math.abs(chi - 1) < CRITICAL ? 'critical' : chi < 1 ? 'ordered' : 'chaotic';

/** Every variance is a fixed point: angles do not depend on it, and are taken at variance 1. */
function scaleFree(layers: Layers, points: readonly FixedPoint[], compute: Compute): Phase {
  const { weightVariance, biasVariance } = layers;
  const map = new CorrelationMap(layers, 1, compute);
  const chi = map.slope(1);
  const { c, slope } = map.fixedPoint(chi);
  return {
    weightVariance,
    biasVariance,
    phase: phaseName(chi),
    qStar: Number.NaN,
    chi,
    chiQ: 1,
    cStar: c,
    chiC: slope,
    xiQ: Number.POSITIVE_INFINITY,
    xiC: depthScale(slope),
    fixedPoints: points,
    remark: 'every variance is a fixed point: there is no isolated q*',
  };
}
