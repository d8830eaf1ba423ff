import { normalDensity, orthant, upperTails } from '../../numerics/normal.js';
import { correlation } from './correlation.js';
import type { PairExpectations, PairFormula } from './pairFormula.js';

/**
 * φ(h) = p + s h + Σ_k t_k (h − κ_k)₊, continuous and linear between its kinks. With U = h_α/σ_α, V = h_β/σ_β
 * of correlation ρ, r = √(1−ρ²), x = κ_k/σ_α, y = κ_l/σ_β, Q and n the tail and density of N(0, 1) and L =
 * P(U > x, V > y), ⟨(U−x)₊(V−y)₊⟩ = (ρ + xy)L − y n(x)Q((y−ρx)/r) − x n(y)Q((x−ρy)/r) + r n(x)n((y−ρx)/r),
 * ⟨φ'_αφ'_β⟩ = s² + s Σ_k t_k (Q(κ_k/σ_α) + Q(κ_k/σ_β)) + Σ_kl t_k t_l L, ⟨φ''_αφ_β⟩ = Σ_k t_k n(x)/σ_α
 * ⟨φ_β | h_α = κ_k⟩ (moments of a truncated binormal: Rosenbaum 1961).
 *
 * parameters: [p, s, κ…, t…]; points: [σ, and for every point and kink x, Q(x), n(x), ⟨(h−κ)₊⟩]. A point
 * without variance has h = 0, and no φ''.
 */
export const brokenLinePairs: PairFormula = {
  value(pairs, i, c, count, out, scale, shift) {
    const { intercept, slope, turns, sigma, x, tail, density, excess } = partsOf(pairs);
    const n = turns.length;
    const row = rowOf(pairs, i, c, count);
    for (let j = 0; j < count; j++) {
      let sum = intercept * intercept + slope * slope * c[j];
      for (let k = 0; k < n; k++) {
        const [a, b] = [i * n + k, j * n + k];
        sum += turns[k] * (intercept * (excess[a] + excess[b]) + slope * c[j] * (tail[a] + tail[b]));
      }
      out[j] = sum;
    }
    for (let k = 0; k < n; k++) {
      for (let l = 0; l < n; l++) {
        const a = i * n + k;
        const joint = jointTails(pairs, row, i, k, l, count);
        for (let j = 0; j < count; j++) {
          const b = j * n + l;
          const both = sigma[i] * sigma[j];
          const product =
            both === 0
              ? excess[a] * excess[b]
              : both *
                ((row.rho[j] + x[a] * x[b]) * joint.orthants[j] -
                  x[b] * density[a] * joint.right[j] -
                  x[a] * density[b] * joint.left[j] +
                  row.rest[j] * density[a] * joint.density[j]);
          out[j] += turns[k] * turns[l] * product;
        }
      }
    }
    for (let j = 0; j < count; j++) out[j] = scale * out[j] + shift;
  },

  derivatives(pairs, i, c, count, slopes, left, right) {
    const { intercept, slope, turns, sigma, x, tail, density } = partsOf(pairs);
    const n = turns.length;
    const row = rowOf(pairs, i, c, count);
    const at = (point: number, k: number) => point * n + k;
    for (let j = 0; j < count; j++) {
      let [both, ofLeft, ofRight] = [slope * slope, 0, 0];
      for (let k = 0; k < n; k++) {
        const [a, b] = [at(i, k), at(j, k)];
        both += slope * turns[k] * (tail[a] + tail[b]);
        // ⟨p + s h_β | h_α = κ_k⟩ times the density of h_α there, and the other way round.
        if (sigma[i] > 0)
          ofLeft += (turns[k] * density[a] * (intercept + slope * row.rho[j] * sigma[j] * x[a])) / sigma[i];
        if (sigma[j] > 0)
          ofRight += (turns[k] * density[b] * (intercept + slope * row.rho[j] * sigma[i] * x[b])) / sigma[j];
      }
      slopes[j] = both;
      left[j] = ofLeft;
      right[j] = ofRight;
    }
    for (let k = 0; k < n; k++) {
      for (let l = 0; l < n; l++) {
        const a = at(i, k);
        const {
          orthants,
          right: rightTails,
          left: leftTails,
          density: normal,
        } = jointTails(pairs, row, i, k, l, count);
        const weight = turns[k] * turns[l];
        for (let j = 0; j < count; j++) {
          const b = at(j, l);
          slopes[j] += weight * orthants[j];
          // Densities of h_α at κ_k, then of h_β at κ_l, are the same at (κ_k, κ_l): n(x) n((y−ρx)/r) = n(y)
          // n((x−ρy)/r).
          const common = row.rest[j] * density[a] * normal[j];
          const [ahead, behind] = [gap(x[a], x[b], row, j), gap(x[b], x[a], row, j)];
          if (sigma[i] > 0) {
            const excess =
              sigma[j] > 0
                ? sigma[j] * (common - density[a] * ahead * rightTails[j])
                : density[a] * flat(pairs, l);
            left[j] += (weight * excess) / sigma[i];
          }
          if (sigma[j] > 0) {
            const excess =
              sigma[i] > 0
                ? sigma[i] * (common - density[b] * behind * leftTails[j])
                : density[b] * flat(pairs, k);
            right[j] += (weight * excess) / sigma[j];
          }
        }
      }
    }
  },
};

function partsOf({ parameters, points: [sigma, x, tail, density, excess] }: PairExpectations) {
  const n = (parameters.length - 2) / 2;
  const [intercept, slope] = parameters;
  return { intercept, slope, turns: parameters.slice(2 + n), sigma, x, tail, density, excess };
}

/** (0 − κ)₊ */
const flat = ({ parameters }: PairExpectations, k: number): number => Math.max(0, -parameters[2 + k]);

interface Row {
  readonly rho: Float64Array;
  /** 1 − ρ, and r = √(1 − ρ²), without the rounding of ρ */
  readonly below: Float64Array;
  readonly rest: Float64Array;
}

/** y − ρx, accurate where ρ is near one and y near x. */
const gap = (x: number, y: number, { rho, below }: Row, j: number): number =>
  rho[j] > 0.5 ? y - x + below[j] * x : y - rho[j] * x;

let buffers = Array.from({ length: 8 }, () => new Float64Array(0));

/** Room for a row, kept from call to call. */
function room(count: number): Float64Array[] {
  if (buffers[0].length < count) buffers = buffers.map(() => new Float64Array(count));
  return buffers.map((buffer) => buffer.subarray(0, count));
}

function rowOf({ points: [sigma] }: PairExpectations, i: number, c: Float64Array, count: number): Row {
  const [rho, below, rest] = room(count);
  for (let j = 0; j < count; j++) {
    const both = sigma[i] * sigma[j];
    rho[j] = correlation(c[j], both);
    below[j] = rho[j] === 1 ? 0 : rho[j] === 0 ? 1 : Math.max(0, (both - c[j]) / both);
    const above = rho[j] === -1 ? 0 : rho[j] === 0 ? 1 : Math.max(0, (both + c[j]) / both);
    rest[j] = Math.sqrt(below[j] * above);
  }
  return { rho, below, rest };
}

/** For kinks k of point i and l of the others: L, Q((y−ρx)/r), Q((x−ρy)/r) and n((y−ρx)/r). */
function jointTails(pairs: PairExpectations, row: Row, i: number, k: number, l: number, count: number) {
  const { turns, x, tail } = partsOf(pairs);
  const n = turns.length;
  const a = i * n + k;
  const [, , , orthants, right, left, density] = room(count);
  for (let j = 0; j < count; j++) {
    const b = j * n + l;
    orthants[j] = orthant(x[a], x[b], row.rho[j], tail[a], tail[b]);
    right[j] = standardised(gap(x[a], x[b], row, j), row.rest[j]);
    left[j] = standardised(gap(x[b], x[a], row, j), row.rest[j]);
    density[j] = normalDensity(right[j]);
  }
  upperTails(right);
  upperTails(left);
  return { orthants, right, left, density };
}

/** z/r, also where nothing is left of w. */
const standardised = (z: number, r: number): number => (z === 0 || Number.isNaN(z) ? 0 : z / r);
