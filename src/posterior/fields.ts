import type { Matrix } from '../numerics/matrix.js';
import type { Problem } from '../problem/problem.js';

/** Why a solution does not count as one, for programs; `message` says it to people. */
export type Reason =
  /** all iterations were made that were allowed */
  | 'iterations'
  /** the residual, or the error of an integral, stays above what was asked for */
  | 'tolerance'
  /** the equations have no solution that was found at the widths asked for */
  | 'noSolution'
  /** to first order a kernel is no covariance, or the evidence more than that of a perfect fit */
  | 'noExpansion'
  /** targets are far larger than kernel and noise allow */
  | 'largeTargets'
  /** averages still move, or samples reach the measures too rarely */
  | 'samples'
  /** chains of networks disagree, or have too few effective draws */
  | 'chains';

/** What keeps a solution from counting as one. */
export interface Fault {
  readonly reason: Reason;
  /** one line: what it is, and what may help */
  readonly message: string;
}

/** How the equations of a theory were solved, or chains agreed. */
export interface Convergence {
  readonly converged: boolean;
  readonly residual: number;
  readonly iterations: number;
  /** widths at which the equations were solved: the problem's, unless annealing got stuck above them */
  readonly widths: readonly number[];
  /** what convergence was judged by, where that is no residual */
  readonly judgedBy?: string;
  /** why it has not converged, as one of a few words */
  readonly reason?: Reason;
  /** the same as a sentence */
  readonly message?: string;
}

/** The part of `Convergence` that says whether it has, and why not. */
export const verdictOf = (fault: Fault | undefined): Pick<Convergence, 'converged' | 'reason' | 'message'> =>
  fault === undefined ? { converged: true } : { converged: false, ...fault };

/** Monte Carlo standard errors, from independent repetitions of the solution. */
export interface Uncertainty {
  /** one a layer, 0..L, entry by entry */
  readonly kernels: readonly Matrix[];
  /** of the centred alignment, one a layer */
  readonly cka: readonly number[];
  /** of ln p(Y|X) */
  readonly evidence: number;
  readonly repetitions: number;
}

/** What a theory found: kernels of all layers, P×P each, and what is known of them. */
export interface PosteriorFields {
  readonly theory: string;
  readonly problem: Problem;
  /** C⁽⁰⁾ … C⁽ᴸ⁾ */
  readonly kernels: readonly Matrix[];
  /** K⁽⁰⁾ … K⁽ᴸ⁾, the kernels at infinite width */
  readonly nngp: readonly Matrix[];
  /** C̃⁽¹⁾ … C̃⁽ᴸ⁾ at index l; index 0 is empty */
  readonly conjugates?: readonly (Matrix | undefined)[];
  readonly uncertainty?: Uncertainty;
  readonly convergence: Convergence;
  /** the output kernel of the predictor, where it is not C⁽ᴸ⁾ */
  readonly effective?: Matrix;
  /** ln p(Y|X), natural logarithm, at the theory's own order */
  readonly logEvidence: number;
  /** estimate of what the theory leaves out of it, beside Monte Carlo errors: 0 where it is exact (theory §5, `evidenceErrorOf`) */
  readonly evidenceError?: number;
  /** the part of it that fluctuations add to a solution for most probable kernels (theory §5) */
  readonly fluctuationEvidence?: number;
  /** what a theory says beyond kernels, as in result.json */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What predictions need beyond kernels and conjugate kernels, as arrays. */
export type SavedState = Readonly<Record<string, Matrix>>;
