import type { CrossCovariance } from '../activations/operators/cross.js';
import { InputError } from '../numerics/errors.js';
import { type LinearAlgebra, logDeterminant } from '../numerics/linearAlgebra.js';
import { addScaled, copy, inner, type Matrix, transpose, zeros } from '../numerics/matrix.js';
import { averagedSoftmax } from './averagedSoftmax.js';
import type { OutputGiven, OutputPrediction } from './likelihood.js';
import { Sites } from './sites.js';
import { softmaxRows } from './softmaxRows.js';

/** Largest |a − (y − π)| at the mode, where the two are equal. */
const TOLERANCE = 1e-11;
const ROUNDING = 1e-7;
const MOST_STEPS = 200;
const MOST_HALVINGS = 40;

/** Column c of a matrix. */
const column = ({ rows, columns, data }: Matrix, c: number): Matrix => ({
  rows,
  columns: 1,
  data: Float64Array.from({ length: rows }, (_, i) => data[i * columns + c]),
});

function setColumn(a: Matrix, c: number, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) a.data[i * a.columns + c] = values[i];
}

/** Outputs f = Ca of all classes with their probabilities. */
interface Place {
  /** P×n */
  readonly a: Matrix;
  readonly f: Matrix;
  readonly probabilities: Matrix;
  /** y − π, P×n */
  readonly slope: Matrix;
  /** ln p(Y|f) − ½ tr aᵀCa */
  readonly height: number;
}

/**
 * What of the curvature does not depend on the class: E_c = (C + 1/π_c)⁻¹ and the Cholesky factor of ΣE_c.
 */
interface Curvature {
  readonly sites: readonly Sites[];
  readonly lower: Matrix;
}

/**
 * Laplace's approximation for a softmax likelihood: the most probable outputs f = Ca, a = y − π(f), and the
 * curvature W = −∇∇ ln p(Y|f) there, a Gaussian for the outputs (Williams and Barber 1998; Rasmussen and
 * Williams 2006, algorithms 3.3 and 3.4). W = diag π − ππᵀ at every point, so that with E_c = (C + 1/π_c)⁻¹
 * the inverse (W⁻¹ + C)⁻¹ has the blocks R_cc' = δ_cc' E_c − E_c (ΣE)⁻¹ E_c', and
 *
 * ln p(Y|C) ≈ ln p(Y|f) − ½ tr aᵀCa − ½ Σ_c ln det(1 + √π_c C √π_c) − ½ ln det ΣE
 */
export class SoftmaxMode implements OutputGiven {
  private readonly place: Place;
  private readonly curvature: Curvature;
  /** L⁻¹E_c, so that R_cc' = δ_cc' E_c − H_cᵀH_c' */
  private readonly shares: readonly Matrix[];

  /** @param classes of every point, of `count` */
  constructor(
    private readonly kernel: Matrix,
    private readonly classes: Int32Array,
    private readonly count: number,
    private readonly algebra: LinearAlgebra,
  ) {
    let place = this.at(zeros(classes.length, count));
    for (let step = 0, last = Number.POSITIVE_INFINITY; ; step++) {
      const distance = place.a.data.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - place.slope.data[i])),
        0,
      );
      // Rounding of large kernels may be above the tolerance.
      if (distance < TOLERANCE || (distance < ROUNDING && distance > 0.5 * last)) break;
      const next = step < MOST_STEPS ? this.climb(place, this.newton(place)) : undefined;
      if (!next)
        throw new InputError(
          'likelihood: the most probable outputs are not found; lower weightVariance, or scale X',
        );
      place = next;
      last = distance;
    }
    this.place = place;
    this.curvature = this.curvatureAt(place.probabilities, place.slope);
    this.shares = this.curvature.sites.map((sites) =>
      algebra.solveTriangular(this.curvature.lower, sites.inverse()),
    );
  }

  private at(a: Matrix): Place {
    const f = this.algebra.gemm(this.kernel, a);
    const probabilities = zeros(a.rows, a.columns);
    let height = -0.5 * inner(a, f) - softmaxRows(f, probabilities);
    const slope = zeros(a.rows, a.columns);
    for (let k = 0; k < slope.data.length; k++) slope.data[k] = -probabilities.data[k];
    this.classes.forEach((c, i) => {
      height += f.data[i * this.count + c];
      slope.data[i * this.count + c] += 1;
    });
    return { a, f, probabilities, slope, height };
  }

  private curvatureAt(probabilities: Matrix, shift: Matrix): Curvature {
    const { kernel, algebra, count } = this;
    const sites = Array.from(
      { length: count },
      (_, c) => new Sites(kernel, column(probabilities, c).data, column(shift, c), algebra),
    );
    const sum = zeros(kernel.rows);
    for (const each of sites) addScaled(sum, 1, each.inverse());
    return { sites, lower: algebra.cholesky(sum) };
  }

  /** a of Newton's step: (C + W⁻¹)⁻¹(f + W⁻¹(y − π)), by b = Wf + y − π. */
  private newton({ f, probabilities, slope }: Place): Matrix {
    const { algebra, count } = this;
    const b = copy(slope);
    for (let i = 0; i < f.rows; i++) {
      const from = i * count;
      let mean = 0;
      for (let c = 0; c < count; c++) mean += probabilities.data[from + c] * f.data[from + c];
      for (let c = 0; c < count; c++)
        b.data[from + c] += probabilities.data[from + c] * (f.data[from + c] - mean);
    }
    const { sites, lower } = this.curvatureAt(probabilities, b);
    const rest = zeros(f.rows, 1);
    for (const { shift, dual } of sites) addScaled(addScaled(rest, 1, shift), -1, dual);
    algebra.solveTriangular(lower, rest);
    algebra.solveTriangular(lower, rest, { transpose: true });
    const a = zeros(f.rows, count);
    sites.forEach((each, c) => {
      setColumn(a, c, addScaled(copy(each.dual), 1, each.solve(rest)).data);
    });
    return a;
  }

  /** The longest part of a step that climbs, to rounding; nothing where there is none. */
  private climb(from: Place, to: Matrix): Place | undefined {
    for (let k = 0, part = 1; k < MOST_HALVINGS; k++, part /= 2) {
      const a = copy(from.a);
      for (let i = 0; i < a.data.length; i++) a.data[i] += part * (to.data[i] - a.data[i]);
      const place = this.at(a);
      if (place.height >= from.height - 1e-13 * Math.abs(from.height)) return place;
    }
    return undefined;
  }

  logEvidence(): number {
    const { sites, lower } = this.curvature;
    const determinants = sites.reduce((sum, each) => sum + each.logDeterminant(), logDeterminant(lower));
    return this.place.height - 0.5 * determinants;
  }

  /** a = y − π at the mode, P×n */
  get dual(): Matrix {
    return this.place.a;
  }

  /** The most probable outputs, P×n. */
  trainMean(): Matrix {
    return this.place.f;
  }

  /**
   * Covariance of the outputs at points with these covariances with the training points, point by point: T ×
   * n².
   */
  private covariances({ cross, own }: CrossCovariance): Matrix {
    const { algebra, count, shares, curvature } = this;
    const across = transpose(cross);
    const moved = shares.map((share) => algebra.gemm(share, across));
    const covariances = zeros(cross.rows, count * count);
    curvature.sites.forEach((sites, c) => {
      const { variance } = sites.predict({ cross, own });
      for (let d = 0; d <= c; d++) {
        const sums = c === d ? variance : new Float64Array(cross.rows);
        for (let k = 0; k < across.data.length; k++)
          sums[k % cross.rows] += moved[c].data[k] * moved[d].data[k];
        setColumn(covariances, c * count + d, sums);
        setColumn(covariances, d * count + c, sums);
      }
    });
    return covariances;
  }

  /** Variances are means over outputs; probabilities take all of their covariance. */
  predict(rows: CrossCovariance): OutputPrediction {
    const { count } = this;
    const mean = this.algebra.gemm(rows.cross, this.place.a);
    const covariances = this.covariances(rows);
    const probabilities = zeros(mean.rows, count);
    const variance = new Float64Array(mean.rows);
    for (let t = 0; t < mean.rows; t++) {
      const covariance = covariances.data.subarray(t * count * count, (t + 1) * count * count);
      for (let c = 0; c < count; c++) variance[t] += covariance[c * (count + 1)] / count;
      const average = averagedSoftmax(mean.data.subarray(t * count, (t + 1) * count), covariance);
      probabilities.data.set(average, t * count);
    }
    return { mean, variance, probabilities };
  }

  /**
   * C̃ = ½ Σ_c (a_c a_cᵀ − R_cc) + sym Σ_c u_c a_cᵀ: what C does at fixed f, and by moving f, with u = (1 +
   * WC)⁻¹s and s the derivative of −½ ln det(1 + CW) in f.
   */
  conjugate(): Matrix {
    const { algebra, place, shares, curvature } = this;
    const s = this.curvatureSlope();
    const moved = algebra.gemm(this.kernel, s);
    const common = zeros(s.rows, 1);
    for (const [c, share] of shares.entries()) addScaled(common, 1, algebra.gemm(share, column(moved, c)));
    const u = copy(s);
    curvature.sites.forEach((sites, c) => {
      const change = sites.solve(column(moved, c));
      algebra.gemm(shares[c], common, { transposeA: true, alpha: -1, beta: 1, into: change });
      setColumn(u, c, addScaled(column(s, c), -1, change).data);
    });
    const conjugate = zeros(s.rows);
    curvature.sites.forEach((sites, c) => {
      addScaled(conjugate, -0.5, sites.inverse());
      algebra.syrk(shares[c], { transpose: true, alpha: 0.5, beta: 1, into: conjugate });
    });
    // uaᵀ + auᵀ = (a + u)(a + u)ᵀ − aaᵀ − uuᵀ
    algebra.syrk(addScaled(copy(place.a), 1, u), { alpha: 0.5, beta: 1, into: conjugate });
    return algebra.syrk(u, { alpha: -0.5, beta: 1, into: conjugate });
  }

  /** s_c = −½ tr Σ ∂W/∂f_c at every point, Σ the covariance of its outputs, P×n. */
  private curvatureSlope(): Matrix {
    const { kernel, count, place } = this;
    const own = Float64Array.from({ length: kernel.rows }, (_, i) => kernel.data[i * (kernel.rows + 1)]);
    const covariances = this.covariances({ cross: kernel, own });
    const s = zeros(kernel.rows, count);
    for (let i = 0; i < kernel.rows; i++) {
      const pi = place.probabilities.data.subarray(i * count, (i + 1) * count);
      const sigma = covariances.data.subarray(i * count * count, (i + 1) * count * count);
      const weighted = Float64Array.from(pi, (_, c) =>
        pi.reduce((sum, p, d) => sum + sigma[c * count + d] * p, 0),
      );
      const spread = pi.reduce((sum, p, c) => sum + p * sigma[c * (count + 1)], 0);
      const twice = pi.reduce((sum, p, c) => sum + p * weighted[c], 0);
      for (let c = 0; c < count; c++)
        s.data[i * count + c] =
          -0.5 * pi[c] * (sigma[c * (count + 1)] - spread - 2 * weighted[c] + 2 * twice);
    }
    return s;
  }
}
