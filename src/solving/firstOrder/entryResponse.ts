import { type CrossCovariance, crossDerivatives } from '../../activations/operators/cross.js';
import { denseLayer } from '../../architecture/denseLayer.js';
import type { Compute } from '../../numerics/compute.js';
import { diagonal, type Matrix, zeros } from '../../numerics/matrix.js';
import { activationOf, type Network } from '../../problem/problem.js';

/**
 * R⁽ᵐ⁾ … R⁽ᵏ⁺¹⁾, entry by entry: a change δ of C⁽ᵏ⁾ changes C⁽ᵐ⁾_tα by slope δ_tα + left δ_tt + right δ_αα,
 * and C⁽ᵐ⁾_tt by own δ_tt. Responses couple an entry to itself and to its two variances alone, and so do
 * products of them (theory §3).
 */
export interface EntryResponse {
  /** T×P */
  readonly slope: Matrix;
  readonly left: Matrix;
  readonly right: Matrix;
  /** T, of the new points */
  readonly own: Float64Array;
}

/** The response of a layer to itself, for `points` rows beside `known` columns. */
export function identityResponse(points: number, known: number): EntryResponse {
  const slope = zeros(points, known);
  slope.data.fill(1);
  return {
    slope,
    left: zeros(points, known),
    right: zeros(points, known),
    own: new Float64Array(points).fill(1),
  };
}

/**
 * R⁽ᵐ⁾ after a response that ends in layer m − 1.
 * @param knownOwn its `own` for the known points
 */
export function extendResponse(
  network: Network,
  m: number,
  kernelBelow: Matrix,
  rowsBelow: CrossCovariance,
  response: EntryResponse,
  knownOwn: Float64Array,
  compute: Compute,
): EntryResponse {
  const activation = activationOf(network, m);
  const { gain: g } = denseLayer(network, m);
  const p = knownOwn.length;
  const { slope, left, right } = crossDerivatives(activation, diagonal(kernelBelow), rowsBelow, compute);
  const { diagonalSlope } = activation.prepare(rowsBelow.own, compute.algebra);
  for (let t = 0, i = 0; t < response.own.length; t++) {
    for (let j = 0; j < p; j++, i++) {
      const s = g * slope.data[i];
      left.data[i] = s * response.left.data[i] + 0.5 * g * left.data[i] * response.own[t];
      right.data[i] = s * response.right.data[i] + 0.5 * g * right.data[i] * knownOwn[j];
      slope.data[i] = s * response.slope.data[i];
    }
  }
  return { slope, left, right, own: response.own.map((value, t) => g * diagonalSlope[t] * value) };
}

/** The same among the known points: on the diagonal, all of the response is in `slope`. */
export function extendTraining(
  network: Network,
  m: number,
  kernelBelow: Matrix,
  response: EntryResponse,
  compute: Compute,
): EntryResponse {
  const rows = { cross: kernelBelow, own: diagonal(kernelBelow) };
  const next = extendResponse(network, m, kernelBelow, rows, response, response.own, compute);
  const p = kernelBelow.rows;
  for (let i = 0; i < p; i++) {
    next.slope.data[i * (p + 1)] = next.own[i];
    next.left.data[i * (p + 1)] = next.right.data[i * (p + 1)] = 0;
  }
  return next;
}

/** slope S_tα + left S_tt + right S_αα, and own S_tt. */
export function respond(
  { slope, left, right, own }: EntryResponse,
  { cross, own: variances }: CrossCovariance,
  known: Float64Array,
): CrossCovariance {
  const p = known.length;
  const out = zeros(cross.rows, p);
  for (let t = 0, i = 0; t < cross.rows; t++) {
    for (let j = 0; j < p; j++, i++) {
      out.data[i] = slope.data[i] * cross.data[i] + left.data[i] * variances[t] + right.data[i] * known[j];
    }
  }
  return { cross: out, own: variances.map((value, t) => own[t] * value) };
}
