import { NotPositiveDefiniteError, OutOfReachError } from '../numerics/errors.js';
import { addScaled, type Matrix, zeros } from '../numerics/matrix.js';
import { type Fault, type Uncertainty, verdictOf } from '../posterior/fields.js';
import { EASIER } from '../posterior/reach.js';
import { anneal } from './annealing.js';
import { type KernelState, kernelsOf } from './kernelState.js';
import type { Conjugates, KernelSystem } from './kernelSystem.js';
import type { Progress } from './progress.js';
import { firstShare, lastShare } from './progress.js';
import { Repetitions } from './repetitions.js';
import { BATCHES, type Settled, settle, settleThere } from './stochastic.js';
import { MONTE_CARLO_TOLERANCE, type TiltedSamples } from './tilted/tiltedSamples.js';

/** What a theory makes of a state of its equations. */
export interface StateReader<State extends KernelState> {
  readonly samples: TiltedSamples;
  readonly y: Matrix;
  /** why annealing cannot begin, if the data are to blame */
  readonly unreachable: string | undefined;
  /**
   * C̃ and ln p(Y|X), by averages over the present samples
   * @param held C̃⁽¹⁾ … C̃⁽ᴸ⁻¹⁾ where they are known better than from these; none if empty
   */
  evaluate(
    state: State,
    scale: number,
    held: Conjugates,
  ): { conjugates: (Matrix | undefined)[]; evidence: number };
}

/** The equations of a theory with averages over one number of samples, and their reader. */
export interface MonteCarloEquations<State extends KernelState> {
  readonly system: KernelSystem<State>;
  readonly reader: StateReader<State>;
}

export interface MonteCarloSolution<State extends KernelState> {
  readonly settled: Settled<State>;
  readonly samples: TiltedSamples;
  readonly conjugates: (Matrix | undefined)[];
  readonly logEvidence: number;
  readonly uncertainty: Uncertainty | undefined;
  readonly details: { readonly modes: readonly LayerModes[] } | undefined;
}

/**
 * A layer whose neurons fall into several modes, and the share of each: what no theory of one saddle, or one
 * Gaussian, can follow.
 */
export interface LayerModes {
  readonly layer: number;
  readonly shares: readonly number[];
}

/**
 * Samples of the search, which finds the way down, or where there is none, in a fraction of the time: fewer
 * of many points, which cost more.
 */
const searchCount = (points: number): number =>
  Math.round(Math.min(8192, Math.max(LEAST_SEARCH, 8192 * (44 / points) ** 2)));
const LEAST_SEARCH = 4096;
/** Widths, as multiples of those asked for, above which few samples that got stuck are believed. */
const FAR = 2;
const ANNEALING_SHARE = 0.2;
const FEW_SHARE = 0.6;
/** The same below which those that are carried to their measures may reach the widths asked for. */
const NEAR = 2;

/** Σ of matrices, entry by entry; undefined ones stay so. */
function accumulate(
  sum: (Matrix | undefined)[] | undefined,
  matrices: Conjugates,
  factor: number,
): (Matrix | undefined)[] {
  return matrices.map((matrix, l) => matrix && addScaled(sum?.[l] ?? zeros(matrix.rows), factor, matrix));
}

/**
 * Solves equations whose averages are over samples: annealing with one set of few samples, then averages over
 * many sets of all, with standard errors from the scatter of batches. Evidence is stationary at the solution,
 * so that the error of the kernels does not enter it. Where few samples get stuck far above the widths asked
 * for, or all of them do not reach these, the answer is the solution that few reach at wider layers: nobody
 * needs more digits of it.
 *
 * What samples around one Gaussian do not reach is tried once more with samples that are carried to their
 * measures, from the solution that was found.
 *
 * @param count samples of the answer where it is reached
 * @param carried samples of that last trial
 * @param start a solution of a nearby problem
 */
export function* solveByMonteCarlo<State extends KernelState>(
  equations: (samples: number, carried?: boolean) => MonteCarloEquations<State>,
  count: number,
  carried: number,
  infinite: State,
  widths: readonly number[],
  {
    tolerance = MONTE_CARLO_TOLERANCE,
    maxIterations = 500,
  }: { readonly tolerance?: number; readonly maxIterations?: number },
  start?: State,
): Generator<Progress, MonteCarloSolution<State>, void> {
  const searched = searchCount(infinite.input.rows);
  const few = equations(Math.min(searched, count));
  const { unreachable } = few.reader;
  const search = anneal(few.system, infinite, widths, { tolerance, maxIterations, start, unreachable });
  const annealed = yield* firstShare(search, ANNEALING_SHARE);
  const worthAll = count > searched && annealed.scale <= FAR;
  if (worthAll) {
    const all = equations(count);
    const settled = yield* lastShare(settleThere(all.system, annealed, widths, true), ANNEALING_SHARE);
    if (settled) return average(settled, all.reader);
  }
  const found = yield* firstShare(attempt(settle(few.system, annealed, widths)), FEW_SHARE);
  const settled = 'error' in found ? undefined : found.result;
  if (settled?.convergence.converged && !worthAll) return average(settled, few.reader);
  if (unreachable === undefined && annealed.scale < NEAR) {
    const moved = equations(carried, true);
    const there = yield* lastShare(settleThere(moved.system, annealed, widths, false), FEW_SHARE);
    if (there?.convergence.converged) return average(there, moved.reader);
  }
  if (!settled) throw (found as { error: unknown }).error;
  return average(worthAll ? doubted(settled) : settled, few.reader);
}

/** The result of a search, or why samples reach nothing. */
function* attempt<Result>(
  search: Generator<Progress, Result, void>,
): Generator<Progress, { readonly result: Result } | { readonly error: OutOfReachError }, void> {
  try {
    return { result: yield* search };
  } catch (error) {
    if (!(error instanceof OutOfReachError)) throw error;
    return { error };
  }
}

/** A solution of few samples at widths at which all were lost. */
function doubted<State extends KernelState>(settled: Settled<State>): Settled<State> {
  const fault: Fault = {
    reason: 'samples',
    message: `the samples reach the tilted measures too rarely; ${EASIER}`,
  };
  return settled.convergence.converged
    ? { ...settled, convergence: { ...settled.convergence, ...verdictOf(fault) } }
    : settled;
}

/**
 * Conjugate kernels and evidence of a solution, averaged over new samples. @throws OutOfReachError if these
 * do not reach its measures
 */
function average<State extends KernelState>(
  settled: Settled<State>,
  reader: StateReader<State>,
): MonteCarloSolution<State> {
  try {
    return averaged(settled, reader);
  } catch (error) {
    // Not the noise variance is to blame, but too few samples that count: kernels of a mean over them may be
    // no covariances.
    if (!(error instanceof NotPositiveDefiniteError)) throw error;
    throw new OutOfReachError('the samples reach the tilted measures too rarely');
  }
}

function averaged<State extends KernelState>(
  settled: Settled<State>,
  { samples, y, evaluate }: StateReader<State>,
): MonteCarloSolution<State> {
  const repetitions = new Repetitions(kernelsOf(settled.state), y);
  let conjugates: (Matrix | undefined)[] | undefined;
  let logEvidence = 0;
  const watched = new Map<number, number[]>();
  for (let k = 0; k < BATCHES; k++) {
    samples.refresh();
    if (k === BATCHES - 1) samples.watched = watched;
    const evaluated = evaluate(settled.state, settled.scale, settled.conjugates);
    conjugates = accumulate(conjugates, evaluated.conjugates, 1 / BATCHES);
    logEvidence += evaluated.evidence / BATCHES;
    const batch = settled.batches[k];
    if (batch) repetitions.add({ kernels: kernelsOf(batch), evidence: evaluated.evidence });
  }
  samples.watched = undefined;
  samples.frozen = true;
  const modes = [...watched]
    .filter(([, shares]) => shares.length > 1)
    .map(([layer, shares]) => ({ layer, shares }));
  modes.sort((a, b) => a.layer - b.layer);
  const details = modes.length > 0 ? { modes } : undefined;
  return {
    settled,
    samples,
    conjugates: conjugates as (Matrix | undefined)[],
    logEvidence,
    uncertainty: repetitions.uncertainty(settled.whole && kernelsOf(settled.whole)),
    details,
  };
}
