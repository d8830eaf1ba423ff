import { followsDraws, mostRows } from '../../architecture/architecture.js';
import { denseLayer } from '../../architecture/denseLayer.js';
import { streamsOf } from '../../architecture/streams.js';
import { GaussianOutput } from '../../likelihood/gaussian.js';
import { likelihoodOf } from '../../likelihood/likelihoodOf.js';
import { LogisticOutput } from '../../likelihood/logistic.js';
import type { Compute } from '../../numerics/compute.js';
import { addScaled, copy, type Matrix } from '../../numerics/matrix.js';
import type { RowPath } from '../../posterior/rowPath.js';
import {
  type FourPoint,
  type FourPointOptions,
  fourPointOf,
  samplesFor,
} from '../../prior/fourPoint/fourPoint.js';
import { GROUPS } from '../../prior/fourPoint/groupedNormals.js';
import { momentMatrices } from '../../prior/priorMoments.js';
import { isLinear, type Network, type Problem } from '../../problem/problem.js';
import type { Birth, Pair } from './birth.js';
import { ClosedBirth, OwnShare, type Sources } from './closedBirth.js';
import { DrawnBirth } from './drawnBirth.js';
import { drawsFor } from './drawnFluctuations.js';
import { DRAWS_AT_ONCE, type Draws, drawGroups, EntrywiseBirth } from './entrywiseBirth.js';

/**
 * The output at a kernel: A = C⁽ᴸ⁾ + κ = LLᵀ, A⁻¹, a = A⁻¹Y and aaᵀ; of a logistic likelihood noise and
 * targets are those of its sites (theory §11).
 */
export interface OutputAt extends Pick<GaussianOutput, 'factor' | 'dual'> {
  readonly sources: Sources;
  /** κ of every point, P */
  readonly noise: Float64Array;
}

/** @throws NotPositiveDefiniteError; an Error for a likelihood whose outputs no Gaussian noise stands for */
export function outputAt(problem: Problem, kernel: Matrix, compute: Compute): OutputAt {
  const { algebra } = compute;
  const output = likelihoodOf(problem).given(kernel, algebra);
  if (output instanceof LogisticOutput) {
    const { dual } = output.sites;
    const sources = { inverse: output.sites.inverse(), dual: algebra.syrk(dual) };
    return { factor: output.sites.factor(), dual, sources, noise: output.sites.noise() };
  }
  if (!(output instanceof GaussianOutput)) throw new Error('outputs of several classes have no sites');
  const { factor, dual } = output;
  const noise = new Float64Array(kernel.rows).fill(problem.noiseVariance);
  return {
    factor,
    dual,
    sources: { inverse: algebra.choleskyInverse(factor), dual: algebra.syrk(dual) },
    noise,
  };
}

/** Where averages over single neurons come from. */
export interface Averages {
  readonly fourPoint: FourPoint;
  /** whether four-point functions are the same whatever the draws */
  readonly exact: boolean;
  /** draws for the births of layer k < L, which have no closed form */
  draws(k: number): readonly Draws[];
}

/** Averages over all samples; and, if there are any, over one group of them alone. */
export interface GroupedAverages {
  readonly all: Averages;
  readonly only?: (group: number) => Averages;
}

/** Whether every birth has a closed form, given exact four-point functions. */
const birthsAreClosed = (network: Network): boolean =>
  !followsDraws(network) && (network.hiddenLayers === 1 || isLinear(network));

/** A one-shot theory's averages. */
export function averagesOf(problem: Problem, compute: Compute, options: FourPointOptions): GroupedAverages {
  const { network, data } = problem;
  const rows = mostRows(network, data.x.rows);
  const samples = options.samples ?? samplesFor(rows);
  const { fourPoint, grouped } = fourPointOf(network, rows, compute, { ...options, samples });
  const followed = followsDraws(network) ? (options.samples ?? drawsFor(rows)) : samples;
  const groups = new Map<number, readonly Draws[]>();
  const draws = (k: number): readonly Draws[] => {
    const known = groups.get(k) ?? drawGroups(options.seed ?? 0, k, followed, GROUPS);
    groups.set(k, known);
    return known;
  };
  const exact = grouped === undefined;
  const all = { fourPoint, exact, draws };
  if (!grouped && birthsAreClosed(network)) return { all };
  const only = (group: number): Averages => ({
    fourPoint: grouped ? grouped.only(group) : fourPoint,
    exact,
    draws: (k) => [draws(k)[group]],
  });
  return { all, only };
}

/** Matrices of P×P doubles alive at once in `Fluctuations`. */
export const fluctuationMatrices = ({ network, data }: Problem): number =>
  12 +
  (birthsAreClosed(network) ? 0 : momentMatrices(network)) +
  (followsDraws(network) ? (15 + GROUPS) * network.hiddenLayers : 0) +
  (10 * DRAWS_AT_ONCE) / mostRows(network, data.x.rows);

/**
 * The births of all layers k = 1..L at infinite width, of those with the same neurons together.
 * @param beyondOutput of the last layer only what a theory of fluctuating output fields leaves out
 * @param whole births of all draws together: those that no draw enters are taken over, and not worked out
 *   once more
 */
export function birthsOf(
  problem: Problem,
  nngp: readonly Matrix[],
  output: OutputAt,
  averages: Averages,
  compute: Compute,
  beyondOutput = false,
  whole?: readonly Birth[],
): Birth[] {
  const { network } = problem;
  const { hiddenLayers: top } = network;
  const linear = isLinear(network);
  return streamsOf(network).map((stream, index) => {
    const [k] = stream;
    if (k === top && beyondOutput)
      return whole?.[index] ?? new OwnShare(network, nngp[top - 1], output.sources, compute);
    if (followsDraws(network)) {
      return new DrawnBirth(problem, stream, nngp, output.dual, output.sources, averages.draws(k), compute);
    }
    if (k < top && !linear)
      return new EntrywiseBirth(network, k, nngp, output.factor, output.dual, averages.draws(k), compute);
    if (whole && averages.exact) return whole[index];
    let factor = 1;
    for (let l = k; l <= top; l++) factor *= denseLayer(network, l).gain;
    return new ClosedBirth(network, k, factor, nngp[k - 1], output.sources, averages.fourPoint, compute);
  });
}

/** 𝒳 of all births together. */
export function totalTrain(births: readonly Birth[]): Pair<Matrix> {
  const [first, ...others] = births.map((birth) => birth.train());
  const total = { inverse: copy(first.inverse), dual: copy(first.dual) };
  for (const { inverse, dual } of others) {
    addScaled(total.inverse, 1, inverse);
    addScaled(total.dual, 1, dual);
  }
  return total;
}

export function totalRows(births: readonly Birth[], path: RowPath, xNew: Matrix): ReturnType<Birth['rows']> {
  const [total, ...others] = births.map((birth) => birth.rows(path, xNew));
  for (const part of others) {
    for (const key of ['inverse', 'dual'] as const) {
      addScaled(total[key].cross, 1, part[key].cross);
      for (let t = 0; t < part[key].own.length; t++) total[key].own[t] += part[key].own[t];
    }
  }
  return total;
}
