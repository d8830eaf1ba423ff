import { layerOf } from '../architecture/architecture.js';
import { bornAbove, changeAbove, conjugateBelow } from '../architecture/kernels.js';
import type { Compute } from '../numerics/compute.js';
import { addScaled, copy, type Matrix, zeros } from '../numerics/matrix.js';
import type { Network } from '../problem/problem.js';
import type { FourPoint } from './fourPoint/fourPoint.js';

/** S⁽ᵏ⁾ = R⁽ᵏ⁺¹⁾ᵀ … R⁽ˡ⁾ᵀ S for k = 1..l at the NNGP kernels: a source at layer l, seen from the layers below. */
export function sourcesBelow(
  network: Network,
  nngp: readonly Matrix[],
  l: number,
  source: Matrix,
  compute: Compute,
): (Matrix | undefined)[] {
  const sources: (Matrix | undefined)[] = Array.from({ length: l + 1 });
  sources[l] = source;
  for (let k = l - 1; k >= 1; k--) {
    sources[k] = conjugateBelow(layerOf(network, k + 1), nngp[k], sources[k + 1] as Matrix, compute);
  }
  return sources;
}

/**
 * What fluctuations born in layer k make of layer m: R⁽ᵐ⁾ … R⁽ᵏ⁺¹⁾ (g²/N) V:S⁽ᵏ⁾, as shifts[k][m] for 1 ≤ k ≤ m ≤ L.
 * Their sum over k is Cov(C⁽ᵐ⁾, C⁽ˡ⁾):S for the source S at layer l ≥ m (theory §3).
 */
export function responsesByOrigin(
  network: Network,
  nngp: readonly Matrix[],
  sources: readonly (Matrix | undefined)[],
  fourPoint: FourPoint,
  compute: Compute,
): Matrix[][] {
  const top = sources.length - 1;
  return sources.map((source, k) => {
    const shifts: Matrix[] = [];
    if (k === 0 || !source) return shifts;
    const contract = (lowered: Matrix) => fourPoint.contract(k, nngp[k - 1], lowered);
    shifts[k] = bornAbove(layerOf(network, k), source, contract);
    for (let m = k + 1; m <= top; m++) {
      shifts[m] = changeAbove(layerOf(network, m), nngp[m - 1], shifts[m - 1], compute);
    }
    return shifts;
  });
}

/** Σ_k shifts[k][m] of every layer m = 0..l; of the input kernel, which never moves, `points` zeros. */
export function totalResponse(byOrigin: readonly Matrix[][], points: number): Matrix[] {
  return byOrigin.map((_, m) => {
    const total = zeros(m === 0 ? points : byOrigin[m][m].rows);
    for (let k = 1; k <= m; k++) addScaled(total, 1, byOrigin[k][m]);
    return total;
  });
}

/**
 * Cov(C⁽ᵐ⁾, C⁽ˡ⁾):S for m = 0..l, the prior covariance of kernels contracted with a symmetric P×P matrix S at layer l, by products of
 * matrices of that size alone.
 */
export function contractCovariance(
  network: Network,
  nngp: readonly Matrix[],
  l: number,
  source: Matrix,
  fourPoint: FourPoint,
  compute: Compute,
): Matrix[] {
  const sources = sourcesBelow(network, nngp, l, copy(source), compute);
  return totalResponse(responsesByOrigin(network, nngp, sources, fourPoint, compute), source.rows);
}
