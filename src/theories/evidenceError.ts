import { untreated } from '../architecture/architecture.js';
import { checkObject, checkSignal } from '../numerics/arguments.js';
import { checkWhole, SEEDS } from '../numerics/bounds.js';
import { type Compute, checkCompute } from '../numerics/compute.js';
import { hasNoSolution, MemoryError } from '../numerics/errors.js';
import { drive } from '../numerics/steps.js';
import type { KernelPosterior } from '../posterior/posterior.js';
import { checkProblem } from '../problem/checkProblem.js';
import type { Problem } from '../problem/problem.js';
import { firstOrder, linearResponse } from './linearResponse.js';

/** Points up to which the first order is computed to say what another theory leaves out. */
const AFFORDABLE = 256;
/** Samples that say the size of a term to about a tenth. */
const SAMPLES = 2048;

/**
 * What a theory leaves out of ln p(Y|X), beside its Monte Carlo error. Theories that know it say so in
 * `evidenceError`: 0 where they are exact, the size of the next order where they have the first (theory §5).
 * For the others, such as `nngp`, it is the difference to the complete first order in 1/N. Theories that have
 * the first order and parts of the higher ones differ from it by these parts: what they leave out is as
 * large, up to what the first order says that it leaves out itself.
 *
 * `undefined` where the theory did not converge, or the first order has no solution at these widths.
 *
 * @param posterior what a theory found
 * @param compute what to compute on
 * @param options `always`: at any number of points; else `undefined` beyond 256
 * @param signal ends the computation when it is aborted
 * @throws InputError for what is no posterior or option; the signal's reason when aborted
 */
export async function evidenceErrorOf(
  posterior: KernelPosterior,
  compute: Compute,
  options: { readonly seed?: number; readonly always?: boolean } = {},
  signal?: AbortSignal,
): Promise<number | undefined> {
  checkObject('posterior', posterior, 'must be what solve gives; await it first');
  checkProblem(posterior.problem);
  checkObject('options', options);
  const { seed = 0, always = false } = options as NonNullable<Parameters<typeof evidenceErrorOf>[2]>;
  checkWhole('seed', seed, SEEDS);
  checkObject('posterior.convergence', posterior.convergence);
  checkCompute(compute);
  if (signal !== undefined) checkSignal('signal', signal);
  const { problem, evidenceError, logEvidence, convergence } = posterior;
  if (!convergence.converged) return undefined;
  const isBeyond = posterior.fluctuationEvidence !== undefined;
  if ((evidenceError !== undefined && !isBeyond) || !Number.isFinite(logEvidence)) return evidenceError;
  // Of several classes the first order does not know it.
  if (problem.likelihood === 'softmax') return evidenceError;
  if (untreated(problem.network, linearResponse.name, linearResponse.treats)) return evidenceError;
  if (!always && problem.data.x.rows > AFFORDABLE) return evidenceError;
  const first = await knownFirstOrder(problem, compute, seed, signal);
  if (!first) return evidenceError;
  const difference = Math.abs(first.logEvidence - logEvidence);
  return evidenceError === undefined
    ? difference
    : Math.max(evidenceError, Math.min(difference, first.evidenceError));
}

/** What the complete first order says of ln p(Y|X). */
interface FirstOrder {
  readonly logEvidence: number;
  readonly evidenceError: number;
}

/** Of problems in use: theories that are compared on one need its first order once. */
const known = new WeakMap<
  Problem,
  { readonly seed: number; readonly found: Promise<FirstOrder | undefined> }
>();

function knownFirstOrder(problem: Problem, compute: Compute, seed: number, signal: AbortSignal | undefined) {
  const before = known.get(problem);
  if (before?.seed === seed) return before.found;
  const found = solveFirstOrder(problem, compute, seed, signal);
  known.set(problem, { seed, found });
  // What was interrupted may be asked again.
  found.catch(() => known.delete(problem));
  return found;
}

/**
 * Undefined where it has no solution, or leaves no covariance, as with targets far beyond what kernel and
 * noise allow.
 */
async function solveFirstOrder(
  problem: Problem,
  compute: Compute,
  seed: number,
  signal: AbortSignal | undefined,
): Promise<FirstOrder | undefined> {
  try {
    const { logEvidence, evidenceError, convergence } = await drive(
      // Standard errors change nothing of these numbers.
      firstOrder(problem, compute, { seed, samples: SAMPLES }, false),
      {
        signal,
      },
    );
    return convergence.converged
      ? { logEvidence, evidenceError: evidenceError ?? Number.POSITIVE_INFINITY }
      : undefined;
  } catch (error) {
    if (!hasNoSolution(error) || error instanceof MemoryError) throw error;
    return undefined;
  }
}

/** The same posterior, which says what it leaves out where that is affordable. */
export async function withEvidenceError(
  posterior: KernelPosterior,
  compute: Compute,
  options: Parameters<typeof evidenceErrorOf>[2],
  signal?: AbortSignal,
): Promise<KernelPosterior> {
  const evidenceError = await evidenceErrorOf(posterior, compute, options, signal);
  return evidenceError === undefined ? posterior : { ...posterior, evidenceError };
}
