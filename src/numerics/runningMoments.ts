import type { Matrix } from './matrix.js';

/**
 * Mean and scatter of vectors that come one by one, entry by entry (Welford 1962): memory does not grow with
 * their number.
 */
export class RunningMoments {
  count = 0;
  readonly mean: Float64Array;
  /** Σ (x − mean)² */
  private readonly scatter: Float64Array;

  constructor(size: number) {
    this.mean = new Float64Array(size);
    this.scatter = new Float64Array(size);
  }

  add(values: ArrayLike<number>): void {
    this.count++;
    const { mean, scatter, count } = this;
    for (let i = 0; i < mean.length; i++) {
      const d = values[i] - mean[i];
      mean[i] += d / count;
      scatter[i] += d * (values[i] - mean[i]);
    }
  }

  /** Standard error of the mean of entries [from, to); NaN with fewer than two vectors. */
  errors(from = 0, to = this.mean.length): Float64Array {
    const n = this.count;
    return this.scatter
      .slice(from, to)
      .map((value) => (n < 2 ? Number.NaN : Math.sqrt(value / (n * (n - 1)))));
  }

  /** All there is to know, for `restore`. */
  snapshot(): Matrix {
    const columns = this.mean.length;
    const data = new Float64Array(3 * columns);
    data.set(this.mean);
    data.set(this.scatter, columns);
    data.fill(this.count, 2 * columns);
    return { rows: 3, columns, data };
  }

  restore({ data }: Matrix): void {
    const size = this.mean.length;
    this.mean.set(data.subarray(0, size));
    this.scatter.set(data.subarray(size, 2 * size));
    this.count = data[2 * size];
  }
}
