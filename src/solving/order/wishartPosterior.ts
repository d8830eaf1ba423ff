import { logGamma } from '../../numerics/gammaProduct.js';
import type { Objective } from '../../numerics/lbfgs.js';
import type { LinearAlgebra } from '../../numerics/linearAlgebra.js';
import { type Matrix, zeros } from '../../numerics/matrix.js';
import type { OrderSample } from './modeMoments.js';
import type { OutputModes } from './orderParameter.js';

/** a b or, of transposes, aᵀ b and a bᵀ: n×n, row by row. */
function product(
  a: Float64Array,
  b: Float64Array,
  n: number,
  transposeA = false,
  transposeB = false,
): Float64Array {
  const c = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++)
        c[i * n + j] += a[transposeA ? k * n + i : i * n + k] * b[transposeB ? j * n + k : k * n + j];
    }
  }
  return c;
}

function unit(n: number): Float64Array {
  const result = new Float64Array(n * n);
  for (let i = 0; i < n; i++) result[i * n + i] = 1;
  return result;
}

/** X with lower X = b for lower triangular n×n. */
function solveLower(lower: Float64Array, b: Float64Array, n: number): Float64Array {
  const x = b.slice();
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < i; k++) x[i * n + j] -= lower[i * n + k] * x[k * n + j];
      x[i * n + j] /= lower[i * n + i];
    }
  }
  return x;
}

/**
 * The matrices of all layers at one point: factors[l] F_{l+1} with S_l = Q_l ⋯ Q_L = F_lF_lᵀ, so that
 * factors[0] belongs to Q itself.
 */
interface Chain {
  /** T_l/√N_l at l − 1 */
  readonly steps: Float64Array[];
  /** F_{l+1} at l, l = 0 … L */
  readonly factors: Float64Array[];
}

/**
 * p(Q_1 … Q_L|Y) of n outputs. Before the data S_l | S_{l+1} ~ Wishart(N_l, S_{l+1}/N_l), S_{L+1} = 1, so
 * that S_l = F_lF_lᵀ with F_l = F_{l+1}T_l/√N_l and Bartlett's T_l: lower triangular, T_ii² ~ χ² with N_l − i
 * degrees of freedom (i from 0), T_ij ~ N(0, 1). Coordinates are ln T_ii and T_ij, which are all of the line;
 * N_l ≥ n.
 */
export class WishartPosterior {
  readonly size: number;
  private readonly outputs: number;

  constructor(
    private readonly modes: OutputModes,
    private readonly widths: readonly number[],
    private readonly algebra: LinearAlgebra,
  ) {
    this.outputs = modes.y.columns;
    this.size = (widths.length * this.outputs * (this.outputs + 1)) / 2;
  }

  /** T_l = √N_l */
  start(): Float64Array {
    return this.eachEntry((l, i, j) => (i === j ? 0.5 * Math.log(this.widths[l] - i) : 0));
  }

  private eachEntry(value: (l: number, i: number, j: number, k: number) => number): Float64Array {
    const result = new Float64Array(this.size);
    let k = 0;
    for (let l = 0; l < this.widths.length; l++) {
      for (let i = 0; i < this.outputs; i++) {
        for (let j = 0; j <= i; j++, k++) result[k] = value(l, i, j, k);
      }
    }
    return result;
  }

  private chain(x: Float64Array): Chain {
    const n = this.outputs;
    const steps = this.widths.map(() => new Float64Array(n * n));
    this.eachEntry((l, i, j, k) => {
      steps[l][i * n + j] = (i === j ? Math.exp(x[k]) : x[k]) / Math.sqrt(this.widths[l]);
      return 0;
    });
    const factors = [unit(n)];
    for (let l = this.widths.length - 1; l >= 0; l--) factors.unshift(product(factors[0], steps[l], n));
    return { steps, factors };
  }

  private eigen(factor: Float64Array) {
    const n = this.outputs;
    const q: Matrix = zeros(n);
    q.data.set(product(factor, factor, n, false, true));
    return this.algebra.eigenSymmetric(q);
  }

  /** −ln p(Y, T_1 … T_L) and its gradient, for `minimise`. */
  readonly objective: Objective = (x, gradient) => {
    const n = this.outputs;
    const { alpha, mu, y, logJacobian } = this.modes;
    const { steps, factors } = this.chain(x);
    const { values, vectors } = this.eigen(factors[0]);
    let action = 0.5 * n * (logJacobian + alpha.length * Math.log(2 * Math.PI));
    // dS/dQ in the eigenbasis of Q.
    const slope = new Float64Array(n * n);
    const dual = new Float64Array(n);
    for (let i = 0; i < alpha.length; i++) {
      for (let a = 0; a < n; a++) {
        let target = 0;
        for (let k = 0; k < n; k++) target += y.data[i * n + k] * vectors.data[a * n + k];
        const v = alpha[i] * Math.max(0, values[a]) + mu[i];
        dual[a] = target / v;
        action += 0.5 * (Math.log(v) + target * dual[a]);
        slope[a * n + a] += (0.5 * alpha[i]) / v;
      }
      for (let a = 0; a < n; a++)
        for (let b = 0; b < n; b++) slope[a * n + b] -= 0.5 * alpha[i] * dual[a] * dual[b];
    }
    const rotated = product(product(vectors.data, slope, n, true), vectors.data, n);
    const pull = product(rotated, factors[0], n).map((value) => 2 * value);
    let after = unit(n);
    const bySteps = steps.map((step, l) => {
      const result = product(product(factors[l + 1], pull, n, true), after, n, false, true);
      after = product(step, after, n);
      return result;
    });
    this.eachEntry((l, i, j, k) => {
      const freedom = this.widths[l] - i;
      const byEntry = bySteps[l][i * n + j] / Math.sqrt(this.widths[l]);
      if (i === j) {
        const square = Math.exp(2 * x[k]);
        action -= freedom * x[k] - 0.5 * square - (0.5 * freedom - 1) * Math.LN2 - logGamma(0.5 * freedom);
        gradient[k] = byEntry * Math.exp(x[k]) - freedom + square;
      } else {
        action += 0.5 * (x[k] * x[k] + Math.log(2 * Math.PI));
        gradient[k] = byEntry + x[k];
      }
      return 0;
    });
    return Number.isFinite(action) ? action : Number.POSITIVE_INFINITY;
  };

  /** What `MomentSum` takes, at a point. */
  sample(x: Float64Array, weight: number): OrderSample {
    const n = this.outputs;
    const { factors } = this.chain(x);
    const { values, vectors } = this.eigen(factors[0]);
    const roots = values.map((value) => Math.sqrt(Math.max(0, value)));
    const columns = new Float64Array(n * n);
    for (let a = 0; a < n; a++)
      for (let k = 0; k < n; k++) columns[k * n + a] = vectors.data[a * n + k] * roots[a];
    const lower = this.widths.map((_, l) => {
      const half = solveLower(factors[l], columns, n);
      return product(half, half, n, true);
    });
    const upper = factors.map((_, l) => {
      // S_{l+1}: that of the layers above l.
      const half = product(vectors.data, factors[Math.min(l, factors.length - 1)], n);
      return product(half, half, n, false, true);
    });
    return { weight, q: values.map((value) => Math.max(0, value)), vectors: vectors.data, lower, upper };
  }
}
