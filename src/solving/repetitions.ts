import { layerAlignment } from '../measures/alignment.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import type { Convergence, Uncertainty } from '../posterior/fields.js';
import type { Progress } from './progress.js';

/** A solution with other random numbers. */
export interface Repetition {
  readonly kernels: readonly Matrix[];
  /** ln p(Y|X) */
  readonly evidence: number;
}

/** Standard error of the mean of independent values. */
export function errorOfMean(values: readonly number[]): number {
  const n = values.length;
  const mean = values.reduce((total, value) => total + (value - values[0]) / n, values[0]);
  return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / (n * (n - 1)));
}

/**
 * Collects independent repetitions of a solution; the standard error of their mean follows from their
 * scatter.
 */
export class Repetitions {
  private count = 0;
  private readonly sums: Matrix[];
  private readonly squares: Matrix[];
  private readonly alignments: number[][] = [];
  private readonly evidences: number[] = [];

  /** @param reference a solution near all repetitions, subtracted so that squares do not cancel */
  constructor(
    private readonly reference: readonly Matrix[],
    private readonly y: Matrix,
  ) {
    this.sums = reference.map(({ rows }) => zeros(rows));
    this.squares = reference.map(({ rows }) => zeros(rows));
  }

  add({ kernels, evidence }: Repetition): void {
    this.count++;
    this.evidences.push(evidence);
    this.alignments.push(kernels.map((kernel) => layerAlignment(kernel, this.y)));
    kernels.forEach(({ data }, l) => {
      const [sum, square, origin] = [this.sums[l].data, this.squares[l].data, this.reference[l].data];
      for (let i = 0; i < data.length; i++) {
        const d = data[i] - origin[i];
        sum[i] += d;
        square[i] += d * d;
      }
    });
  }

  /**
   * undefined with fewer than two repetitions
   *
   * @param biased kernels without a fault that all repetitions have in common, whose distance counts as
   * another error
   */
  uncertainty(biased: readonly Matrix[] = this.reference): Uncertainty | undefined {
    const n = this.count;
    if (n < 2) return undefined;
    const kernels = this.sums.map((sum, l) => {
      const error = zeros(sum.rows);
      for (let i = 0; i < error.data.length; i++) {
        const scatter = Math.max(0, this.squares[l].data[i] - sum.data[i] ** 2 / n) / (n * (n - 1));
        error.data[i] = Math.sqrt(scatter + (biased[l].data[i] - this.reference[l].data[i]) ** 2);
      }
      return error;
    });
    const cka = this.sums.map((_, l) => {
      const bias = layerAlignment(biased[l], this.y) - layerAlignment(this.reference[l], this.y);
      return Math.hypot(errorOfMean(this.alignments.map((row) => row[l])), bias);
    });
    return { kernels, cka, evidence: errorOfMean(this.evidences), repetitions: n };
  }
}

/** About this share of the time goes into the solution, the rest into its standard errors. */
export const SOLVING_SHARE = 0.7;
/** Residual of repetitions, which need no more digits than their scatter has. */
export const REPETITION_TOLERANCE = 1e-5;

/** Solves again for every group of samples, and turns the scatter into standard errors. */
export function* repeat(
  reference: readonly Matrix[],
  y: Matrix,
  groups: number,
  { iterations, residual }: Convergence,
  widthScale: number,
  solveGroup: (group: number) => Repetition | undefined,
): Generator<Progress, Uncertainty | undefined, void> {
  const repetitions = new Repetitions(reference, y);
  for (let group = 0; group < groups; group++) {
    const repeated = solveGroup(group);
    if (repeated) repetitions.add(repeated);
    const fraction = SOLVING_SHARE + ((1 - SOLVING_SHARE) * (group + 1)) / groups;
    yield { iteration: iterations, residual, widthScale, fraction, stage: 'standard errors' };
  }
  return repetitions.uncertainty();
}
