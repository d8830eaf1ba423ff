import { allocate } from '../numerics/matrix.js';
import { normalDensity, upperTails } from '../numerics/normal.js';
import type { Activation } from './activation.js';
import { type Nonlinearity, valuesOf } from './nonlinearity.js';
import type { PairExpectations } from './pairs/pairFormula.js';
import { byQuadrature } from './quadrature/byQuadrature.js';

/** φ(h) = intercept + slope · h + Σ_k turns_k (h − kinks_k)₊. */
export interface BrokenLine {
  readonly intercept: number;
  readonly slope: number;
  readonly kinks: readonly number[];
  readonly turns: readonly number[];
}

/**
 * How far beyond its outermost kinks φ is compared with a line, at distances from the kinks that double from
 * 1/REACH on; and how well it must agree.
 */
const REACH = 1024;
const AGREEMENT = 4e-14;
/**
 * The most kinks that are treated so: the cost of a pair grows with their square, and a Hermite series has
 * none of it.
 */
const MOST_KINKS = 6;

/**
 * The activation of a function of one's own: closed forms if it is a broken line, otherwise series and
 * quadrature.
 */
export function activationOf(phi: Nonlinearity, formula: string, portable = true): Activation {
  const line = brokenLineOf(phi);
  const series = byQuadrature(phi, formula, portable);
  if (!line) return series;
  const { pairByQuadrature: _, ...activation } = series;
  return { ...activation, prepare: (variances) => prepareBrokenLine(line, variances) };
}

/** The broken line that φ is, or undefined: kinks are known, so a few values in between decide. */
export function brokenLineOf(phi: Nonlinearity): BrokenLine | undefined {
  const kinks = [...new Set(phi.kinks)].sort((a, b) => a - b);
  if (kinks.length > MOST_KINKS) return undefined;
  const first = kinks[0] ?? 0;
  const last = kinks.at(-1) ?? 0;
  const ends = [first - REACH, ...kinks, last + REACH];
  const slopes: number[] = [];
  for (let k = 1; k < ends.length; k++) {
    const slope = slopeOn(phi, ends[k - 1], ends[k]);
    if (slope === undefined) return undefined;
    slopes.push(slope);
  }
  const line: BrokenLine = {
    intercept: 0,
    slope: slopes[0],
    kinks,
    turns: kinks.map((_, k) => slopes[k + 1] - slopes[k]),
  };
  const places = Float64Array.from(
    kinks.flatMap((kink) => [kink - 0.5, kink + 0.5]).concat(first - 3, last + 3),
  );
  const values = valuesOf(phi, places);
  const intercept = values[0] - valueAt(line, places[0]);
  const size = values.reduce((most, x) => Math.max(most, Math.abs(x)), Math.abs(intercept));
  // A jump of φ itself shows here: the pieces do not fit each other.
  const fits = values.every(
    (value, k) => Math.abs(value - intercept - valueAt(line, places[k])) <= 1e-12 * Math.max(size, 1e-300),
  );
  return fits ? { ...line, intercept } : undefined;
}

/** The slope of φ between two places, or undefined where it is no line. */
function slopeOn(phi: Nonlinearity, from: number, to: number): number | undefined {
  const inside = between(from, to);
  const values = valuesOf(phi, inside);
  const [x, y] = [inside[0], inside[inside.length - 1]];
  const slope = (values[values.length - 1] - values[0]) / (y - x);
  const size = values.reduce((most, v) => Math.max(most, Math.abs(v)), 0);
  const straight = values.every(
    (v, k) => Math.abs(v - values[0] - slope * (inside[k] - x)) <= AGREEMENT * size,
  );
  return straight && Number.isFinite(slope) ? slope : undefined;
}

/** Places in order whose distances from the nearer end double. */
function between(from: number, to: number): Float64Array {
  const distances: number[] = [];
  for (let d = 1 / REACH; d < 0.5 * (to - from); d *= 2) distances.push(d);
  if (distances.length === 0) distances.push(0.25 * (to - from));
  return Float64Array.from([
    ...distances.map((d) => from + d),
    0.5 * (from + to),
    ...distances.reverse().map((d) => to - d),
  ]);
}

const valueAt = ({ intercept, slope, kinks, turns }: BrokenLine, h: number): number =>
  kinks.reduce((sum, kink, k) => sum + turns[k] * Math.max(0, h - kink), intercept + slope * h);

/** What pairs need of each point (`pairs/brokenLine.ts`), and ⟨φ²⟩ and ⟨φ'² + φφ''⟩. */
export function prepareBrokenLine(line: BrokenLine, variances: Float64Array): PairExpectations {
  const { intercept, slope, kinks, turns } = line;
  const n = kinks.length;
  const count = variances.length;
  const sigma = allocate(count);
  const [x, tail, density, excess] = Array.from({ length: 4 }, () => allocate(count * n));
  for (let i = 0; i < count; i++) {
    sigma[i] = Math.sqrt(variances[i]);
    for (let k = 0; k < n; k++) x[i * n + k] = tail[i * n + k] = kinks[k] === 0 ? 0 : kinks[k] / sigma[i];
  }
  upperTails(tail);
  for (let i = 0; i < count; i++) {
    for (let k = 0, a = i * n; k < n; k++, a++) {
      density[a] = normalDensity(x[a]);
      excess[a] = sigma[i] === 0 ? Math.max(0, -kinks[k]) : sigma[i] * density[a] - kinks[k] * tail[a];
    }
  }
  const diagonal = allocate(count);
  const diagonalSlope = allocate(count);
  for (let i = 0; i < count; i++) {
    let value = intercept * intercept + slope * slope * variances[i];
    let moved = slope * slope;
    for (let k = 0, a = i * n; k < n; k++, a++) {
      value += 2 * turns[k] * (intercept * excess[a] + slope * variances[i] * tail[a]);
      moved += 2 * slope * turns[k] * tail[a];
      if (sigma[i] > 0) moved += (turns[k] * density[a] * valueAt(line, kinks[k])) / sigma[i];
      for (let l = 0; l < n; l++) {
        const [low, high] = k < l ? [k, l] : [l, k];
        const both =
          sigma[i] === 0
            ? Math.max(0, -kinks[k]) * Math.max(0, -kinks[l])
            : (variances[i] + kinks[k] * kinks[l]) * tail[i * n + high] -
              sigma[i] * density[i * n + high] * kinks[low];
        value += turns[k] * turns[l] * both;
        moved += turns[k] * turns[l] * tail[i * n + high];
      }
    }
    diagonal[i] = value;
    diagonalSlope[i] = moved;
  }
  return {
    kind: 'brokenLine',
    parameters: [intercept, slope, ...kinks, ...turns],
    points: [sigma, x, tail, density, excess],
    diagonal,
    diagonalSlope,
  };
}
