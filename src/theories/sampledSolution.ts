import { addScaled, type Matrix, zeros } from '../numerics/matrix.js';
import { anneal, type KernelSystem } from './annealing.js';
import type { Uncertainty } from './posterior.js';
import { firstShare, lastShare } from './progressShare.js';
import { Repetitions } from './repetitions.js';
import { BATCHES, type Settled, settle } from './stochastic.js';
import type { Progress, TheoryOptions } from './theory.js';
import { SAMPLED_TOLERANCE, type TiltedSamples } from './tilted/tiltedSamples.js';

type Conjugates = (Matrix | undefined)[];

/** What a theory makes of a state of its equations. */
export interface StateReader {
  readonly samples: TiltedSamples;
  readonly y: Matrix;
  /** why annealing cannot begin, if the data are to blame */
  readonly unreachable: string | undefined;
  /** C⁽⁰⁾ … C⁽ᴸ⁾ */
  kernels(state: readonly Matrix[]): readonly Matrix[];
  /** C̃ and ln p(Y|X), by averages over the present samples */
  evaluate(state: Matrix[], scale: number): { conjugates: Conjugates; evidence: number };
}

/** The equations of a theory with averages over one number of samples, and their reader. */
export interface SampledEquations {
  readonly system: KernelSystem;
  readonly reader: StateReader;
}

export interface SampledSolution {
  readonly settled: Settled;
  readonly samples: TiltedSamples;
  readonly conjugates: Conjugates;
  readonly logEvidence: number;
  readonly uncertainty: Uncertainty | undefined;
}

/** Samples of a first search, which says where there is no solution in a fraction of the time. */
const FEW = 8192;
/** Widths, as multiples of those asked for, above which a search with few samples that got stuck is believed. */
const FAR = 2;
const SCOUTING_SHARE = 0.1;
const ANNEALING_SHARE = 0.35;

/** Σ of matrices, entry by entry; undefined ones stay so. */
function accumulate(sum: Conjugates | undefined, matrices: Conjugates, factor: number): Conjugates {
  return matrices.map((matrix, l) => matrix && addScaled(sum?.[l] ?? zeros(matrix.rows), factor, matrix));
}

/**
 * Solves equations whose averages are sampled: annealing with one set of samples, then averages over many, with standard errors from the
 * scatter of batches. Evidence is stationary at the solution, so that the error of the kernels does not enter it. Where a search with
 * few samples gets stuck far above the widths asked for, its solution there is the answer.
 *
 * @param count samples of the answer, otherwise
 */
export function* solveSampled(
  equations: (samples: number) => SampledEquations,
  count: number,
  infinite: readonly Matrix[],
  widths: readonly number[],
  { tolerance = SAMPLED_TOLERANCE, maxIterations = 500, start }: TheoryOptions,
): Generator<Progress, SampledSolution, void> {
  const search = ({ system, reader }: SampledEquations) =>
    anneal(system, infinite, widths, { tolerance, maxIterations, start, unreachable: reader.unreachable });
  if (count > FEW) {
    const few = equations(FEW);
    const scouted = yield* firstShare(search(few), SCOUTING_SHARE);
    if (scouted.scale > FAR) return average(yield* lastShare(settle(few.system, scouted, widths), SCOUTING_SHARE), few.reader);
  }
  const all = equations(count);
  const annealed = yield* firstShare(search(all), ANNEALING_SHARE);
  return average(yield* lastShare(settle(all.system, annealed, widths), ANNEALING_SHARE), all.reader);
}

/** Conjugate kernels and evidence of a solution, averaged over new samples. */
function average(settled: Settled, { samples, y, kernels, evaluate }: StateReader): SampledSolution {
  const repetitions = new Repetitions(kernels(settled.state), y);
  let conjugates: Conjugates | undefined;
  let logEvidence = 0;
  for (let k = 0; k < BATCHES; k++) {
    samples.refresh();
    const evaluated = evaluate(settled.state, settled.scale);
    conjugates = accumulate(conjugates, evaluated.conjugates, 1 / BATCHES);
    logEvidence += evaluated.evidence / BATCHES;
    const batch = settled.batches[k];
    if (batch) repetitions.add({ kernels: kernels(batch), evidence: evaluated.evidence });
  }
  samples.frozen = true;
  return { settled, samples, conjugates: conjugates as Conjugates, logEvidence, uncertainty: repetitions.uncertainty() };
}
