import type { Compute } from '../../numerics/compute.js';
import { hasNoSolution, InputError } from '../../numerics/errors.js';
import type { KernelPosterior } from '../../posterior/posterior.js';
import { explainSingular } from '../../posterior/singularKernel.js';
import { outputKernel } from '../../prior/nngpKernels.js';
import type { Problem } from '../../problem/problem.js';
import type { Progress } from '../../solving/progress.js';
import { secondsOf } from '../cost.js';
import { type OptionTable, realOption, type ValuesOf } from '../option.js';
import { refusalOf, requireRoom } from '../requirements.js';
import type { Theory } from '../theory.js';
import { type Coupling, couplingOf } from './coupling.js';
import { expectedError } from './expectedError.js';

/** Relative error that is asked for unless another is. */
export const DEFAULT_ACCURACY = 0.05;

const own = {
  /** largest relative error of alignment and predictions that is welcome; 0.05 by default */
  accuracy: realOption(
    { above: 0, below: 1 },
    {
      about: 'relative error of alignment and predictions that auto may have',
      otherwise: String(DEFAULT_ACCURACY),
    },
  ),
  /** seconds that it may take by estimate; unlimited by default */
  seconds: realOption(
    { above: 0, below: 1e9 },
    { about: 'time that auto may take, by estimate', otherwise: 'unlimited', placeholder: 'seconds' },
  ),
};
type Options = ValuesOf<typeof own>;

/** A theory that may be taken, with what is expected of it. */
interface Candidate {
  readonly theory: Theory;
  /** largest relative error of CKA, any layer, and of means at new points */
  readonly error: number;
  readonly seconds: number;
}

/** What was chosen, as in `details.auto`. */
export interface Choice {
  readonly theory: string;
  readonly expectedError: number | null;
  readonly expectedSeconds: number;
  readonly coupling: Coupling;
  /** why this one, in a sentence */
  readonly because: string;
}

const percent = (share: number): string => `${(100 * share).toPrecision(2)} %`;

/**
 * Which theory, when: the cheapest whose expected error (from the atlas of docs/validity.md, at the nearest
 * couplings τ, σ and as many layers) is at most the accuracy asked for and whose time is at most that
 * allowed; sampled networks where no theory is right; the one of least expected error where there is no time
 * for these. One that finds no solution makes room for the next.
 *
 * @param theories from cheap to dear, the networks last
 */
export function autoOf<Others extends OptionTable>(
  theories: readonly Theory[],
): Theory<'auto', typeof own & Others> {
  const others = Object.assign({}, ...theories.map(({ options }) => options)) as OptionTable;
  const isNetworks = ({ exact }: Theory) => exact === 'networks';
  const auto: Theory<'auto', typeof own> = {
    name: 'auto',
    summary: 'the cheapest theory whose error, measured against networks, is small enough',
    // Errors were measured in dense layers under Gaussian noise; others are taken for what these have at the
    // same coupling, in which a channel counts as one neuron, whatever its positions.
    treats: ['activations', 'convolution', 'average', 'residual'],
    likelihoods: ['logistic', 'softmax'],
    options: { ...others, ...own },
    matrices: (problem, options) =>
      Math.min(
        ...theories
          .filter((theory) => refusalOf(theory, problem, options) === undefined)
          .map((theory) => theory.matrices(problem, options)),
      ),
    cost: {
      // At most: that of the dearest theory that may be taken, before networks are.
      terms(problem, { seconds: allowed = Number.POSITIVE_INFINITY, ...options }) {
        const possible = theories.filter(
          (theory) => !isNetworks(theory) && refusalOf(theory, problem, options) === undefined,
        );
        return [
          Math.min(allowed, Math.max(0, ...possible.map((theory) => secondsOf(theory, problem, options)))),
        ];
      },
      seconds: [1],
    },
    async *iterate(problem, compute, options) {
      const { accuracy = DEFAULT_ACCURACY, seconds: allowed = Number.POSITIVE_INFINITY } = options;
      const coupling = yield* couplingOfProblem(problem, compute);
      const taken = { coupling, accuracy, allowed, classes: problem.likelihood !== undefined };
      const candidates = theories
        .filter((theory) => isPossible(theory, problem, compute, options))
        .map((theory) => ({
          theory,
          error: theory.exact ? 0 : expectedError(theory.name, coupling),
          seconds: secondsOf(theory, problem, options) / compute.algebra.threads,
        }));
      const order = inOrder(candidates, accuracy, allowed);
      let last: unknown = new InputError('theory auto: no theory fits into memory; take fewer points');
      let best: KernelPosterior | undefined;
      for (const [k, candidate] of order.entries()) {
        try {
          const posterior = yield* candidate.theory.iterate(problem, compute, options);
          const chosen = {
            ...posterior,
            details: { ...posterior.details, auto: choice(candidate, taken, k) },
          };
          // Networks whose chains do not agree yet are still no worse than a theory that is wrong.
          if (posterior.convergence.converged || isNetworks(candidate.theory)) return chosen;
          best ??= chosen;
        } catch (error) {
          if (!hasNoSolution(error)) throw error;
          last = error;
        }
      }
      if (best) return best;
      throw last;
    },
  };
  return auto as unknown as Theory<'auto', typeof own & Others>;
}

function* couplingOfProblem(problem: Problem, compute: Compute): Generator<Progress, Coupling, void> {
  yield { iteration: 0, residual: 0, widthScale: 1, fraction: 0, stage: 'which theory' };
  const kernel = outputKernel(problem.network, problem.data.x, compute);
  try {
    return couplingOf(problem, kernel, compute);
  } catch (error) {
    throw explainSingular(error, problem);
  }
}

/** Whether a theory can treat a problem, in the memory there is. */
function isPossible(theory: Theory, problem: Problem, compute: Compute, options: Options): boolean {
  try {
    if (refusalOf(theory, problem, options) !== undefined) return false;
    requireRoom(theory, problem, compute, options);
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return false;
  }
}

/**
 * First what is exact, then what is right, cheapest first, then the rest, least error first; nothing that is
 * late, unless all is.
 */
function inOrder(candidates: readonly Candidate[], accuracy: number, allowed: number): Candidate[] {
  const byTime = (a: Candidate, b: Candidate) => a.seconds - b.seconds;
  const inTime = candidates.filter(({ seconds }) => seconds <= allowed);
  if (inTime.length === 0) return candidates.toSorted(byTime).slice(0, 1);
  const isExact = ({ theory }: Candidate) => theory.exact === 'closed';
  const byWorth = (a: Candidate, b: Candidate) => Number(isExact(b)) - Number(isExact(a)) || byTime(a, b);
  const right = inTime.filter(({ error }) => error <= accuracy).toSorted(byWorth);
  const wrong = inTime
    .filter(({ error }) => error > accuracy)
    .toSorted((a, b) => a.error - b.error || byTime(a, b));
  return [...right, ...wrong];
}

/** What a theory was chosen by. */
interface Asked {
  readonly coupling: Coupling;
  readonly accuracy: number;
  readonly allowed: number;
  /** whether the likelihood is one of classes, under which no errors were measured */
  readonly classes: boolean;
}

function choice({ theory, error, seconds }: Candidate, asked: Asked, before: number): Choice {
  const { coupling, accuracy, allowed, classes } = asked;
  const exact = theory.exact === 'closed' ? 'it is exact' : 'networks themselves, with standard errors';
  const expected =
    error === 0
      ? exact
      : `${classes ? 'its error at this coupling, measured under Gaussian noise alone, is' : 'its error is expected to be'} ${Number.isFinite(error) ? percent(error) : 'unknown'}`;
  const skipped = before > 0 ? `; ${before} cheaper or better found no solution` : '';
  const verdict =
    error <= accuracy
      ? `within the ${percent(accuracy)} asked for`
      : `beyond the ${percent(accuracy)} asked for, the least ${Number.isFinite(allowed) ? `within ${allowed} s` : 'of what fits into memory'}`;
  return {
    theory: theory.name,
    expectedError: Number.isFinite(error) ? error : null,
    expectedSeconds: seconds,
    coupling,
    because: `${theory.name}: ${expected}${error === 0 ? '' : `, ${verdict}`}${skipped}`,
  };
}
