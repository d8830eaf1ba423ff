import type { Ingredient } from '../architecture/architecture.js';
import type { Compute } from '../numerics/compute.js';
import type { Matrix } from '../numerics/matrix.js';
import type { Steps } from '../numerics/steps.js';
import type { PosteriorFields, SavedState } from '../posterior/fields.js';
import type { KernelPosterior } from '../posterior/posterior.js';
import type { Problem } from '../problem/problem.js';
import type { SamplingChoices } from '../sampling/settings.js';
import type { Progress } from '../solving/progress.js';

/** Residual at which equations whose averages are exact count as solved, unless asked otherwise. */
export const DEFAULT_TOLERANCE = 1e-9;

/** Where the order parameters of `rescaling` stand: outside φ, inside it, or inside it to first order. */
export const RESCALING_VARIANTS = ['vanilla', 'nested', 'full'] as const;
export type RescalingVariant = (typeof RESCALING_VARIANTS)[number];

/** What every theory understands; a theory ignores what does not concern it. */
export interface TheoryOptions {
  /** residual at which a self-consistent theory has converged; 1e-9 by default */
  readonly tolerance?: number;
  /** iterations over all widths; 500 by default */
  readonly maxIterations?: number;
  /** four-point functions: exact where an exact form is affordable (`auto`), always, or never */
  readonly fourPoint?: 'auto' | 'exact' | 'sampled';
  /** of `auto`: largest relative error of alignment and predictions that is welcome; 0.05 by default */
  readonly accuracy?: number;
  /** of `auto`: seconds that it may take by estimate; unlimited by default */
  readonly seconds?: number;
  /** of `rescaling`; vanilla by default */
  readonly variant?: RescalingVariant;
  /** samples behind sampled four-point functions, in 8 independent groups; 8192 by default */
  readonly samples?: number;
  /** networks that `sampled` draws, all chains together; 2000 by default */
  readonly draws?: number;
  /** chains of `sampled`; 4 by default */
  readonly chains?: number;
  /** how `sampled` samples, beyond draws, chains and seed */
  readonly sampling?: SamplingChoices;
  /** C⁽⁰⁾ … C⁽ᴸ⁾ of a nearby problem on the same data, which `perturbative`, `map` and `multiscale` try as their first guess */
  readonly start?: readonly Matrix[];
  /** seed of all samples; 0 by default */
  readonly seed?: number;
}

/** Problem in, KernelPosterior out, step by step. One implementation a file; see registry.ts. */
export interface Theory {
  readonly name: string;
  /** one line for people */
  readonly summary: string;
  /** the options that it does not ignore; none by default */
  readonly uses?: readonly (keyof TheoryOptions)[];
  /** false if it does not know ln p(Y|X) */
  readonly evidence?: false;
  /** what it treats beside dense layers of one activation; nothing by default */
  readonly treats?: readonly Ingredient[];
  /** Why it cannot treat this problem, in one line; nothing where it can. A theory without it treats all. */
  refuses?(problem: Problem, options?: TheoryOptions): string | undefined;
  /** Matrices of the size of the largest kernel alive at once, for the estimate that precedes any allocation. */
  matrices(problem: Problem, options: TheoryOptions): number;
  /** Solves the problem step by step; every step yields its progress, and may be the last. @throws InputError for what it cannot treat */
  iterate(problem: Problem, compute: Compute, options: TheoryOptions): Steps<Progress, KernelPosterior>;
  /**
   * The posterior that was solved for, from what a file kept of it: its fields and `state()`. A theory without it is solved again, which suits closed forms.
   * @throws InputError that begins with `damaged` for a state that is none
   */
  restore?(fields: PosteriorFields, state: SavedState, compute: Compute, options: TheoryOptions): KernelPosterior;
}
