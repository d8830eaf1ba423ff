import { layerOf } from '../architecture/architecture.js';
import type { Matrix } from '../numerics/matrix.js';
import type { Network, Problem } from '../problem/problem.js';

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
  /** whether the residual fell to the tolerance, at the problem's widths */
  readonly converged: boolean;
  /** largest relative change of a kernel that one more iteration would make; 0 where nothing is iterated */
  readonly residual: number;
  /** over all widths of the annealing */
  readonly iterations: number;
  /** multiple of the problem's widths at which the equations were solved: 1, unless annealing got stuck above */
  readonly widthScale: number;
  /** what convergence was judged by, where that is no residual */
  readonly judgedBy?: string;
  /** why it has not converged, as one of a few words */
  readonly reason?: Reason;
  /** the same as a sentence */
  readonly message?: string;
}

/** The width of hidden layer l = 1..L at which equations were solved. */
export const solvedWidth = (network: Network, { widthScale }: Convergence, l: number): number =>
  widthScale * layerOf(network, l).width;

/** Those of all hidden layers. */
export const solvedWidths = ({ widths }: Network, { widthScale }: Convergence): number[] =>
  widths.map((width) => widthScale * width);

/** The part of `Convergence` that says whether it has, and why not. */
export const verdictOf = (fault: Fault | undefined): Pick<Convergence, 'converged' | 'reason' | 'message'> =>
  fault === undefined ? { converged: true } : { converged: false, ...fault };

/** Monte Carlo standard errors, from independent repetitions of the solution. */
export interface Uncertainty {
  /** one a layer, 0..L, entry by entry, P×P each */
  readonly kernels: readonly Matrix[];
  /** of the centred alignment, one a layer */
  readonly cka: readonly number[];
  /** of ln p(Y|X) */
  readonly evidence: number;
  /** independent solutions, or stretches of chains, whose scatter they are */
  readonly repetitions: number;
}

/** What a theory found: kernels of all layers, P×P each, and what is known of them. */
export interface PosteriorFields {
  /** its name */
  readonly theory: string;
  /** what it was asked */
  readonly problem: Problem;
  /** C⁽⁰⁾ … C⁽ᴸ⁾, P×P each; of (point, position) pairs, (P·S)×(P·S), where a layer has positions */
  readonly kernels: readonly Matrix[];
  /** K⁽⁰⁾ … K⁽ᴸ⁾, the kernels at infinite width, of the same shapes, P×P */
  readonly nngp: readonly Matrix[];
  /** C̃⁽¹⁾ … C̃⁽ᴸ⁾ at index l, in the convention δF = tr(C̃ δC), P×P each; index 0 is empty */
  readonly conjugates?: readonly (Matrix | undefined)[];
  /** Monte Carlo standard errors; absent where nothing is random */
  readonly uncertainty?: Uncertainty;
  /** whether the equations were solved, and at which widths */
  readonly convergence: Convergence;
  /** the output kernel of the predictor, P×P, where it is not C⁽ᴸ⁾ */
  readonly effective?: Matrix;
  /** ln p(Y|X), natural logarithm, at the theory's own order */
  readonly logEvidence: number;
  /**
   * estimate of what the theory leaves out of it, beside Monte Carlo errors: 0 where it is exact (theory §5,
   * `evidenceErrorOf`)
   */
  readonly evidenceError?: number;
  /** the part of it that fluctuations add to a solution for most probable kernels (theory §5) */
  readonly fluctuationEvidence?: number;
  /** what a theory says beyond kernels, as in result.json */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What predictions need beyond kernels and conjugate kernels, as arrays. */
export type SavedState = Readonly<Record<string, Matrix>>;
