import { centredAlignment } from '../measures/alignment.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import type { Uncertainty } from './posterior.js';

/** Collects independent repetitions of a solution; the standard error of their mean follows from their scatter. */
export class Repetitions {
  private count = 0;
  private readonly sums: Matrix[];
  private readonly squares: Matrix[];
  private readonly alignments: number[][] = [];

  /** @param reference a solution near all repetitions, subtracted so that squares do not cancel */
  constructor(
    private readonly reference: readonly Matrix[],
    private readonly y: Matrix,
  ) {
    this.sums = reference.map(({ rows }) => zeros(rows));
    this.squares = reference.map(({ rows }) => zeros(rows));
  }

  add(kernels: readonly Matrix[]): void {
    this.count++;
    this.alignments.push(kernels.map((kernel) => centredAlignment(kernel, this.y)));
    kernels.forEach(({ data }, l) => {
      const [sum, square, origin] = [this.sums[l].data, this.squares[l].data, this.reference[l].data];
      for (let i = 0; i < data.length; i++) {
        const d = data[i] - origin[i];
        sum[i] += d;
        square[i] += d * d;
      }
    });
  }

  /** undefined with fewer than two repetitions */
  uncertainty(): Uncertainty | undefined {
    const n = this.count;
    if (n < 2) return undefined;
    const kernels = this.sums.map((sum, l) => {
      const error = zeros(sum.rows);
      for (let i = 0; i < error.data.length; i++) {
        error.data[i] = Math.sqrt(Math.max(0, this.squares[l].data[i] - sum.data[i] ** 2 / n) / (n * (n - 1)));
      }
      return error;
    });
    const cka = this.sums.map((_, l) => {
      const values = this.alignments.map((row) => row[l] - this.alignments[0][l]);
      const mean = values.reduce((total, value) => total + value / n, 0);
      return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / (n * (n - 1)));
    });
    return { kernels, cka, repetitions: n };
  }
}
