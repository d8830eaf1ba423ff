import type { Compute } from '../../numerics/compute.js';
import { type Matrix, mirrorLower, zeros } from '../../numerics/matrix.js';
import { addTo } from '../../numerics/vectors.js';
import type { OutputModes } from './orderParameter.js';

/**
 * Q with its layers, f | Q ~ N(0, Q⊗K'), in the basis in which Q (n×n) is diagonal; n×n matrices row by row.
 */
export interface OrderSample {
  readonly weight: number;
  /** eigenvalues of Q */
  readonly q: ArrayLike<number>;
  /** row a: eigenvector a of Q */
  readonly vectors: ArrayLike<number>;
  /** lower[l − 1] = Q^½ (Q_l ⋯ Q_L)⁻¹ Q^½ for l = 1 … L; for one output Q_1 ⋯ Q_{l−1} */
  readonly lower: readonly ArrayLike<number>[];
  /** upper[l] = Q_{l+1} ⋯ Q_L for l = 0 … L */
  readonly upper: readonly ArrayLike<number>[];
}

/** Posterior means over Q, in the modes of `OutputModes`: v_i = α_i Q + μ_i. */
export interface ModeMoments {
  /** E[(mmᵀ + S)/(Q_l ⋯ Q_L)] at l − 1 for l = 1 … L, m and S the mean and covariance of f at fixed Q; P×P */
  readonly fields: readonly Matrix[];
  /** E tr Q(Q_l ⋯ Q_L)⁻¹ at l − 1 for l = 1 … L */
  readonly shares: Float64Array;
  /** E[Q_{l+1} ⋯ Q_L (½ A⁻¹YYᵀA⁻¹ − ½ A⁻¹)] at l = 0 … L */
  readonly pulls: readonly Matrix[];
  /** E[y/v], P×n */
  readonly dual: Matrix;
  /** E[Qy/v], P×n */
  readonly coefficients: Matrix;
  /**
   * covariance over Q, mean over outputs, of (Qy/v, Σ_i o_i y_i/v_i), o the readout's bias in the modes;
   * (P+1)×(P+1)
   */
  readonly scatter: Matrix;
  /** means over outputs of E[Q²/v], E[Q/v], E[1/v], each P */
  readonly explained: readonly [Float64Array, Float64Array, Float64Array];
  /** E tr Q/n */
  readonly order: number;
}

const ROWS = 256;

/** Σ xxᵀ of many rows, in products of many at a time. */
class OuterSum {
  private readonly rows: Matrix;
  private used = 0;
  readonly sum: Matrix;

  constructor(
    size: number,
    private readonly compute: Compute,
  ) {
    this.rows = zeros(ROWS, size);
    this.sum = zeros(size);
  }

  /** A row of zeros to be filled. */
  next(): Float64Array {
    if (this.used === ROWS) this.flush();
    const { columns, data } = this.rows;
    return data.subarray(this.used * columns, ++this.used * columns);
  }

  flush(): Matrix {
    this.compute.algebra.syrk(this.rows, { transpose: true, beta: 1, into: this.sum, mirror: false });
    this.rows.data.fill(0);
    this.used = 0;
    return mirrorLower(this.sum);
  }
}

/** Lower triangular t with t tᵀ = a, n×n; pivots that are rounding become zero. */
function smallCholesky(a: ArrayLike<number>, n: number): Float64Array {
  const t = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i * n + j];
      for (let k = 0; k < j; k++) sum -= t[i * n + k] * t[j * n + k];
      if (i === j) t[i * n + i] = sum > 1e-15 * a[i * n + i] ? Math.sqrt(sum) : 0;
      else t[i * n + j] = t[j * n + j] > 0 ? sum / t[j * n + j] : 0;
    }
  }
  return t;
}

/** Adds weight · Σ_ab x_a s_ab x_bᵀ for vectors x_a over modes. */
function addForm(into: OuterSum, weight: number, s: ArrayLike<number>, x: readonly Float64Array[]): void {
  const n = x.length;
  const t = smallCholesky(s, n);
  for (let b = 0; b < n; b++) {
    const row = into.next();
    for (let a = b; a < n; a++) {
      const factor = Math.sqrt(weight) * t[a * n + b];
      for (let i = 0; i < row.length; i++) row[i] += factor * x[a][i];
    }
  }
}

/** Accumulates samples or nodes of p(Q|Y); weights add up to one. */
export class MomentSum {
  private readonly fields: OuterSum[];
  private readonly fieldDiagonals: Float64Array[];
  private readonly shares: Float64Array;
  private readonly pulls: OuterSum[];
  private readonly pullDiagonals: Float64Array[];
  private readonly scatter: OuterSum;
  private readonly shifted: Matrix;
  private readonly dual: Matrix;
  private readonly coefficients: Matrix;
  private readonly explained: [Float64Array, Float64Array, Float64Array];
  private order = 0;
  private centre: Matrix | undefined;

  /** @param bias o_i, the readout's bias in the modes
   *  @param layers L, or 0 where fields and pulls are not asked for and samples have none */
  constructor(
    private readonly modes: OutputModes,
    private readonly bias: Float64Array,
    layers: number,
    compute: Compute,
  ) {
    const p = modes.alpha.length;
    const n = modes.y.columns;
    const sums = (count: number) => Array.from({ length: count }, () => new OuterSum(p, compute));
    const diagonals = (count: number) => Array.from({ length: count }, () => new Float64Array(p));
    this.fields = sums(layers);
    this.fieldDiagonals = diagonals(layers);
    this.shares = new Float64Array(layers);
    this.pulls = sums(layers && layers + 1);
    this.pullDiagonals = diagonals(layers && layers + 1);
    this.scatter = new OuterSum(p + 1, compute);
    this.shifted = zeros(p + 1, n);
    this.dual = zeros(p, n);
    this.coefficients = zeros(p, n);
    this.explained = [new Float64Array(p), new Float64Array(p), new Float64Array(p)];
  }

  add({ weight, q, vectors, lower, upper }: OrderSample): void {
    const { alpha, mu, y } = this.modes;
    const [p, n] = [alpha.length, y.columns];
    const vectorsOver = () => Array.from({ length: n }, () => new Float64Array(p));
    const [half, dual] = [vectorsOver(), vectorsOver()];
    const coefficients = zeros(p + 1, n);
    for (let a = 0; a < n; a++) {
      this.order += (weight * q[a]) / n;
      lower.forEach((matrix, l) => {
        this.shares[l] += weight * matrix[a * n + a];
      });
      for (let i = 0; i < p; i++) {
        let target = 0;
        for (let k = 0; k < n; k++) target += y.data[i * n + k] * vectors[a * n + k];
        const v = alpha[i] * q[a] + mu[i];
        dual[a][i] = target / v;
        half[a][i] = (Math.sqrt(q[a]) * alpha[i] * target) / v;
        for (let k = 0; k < n; k++) {
          const share = dual[a][i] * vectors[a * n + k];
          this.dual.data[i * n + k] += weight * share;
          coefficients.data[i * n + k] += q[a] * share;
          coefficients.data[p * n + k] += this.bias[i] * share;
        }
        this.explained[0][i] += (weight * q[a] * (q[a] / v)) / n;
        this.explained[1][i] += (weight * q[a]) / v / n;
        this.explained[2][i] += weight / v / n;
        lower.forEach((matrix, l) => {
          this.fieldDiagonals[l][i] += weight * matrix[a * n + a] * ((alpha[i] * mu[i]) / v);
        });
        upper.forEach((matrix, l) => {
          this.pullDiagonals[l][i] -= (0.5 * weight * matrix[a * n + a]) / v;
        });
      }
    }
    lower.forEach((matrix, l) => {
      addForm(this.fields[l], weight, matrix, half);
    });
    upper.forEach((matrix, l) => {
      addForm(this.pulls[l], 0.5 * weight, matrix, dual);
    });
    this.addScatter(weight, coefficients);
  }

  /** Relative to the first sample, so that squares do not cancel. */
  private addScatter(weight: number, coefficients: Matrix): void {
    const { rows, columns: n, data } = coefficients;
    this.centre ??= coefficients;
    for (let k = 0; k < n; k++) {
      const row = this.scatter.next();
      const scale = Math.sqrt(weight / n);
      for (let i = 0; i < rows; i++) {
        const difference = data[i * n + k] - this.centre.data[i * n + k];
        row[i] = scale * difference;
        this.shifted.data[i * n + k] += weight * difference;
        if (i < rows - 1) this.coefficients.data[i * n + k] += weight * data[i * n + k];
      }
    }
  }

  finish(): ModeMoments {
    const withDiagonal = (sum: OuterSum, extra: Float64Array): Matrix => {
      const matrix = sum.flush();
      for (let i = 0; i < extra.length; i++) matrix.data[i * extra.length + i] += extra[i];
      return matrix;
    };
    const scatter = this.scatter.flush();
    const { rows, columns: n, data } = this.shifted;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < rows; j++) {
        for (let k = 0; k < n; k++) scatter.data[i * rows + j] -= (data[i * n + k] * data[j * n + k]) / n;
      }
    }
    return {
      fields: this.fields.map((sum, l) => withDiagonal(sum, this.fieldDiagonals[l])),
      shares: this.shares,
      pulls: this.pulls.map((sum, l) => withDiagonal(sum, this.pullDiagonals[l])),
      dual: this.dual,
      coefficients: this.coefficients,
      scatter,
      explained: this.explained,
      order: this.order,
    };
  }
}

/** Moments of several groups together; `masses` are their shares. */
export function combinedMoments(
  groups: readonly ModeMoments[],
  masses: readonly number[],
  bias: Float64Array,
): ModeMoments {
  const sum = <T extends Float64Array>(pick: (moments: ModeMoments) => T): Float64Array => {
    const total = new Float64Array(pick(groups[0]).length);
    groups.forEach((moments, g) => {
      addTo(total, masses[g], pick(moments));
    });
    return total;
  };
  const matrix = (pick: (moments: ModeMoments) => Matrix): Matrix => ({
    ...pick(groups[0]),
    data: sum((each) => pick(each).data),
  });
  const [coefficients, dual] = [matrix((each) => each.coefficients), matrix((each) => each.dual)];
  const scatter = matrix((each) => each.scatter);
  const { rows: p, columns: n } = coefficients;
  groups.forEach((group, g) => {
    for (let k = 0; k < n; k++) {
      const difference = new Float64Array(p + 1);
      for (let i = 0; i < p; i++) {
        difference[i] = group.coefficients.data[i * n + k] - coefficients.data[i * n + k];
        difference[p] += bias[i] * (group.dual.data[i * n + k] - dual.data[i * n + k]);
      }
      for (let i = 0; i <= p; i++) {
        addTo(
          scatter.data.subarray(i * (p + 1), (i + 1) * (p + 1)),
          (masses[g] * difference[i]) / n,
          difference,
        );
      }
    }
  });
  return {
    fields: groups[0].fields.map((_, l) => matrix((each) => each.fields[l])),
    shares: sum((each) => each.shares),
    pulls: groups[0].pulls.map((_, l) => matrix((each) => each.pulls[l])),
    dual,
    coefficients,
    scatter,
    explained: [
      sum((each) => each.explained[0]),
      sum((each) => each.explained[1]),
      sum((each) => each.explained[2]),
    ],
    order: groups.reduce((total, { order }, g) => total + masses[g] * order, 0),
  };
}
