import { NotPositiveDefiniteError } from '../numerics/errors.js';
import { addScaled, type Matrix, zeros } from '../numerics/matrix.js';
import { anneal, type KernelSystem } from './annealing.js';
import type { Uncertainty } from './posterior.js';
import { firstShare, lastShare } from './progressShare.js';
import { Repetitions } from './repetitions.js';
import { BATCHES, RETREAT, type Settled, settle } from './stochastic.js';
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

export interface SampledSolution {
  readonly settled: Settled;
  readonly conjugates: Conjugates;
  readonly logEvidence: number;
  readonly uncertainty: Uncertainty | undefined;
}

const ANNEALING_SHARE = 0.35;
/** How far above the widths of the annealed solution one is still looked for. */
const MOST_RETREAT = 4;

/** Σ of matrices, entry by entry; undefined ones stay so. */
function accumulate(sum: Conjugates | undefined, matrices: Conjugates, factor: number): Conjugates {
  return matrices.map((matrix, l) => matrix && addScaled(sum?.[l] ?? zeros(matrix.rows), factor, matrix));
}

/**
 * Solves equations whose averages are sampled: annealing with one set of samples, then averages over many, with standard errors from the
 * scatter of batches. Evidence is stationary at the solution, so that the error of the kernels does not enter it.
 */
export function* solveSampled(
  system: KernelSystem,
  infinite: readonly Matrix[],
  widths: readonly number[],
  { tolerance = SAMPLED_TOLERANCE, maxIterations = 500, start: nearby }: TheoryOptions,
  reader: StateReader,
): Generator<Progress, SampledSolution, void> {
  const annealed = yield* firstShare(
    anneal(system, infinite, widths, { tolerance, maxIterations, start: nearby, unreachable: reader.unreachable }),
    ANNEALING_SHARE,
  );
  let lowest = 1;
  for (let start = annealed; ; ) {
    try {
      const settled = yield* lastShare(settle(system, start, widths, lowest), ANNEALING_SHARE);
      return average(settled, reader);
    } catch (error) {
      // Samples reach the measures of larger widths: there is a solution to show, at a width that will be named.
      lowest = start.scale * RETREAT;
      if (!(error instanceof NotPositiveDefiniteError) || lowest > MOST_RETREAT * annealed.scale) throw error;
      start = { ...start, scale: lowest };
    }
  }
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
  return { settled, conjugates: conjugates as Conjugates, logEvidence, uncertainty: repetitions.uncertainty() };
}
