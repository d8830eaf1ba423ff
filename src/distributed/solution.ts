import type { Compute } from '../numerics/compute.js';
import type { Matrix } from '../numerics/matrix.js';
import type { PosteriorFields } from '../posterior/fields.js';
import type { TestPrediction } from '../posterior/predict.js';
import type { Problem } from '../problem/problem.js';
import type { Progress } from '../solving/progress.js';
import type { ProcessGrid } from './processGrid.js';

/**
 * What processes found together, the same on each but for `kernels`. Methods as those of `KernelPosterior`.
 */
export interface DistributedSolution
  extends Pick<
    PosteriorFields,
    'theory' | 'problem' | 'convergence' | 'logEvidence' | 'evidenceError' | 'details'
  > {
  alignment(): number[];
  nngpAlignment(): number[];
  uncentredAlignment(): number[];
  change(): number[];
  /** P×n */
  readonly trainMean: Matrix;
  /** at the problem's test points, where it has them */
  readonly test?: TestPrediction;
  /** C⁽⁰⁾ … C⁽ᴸ⁾, P×P each, on process 0 where they were asked for */
  readonly kernels?: readonly Matrix[];
}

/** What processes are asked for together. */
export interface DistributedTask {
  readonly problem: Problem;
  /** of this process */
  readonly compute: Compute;
  /** whether process 0 is to have the kernels */
  readonly kernels: boolean;
}

/** A theory on several processes. One implementation a file; theories.ts has them all. */
export interface DistributedTheory {
  /** that of the theory for one process */
  readonly name: string;
  /** why it does not treat a problem on several processes, in one line; nothing where it does */
  refuses?(problem: Problem): string | undefined;
  /** P×P matrices alive at once, on all processes together */
  readonly matrices: number;
  /**
   * Solves the problem step by step, by the same steps on all processes.
   * @throws InputError, on all of them
   */
  iterate(grid: ProcessGrid, task: DistributedTask): Generator<Progress, DistributedSolution, void>;
}
