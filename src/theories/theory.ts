import type { Ingredient } from '../architecture/architecture.js';
import type { Compute } from '../numerics/compute.js';
import type { Steps } from '../numerics/steps.js';
import type { PosteriorFields, SavedState } from '../posterior/fields.js';
import type { KernelPosterior } from '../posterior/posterior.js';
import type { LikelihoodName } from '../problem/likelihoodName.js';
import type { Problem } from '../problem/problem.js';
import type { Progress } from '../solving/progress.js';
import type { OptionTable, ValuesOf } from './option.js';

/**
 * Seconds on one thread as a sum of terms, within a factor of two for erf; activations by quadrature take
 * longer (docs/scaling.md).
 */
export interface CostModel<Options = Readonly<Record<string, unknown>>> {
  /**
   * What the work grows with, such as [1, L P², P³], for these options; the problem may have no numbers, but
   * sizes.
   */
  terms(problem: Problem, options: Options): readonly number[];
  /** seconds a unit of each term, fitted by bench/scaling.js on the machine that docs/scaling.md names */
  readonly seconds: readonly number[];
}

/**
 * Problem in, KernelPosterior out, step by step: one implementation a file, which declares all that others
 * need to know of it (registry.ts has them all). From `options` follow flags of the command line, keys of
 * grids and types for completion; from `cost` and `matrices` estimates of time and memory; from `treats` and
 * `refuses` what is refused before anything is allocated.
 */
export interface Theory<Name extends string = string, Table extends OptionTable = OptionTable> {
  /** by which it is asked for */
  readonly name: Name;
  /** one line for people */
  readonly summary: string;
  /**
   * its options; none by default. A seed is welcome everywhere, but declared by those whose results depend on
   * it
   */
  readonly options?: Table;
  /** false if it does not know ln p(Y|X) */
  readonly evidence?: false;
  /** whether its kernels are those of the posterior itself: in closed form, or as averages over networks */
  readonly exact?: 'closed' | 'networks';
  /** what it treats beside dense layers of one activation; nothing by default */
  readonly treats?: readonly Ingredient[];
  /**
   * whether its kernels are of pairs at the same position alone where the network needs no others
   * (`smallestArchitecture`); of all pairs by default
   */
  readonly samePositions?: boolean;
  /** likelihoods that it treats beside Gaussian noise; none by default */
  readonly likelihoods?: readonly LikelihoodName[];
  /**
   * Why it cannot treat this problem with these options, in one line; nothing where it can. A theory without
   * it treats all.
   */
  refuses?(problem: Problem, options?: ValuesOf<Table>): string | undefined;
  /**
   * Matrices of the size of the largest kernel alive at once for this problem and these options: the estimate
   * that precedes any allocation.
   */
  matrices(problem: Problem, options: ValuesOf<Table>): number;
  /** how long it takes */
  readonly cost: CostModel<ValuesOf<Table>>;
  /**
   * Solves the problem step by step; every step yields its progress, and may be the last.
   * @param compute what to compute on
   * @param options its own; others are ignored
   * @throws InputError for what it cannot treat
   */
  iterate(problem: Problem, compute: Compute, options: ValuesOf<Table>): Steps<Progress, KernelPosterior>;
  /**
   * The posterior that was solved for, from what a file kept of it: its fields and `state()`. A theory
   * without it is solved again, which suits closed forms.
   * @param compute what predictions are computed on
   * @param options with which it was solved
   * @throws InputError that begins with `damaged` for a state that is none
   */
  restore?(
    fields: PosteriorFields,
    state: SavedState,
    compute: Compute,
    options: ValuesOf<Table>,
  ): KernelPosterior;
}
