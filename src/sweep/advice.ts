import { activationByName } from '../activations/registry.js';
import { criticalPoints } from '../criticality/criticalLine.js';
import type { PhaseName } from '../criticality/phase.js';
import { networkOf } from '../problem/createProblem.js';
import { observedBy } from '../problem/likelihoodName.js';
import type { Data } from '../problem/problem.js';
import { type ProblemSpec, parseProblem } from '../problem/schema.js';
import { withKey } from '../problem/variations.js';
import type { TheoryOptions } from '../theories/registry.js';
import { type Evidence, tooClose } from './closeness.js';
import { hasPhase, type PointTask } from './measurePoint.js';

/** A network that is considered. */
export interface Candidate {
  readonly hiddenLayers: number;
  readonly weightVariance: number;
  readonly biasVariance: number;
  readonly featureScale: number;
  /** factor of all widths; 1 where depths are tried instead */
  readonly widthScale: number;
}

/** A candidate with what a theory says of it. */
export interface Judged extends Candidate {
  /** undefined where layers differ, which have none together */
  readonly phase: PhaseName | undefined;
  readonly chi: number;
  readonly ckaNngp: number;
  /** NaN if the theory does not converge */
  readonly cka: number;
  readonly ckaError: number;
  readonly logEvidence: number;
  readonly evidenceError: number;
  /** what the theory leaves out of its evidence */
  readonly evidenceLeftOut: number;
  readonly testLoss: number;
}

/** Weight variances, as multiples of the critical one. */
const FACTORS = [0.6, 1, 1.6];
const DEPTHS = [1, 2, 3, 4];
/** Of layers that are said one by one, whose depth cannot be another. */
const WIDTH_SCALES = [0.5, 1, 2];

const first = (value: number | readonly number[]): number => (typeof value === 'number' ? value : value[0]);

/**
 * Depths, or widths of layers that are said one by one, weight variances below, at and above the critical one
 * (around the given one where there is none), and feature scales from lazy to rich.
 */
export function candidatesFor({ network }: ProblemSpec): Candidate[] {
  const biasVariance = first(network.biasVariance);
  const given = first(network.weightVariance);
  const critical = hasPhase(networkOf(network))
    ? (criticalPoints(activationByName(network.activation), biasVariance)[0]?.weightVariance ?? given)
    : given;
  const weights = [
    ...new Set([...FACTORS.map((factor) => Number((factor * critical).toPrecision(6))), given]),
  ].sort((a, b) => a - b);
  const depths = [...new Set([...DEPTHS, network.hiddenLayers])].sort((a, b) => a - b);
  const scales = [
    ...new Set([1, Number(Math.sqrt(first(network.width)).toPrecision(2)), network.featureScale]),
  ].sort((a, b) => a - b);
  const sizes = network.layers
    ? WIDTH_SCALES.map((widthScale) => ({ hiddenLayers: network.hiddenLayers, widthScale }))
    : depths.map((hiddenLayers) => ({ hiddenLayers, widthScale: 1 }));
  return sizes.flatMap((size) =>
    weights.flatMap((weightVariance) =>
      scales.map((featureScale) => ({ ...size, weightVariance, biasVariance, featureScale })),
    ),
  );
}

/**
 * The problem with the candidate in place of its network: every layer as wide as the first, or those that are
 * said one by one, all wider.
 */
export function specFor(spec: ProblemSpec, { widthScale, hiddenLayers, ...numbers }: Candidate): ProblemSpec {
  const { network } = spec;
  if (!network.layers) {
    const changed = { ...network, ...numbers, hiddenLayers, width: first(network.width) };
    return parseProblem({ ...spec, network: changed }, 'advise');
  }
  const widths = [network.width].flat().map((width) => Math.max(1, Math.round(widthScale * width)));
  const changed = { ...spec, network: { ...network, ...numbers } };
  return parseProblem(withKey(changed, 'network.width', widths), 'advise');
}

export function taskFor(
  spec: ProblemSpec,
  data: Data,
  candidate: Candidate,
  theory: string,
  options: TheoryOptions,
): PointTask {
  return {
    data,
    network: specFor(spec, candidate).network,
    observed: observedBy(spec),
    theories: [theory],
    options,
    leftOut: true,
  };
}

/** @param phased whether its layers are alike, and have a phase together */
export function judge(
  candidate: Candidate,
  theory: string,
  record: Readonly<Record<string, number>>,
  phased = true,
): Judged {
  const { chi, ckaNngp } = record;
  const phase = !phased
    ? undefined
    : Number.isNaN(chi)
      ? 'unbounded'
      : Math.abs(chi - 1) < 1e-5
        ? 'critical'
        : chi < 1
          ? 'ordered'
          : 'chaotic';
  const of = (measure: string) => record[`${theory}.${measure}`];
  return {
    ...candidate,
    phase,
    chi,
    ckaNngp,
    cka: ckaNngp + of('gain'),
    ckaError: of('gainError'),
    logEvidence: of('logEvidence'),
    evidenceError: of('evidenceError'),
    evidenceLeftOut: of('evidenceLeftOut'),
    testLoss: of('testLoss'),
  };
}

/** By evidence, the largest first; what the theory does not reach comes last. */
export function ranked(all: readonly Judged[]): Judged[] {
  const value = ({ logEvidence }: Judged) => (Number.isFinite(logEvidence) ? logEvidence : -Number.MAX_VALUE);
  return all.toSorted((a, b) => value(b) - value(a));
}

const settings = ({ hiddenLayers, weightVariance, featureScale, widthScale }: Candidate): string =>
  `${hiddenLayers} hidden layer${hiddenLayers > 1 ? 's' : ''}${widthScale === 1 ? '' : ` with widths × ${widthScale}`}, σ_w² = ${Number(weightVariance.toPrecision(4))}, γ = ${featureScale}`;

const WORDS: Readonly<Record<PhaseName, string>> = {
  ordered: 'ordered: correlations of inputs are lost towards 1 with depth',
  critical: 'critical: signals of inputs reach deepest',
  chaotic: 'chaotic: near inputs are torn apart with depth',
  unbounded: 'variances grow without limit with depth',
};

const wordsOf = ({ phase }: Judged): string => (phase ? ` (${WORDS[phase]})` : '');

/** In what a candidate is at the edge of what was considered, where more, or less, could be considered. */
function edgesOf(best: Candidate, all: readonly Candidate[]): string[] {
  const of = (key: keyof Candidate) => [...new Set(all.map((entry) => entry[key]))];
  const isMost = (key: keyof Candidate) => of(key).length > 1 && best[key] === Math.max(...of(key));
  const isLeast = (key: 'weightVariance' | 'widthScale') =>
    of(key).length > 1 && best[key] === Math.min(...all.map((entry) => entry[key]));
  return [
    ...(isMost('hiddenLayers') ? ['most layers'] : []),
    ...(isMost('widthScale') ? ['widest layers'] : []),
    ...(isMost('weightVariance') ? ['largest σ_w²'] : []),
    ...(isLeast('widthScale') ? ['narrowest layers'] : []),
    ...(isLeast('weightVariance') ? ['smallest σ_w²'] : []),
    ...(isMost('featureScale') ? ['largest γ'] : []),
  ];
}

const withErrors = ({ logEvidence, evidenceError, evidenceLeftOut }: Judged): Evidence => ({
  logEvidence,
  standardError: evidenceError,
  leftOut: evidenceLeftOut,
});

/** The first three, and how many more. */
const few = (names: readonly string[]): string =>
  names.length <= 3 ? names.join('; ') : `${names.slice(0, 3).join('; ')} and ${names.length - 3} more`;

/**
 * What to make of a ranking, in sentences; what twice the errors of the theory do not separate is too close
 * to call.
 */
export function sentences(ranking: readonly Judged[]): string[] {
  const known = ranking.filter(({ logEvidence }) => Number.isFinite(logEvidence));
  if (known.length === 0)
    return ['The theory reaches none of these networks: take a wider one, or more noise.'];
  const best = known[0];
  const tied = known.filter((entry) => entry !== best && tooClose(withErrors(best), withErrors(entry)));
  const undecided = tied.length > 0 && tied.length === known.length - 1;
  const lines = undecided
    ? [
        `Too close to call: twice the errors of the theory separate the evidence of no network from the largest of ${known.length}.`,
      ]
    : [
        `The data are most probable under ${settings(best)}${wordsOf(best)}.`,
        ...(tied.length > 0
          ? [
              `Too close to call: twice the errors of the theory do not separate it from ${few(tied.map(settings))}.`,
            ]
          : []),
      ];
  const aligned = known.filter(({ cka }) => Number.isFinite(cka));
  if (aligned.length > 0) {
    const richest = aligned.reduce((a, b) => (b.cka > a.cka ? b : a));
    const most = aligned.reduce((a, b) => (b.cka - b.ckaNngp > a.cka - a.ckaNngp ? b : a));
    lines.push(
      `The output kernel aligns best with the targets under ${settings(richest)}: CKA ${richest.cka.toFixed(3)}, ${richest.ckaNngp.toFixed(3)} at infinite width${wordsOf(richest)}.`,
      `Learning adds most under ${settings(most)}: CKA rises by ${(most.cka - most.ckaNngp).toFixed(3)}${most.featureScale > 1 ? '; a larger feature scale γ makes learning rich' : ''}.`,
    );
  }
  const edges = undecided ? [] : edgesOf(best, ranking);
  if (edges.length > 0)
    lines.push(
      `The most probable network has the ${edges.join(' and the ')} of those that were tried: what lies beyond may be more probable still (--set tries it).`,
    );
  const lost = ranking.length - known.length;
  if (lost > 0)
    lines.push(
      `${lost} of ${ranking.length} networks are beyond the theory (too strongly coupled); networks themselves can be sampled there: finite-width sample.`,
    );
  return lines;
}
