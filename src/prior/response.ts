import { layerOf } from '../architecture/architecture.js';
import { bornAbove, bornOf, changeAbove, conjugateBelow } from '../architecture/kernels.js';
import { lowered } from '../architecture/layer.js';
import { parentOf, streamsOf } from '../architecture/streams.js';
import type { Compute } from '../numerics/compute.js';
import { scale } from '../numerics/entrywise.js';
import { addScaled, copy, type Matrix, zeros } from '../numerics/matrix.js';
import type { Network } from '../problem/problem.js';
import type { FourPoint } from './fourPoint/fourPoint.js';

/**
 * S⁽ᵏ⁾ = R⁽ᵏ⁺¹⁾ᵀ … R⁽ˡ⁾ᵀ S for k = 1..l at the NNGP kernels: a source at layer l, seen from the layers below.
 * A residual block hands it down as it is besides.
 */
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
    const below = conjugateBelow(layerOf(network, k + 1), nngp[k], sources[k + 1] as Matrix, compute);
    for (let m = k + 1; m <= l; m++) {
      if (layerOf(network, m).skip === m - k) addScaled(below, 1, sources[m] as Matrix);
    }
    sources[k] = below;
  }
  return sources;
}

/** The forms of φφᵀ in every layer of a stream that the sources above them ask for. */
export const streamForms = (
  network: Network,
  stream: readonly number[],
  sources: readonly (Matrix | undefined)[],
): Matrix[] =>
  stream.map((l) => {
    const { form, factor } = lowered(layerOf(network, l), sources[l] as Matrix);
    return scale(copy(form), factor);
  });

/** Streams of the layers up to that of the source. */
const streamsUpTo = (network: Network, top: number): number[][] =>
  streamsOf(network)
    .map((stream) => stream.filter((l) => l <= top))
    .filter((stream) => stream.length > 0);

/** What is born above every layer of a stream: (1/N) 𝒯[V:S], V across all layers of the same neurons. */
function bornInStream(
  network: Network,
  stream: readonly number[],
  nngp: readonly Matrix[],
  sources: readonly (Matrix | undefined)[],
  fourPoint: FourPoint,
): Matrix[] {
  if (stream.length > 1 && fourPoint.streams) {
    const moved = fourPoint.streams.contract(stream, nngp, streamForms(network, stream, sources));
    return stream.map((l, i) => bornOf(layerOf(network, l), moved[i]));
  }
  return stream.map((l) => {
    const contract = (form: Matrix) => fourPoint.contract(l, nngp[l - 1], form);
    return bornAbove(layerOf(network, l), sources[l] as Matrix, contract);
  });
}

/**
 * What fluctuations born in layer k, and in those above it of the same neurons, make of layer m: R⁽ᵐ⁾ …
 * R⁽ᵏ⁺¹⁾ (g²/N) V:S⁽ᵏ⁾, as shifts[k][m] for 1 ≤ k ≤ m ≤ L; residual blocks hand them up as they are besides.
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
  const byOrigin: Matrix[][] = sources.map(() => []);
  for (const stream of streamsUpTo(network, top)) {
    const [k] = stream;
    const born = bornInStream(network, stream, nngp, sources, fourPoint);
    const shifts = byOrigin[k];
    shifts[k] = born[0];
    for (let m = k + 1; m <= top; m++) {
      const { skip } = layerOf(network, m);
      const moved = changeAbove(layerOf(network, m), nngp[m - 1], shifts[m - 1], compute);
      const index = stream.indexOf(m);
      if (index >= 0) addScaled(moved, 1, born[index]);
      if (skip && m - skip >= k) addScaled(moved, 1, shifts[m - skip]);
      shifts[m] = moved;
    }
  }
  return byOrigin;
}

/**
 * How the kernels that networks of residual blocks show, (1/N) Σ_i h_ih_iᵀ of the layer below + 𝒯[S̄] + β,
 * move beyond their covariances given the layers below, Cov((1/N) Σ_i h_ih_iᵀ − C, C⁽ˡ⁾):S, exactly;
 * undefined for layers that no block adds to another.
 */
export function ownMoments(
  network: Network,
  nngp: readonly Matrix[],
  sources: readonly (Matrix | undefined)[],
  { streams }: FourPoint,
): (Matrix | undefined)[] {
  return nngp.map((_, m) => {
    const below = streams && belowOf(network, m);
    if (!below) return undefined;
    const forms = streamForms(network, below.stream, sources);
    const [moved] = streams.contractFields([below.layer], below.stream, nngp, forms);
    return scale(moved, 1 / layerOf(network, below.layer).width);
  });
}

/** The layer whose pre-activations those above layer m contain, and the stream that it is in. */
export function belowOf(
  network: Network,
  m: number,
): { readonly layer: number; readonly stream: number[] } | undefined {
  const layer = m < network.hiddenLayers ? parentOf(network, m + 1) : undefined;
  if (layer === undefined) return undefined;
  return { layer, stream: streamsOf(network).find((stream) => stream.includes(layer)) as number[] };
}

/** Σ_k shifts[k][m] of every layer m = 0..l; of the input kernel, which never moves, `points` zeros. */
export function totalResponse(byOrigin: readonly Matrix[][], points: number): Matrix[] {
  return byOrigin.map((_, m) => {
    const parts = byOrigin.flatMap((shifts) => (shifts[m] ? [shifts[m]] : []));
    const total = zeros(m === 0 ? points : parts[0].rows);
    for (const part of parts) addScaled(total, 1, part);
    return total;
  });
}

/**
 * Cov(C⁽ᵐ⁾, C⁽ˡ⁾):S for m = 0..l, the prior covariance of kernels contracted with a symmetric P×P matrix S at
 * layer l, by products of matrices of that size alone. In residual networks C are the covariances of
 * pre-activations given the layers below.
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
