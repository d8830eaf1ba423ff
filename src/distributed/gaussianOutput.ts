import { NotPositiveDefiniteError } from '../numerics/errors.js';
import { addScaled, block, copy, inner, type Matrix, zeros } from '../numerics/matrix.js';
import { integer, letter, real } from '../numerics/native/koffi.js';
import type { TestPrediction } from '../posterior/predict.js';
import type { Problem } from '../problem/problem.js';
import { type DistributedMatrix, distributedZeros, rowsAt } from './distributedMatrix.js';
import { type LowerKernel, type newRows, onDiagonal } from './lowerKernel.js';
import type { ProcessGrid } from './processGrid.js';

const [LEFT, NO, TRANSPOSED] = ['L', 'N', 'T'].map(letter);
/** Our lower triangle, which is the upper one of the transpose that ScaLAPACK sees. */
const UPPER = letter('U');
/** All of a distributed matrix: it begins at its first row and column. */
const WHOLE = integer(1);

/** The arguments that a distributed matrix is to ScaLAPACK, all of it. */
const wholeOf = ({ local, descriptor }: DistributedMatrix) => [local.data, WHOLE, WHOLE, descriptor] as const;

/** New points at once: enough for products of blocks, few beside the training points. */
export const POINTS_AT_ONCE = 1024;

/**
 * Outputs under Gaussian noise, as `GaussianOutput`: with A = C + κ a Gaussian of mean C_*A⁻¹Y and variance
 * C_** − C_*A⁻¹C_*ᵀ, and A's Cholesky factor on all processes together.
 */
export class DistributedOutput {
  /** A⁻¹Y, P×n, on every process */
  readonly dual: Matrix;
  /** ln N(Y|0, A) */
  readonly logEvidence: number;

  /**
   * @param kernel C, which becomes the factor in its place
   * @throws NotPositiveDefiniteError, on all processes
   */
  constructor(
    private readonly grid: ProcessGrid,
    private readonly problem: Problem,
    kernel: LowerKernel,
  ) {
    this.factor = kernel.matrix;
    const { y } = problem.data;
    const logDeterminant = this.factorise();
    this.dual = this.solve(y);
    const energy = 0.5 * (inner(this.dual, y) + y.columns * logDeterminant);
    this.logEvidence = -(energy + 0.5 * y.data.length * Math.log(2 * Math.PI));
  }

  private readonly factor: DistributedMatrix;

  /** @returns ln det A */
  private factorise(): number {
    const { local, height } = this.factor;
    onDiagonal(this.factor, (at) => {
      local.data[at] += this.problem.noiseVariance;
    });
    const info = integer(0);
    this.grid.scalapack('pdpotrf_')(UPPER, integer(height), ...wholeOf(this.factor), info);
    if (info[0] > 0)
      throw new NotPositiveDefiniteError(`the leading minor of order ${info[0]} is not positive`);
    const sum = new Float64Array(1);
    onDiagonal(this.factor, (at) => {
      sum[0] += 2 * Math.log(local.data[at]);
    });
    if (Number.isNaN(this.grid.sum(sum)[0]))
      throw new NotPositiveDefiniteError('the matrix has entries that are no numbers');
    return sum[0];
  }

  /** A⁻¹Y, gathered */
  private solve(y: Matrix): Matrix {
    const { grid, factor } = this;
    const right = distributedZeros(grid, y.columns, y.rows);
    const { rows, columns, local } = right;
    const each = (visit: (at: number, entry: number) => void) => {
      rows.forEach((k, t) => {
        for (let j = 0; j < columns.length; j++) visit(t * columns.length + j, columns[j] * y.columns + k);
      });
    };
    each((at, entry) => {
      local.data[at] = y.data[entry];
    });
    grid.scalapack('pdpotrs_')(
      UPPER,
      integer(y.rows),
      integer(y.columns),
      ...wholeOf(factor),
      ...wholeOf(right),
      integer(0),
    );
    const dual = zeros(y.rows, y.columns);
    each((at, entry) => {
      dual.data[entry] = local.data[at];
    });
    grid.sum(dual.data);
    return dual;
  }

  /** CA⁻¹Y = Y − κA⁻¹Y, P×n */
  trainMean(): Matrix {
    return addScaled(copy(this.problem.data.y), -this.problem.noiseVariance, this.dual);
  }

  /**
   * At new points, T×D, a number of them after the other.
   * @param rowsOf covariances of new points with the training points whose columns are here, and variances
   */
  predict(
    xNew: Matrix,
    rowsOf: (columns: Int32Array, x: Matrix) => ReturnType<typeof newRows>,
  ): TestPrediction {
    const mean = zeros(xNew.rows, this.dual.columns);
    const variance = new Float64Array(xNew.rows);
    for (let from = 0; from < xNew.rows; from += POINTS_AT_ONCE) {
      const to = Math.min(xNew.rows, from + POINTS_AT_ONCE);
      const n = this.dual.columns;
      this.add(
        block(xNew, [from, to], [0, xNew.columns]),
        rowsOf,
        mean.data.subarray(from * n, to * n),
        variance.subarray(from, to),
      );
    }
    this.grid.sum(mean.data);
    this.grid.sum(variance);
    return { mean, variance: variance.map((value) => Math.max(0, value)) };
  }

  /** Adds what this process knows: C_*A⁻¹Y, and C_** less ‖L⁻¹C_*ᵀ‖² point by point. */
  private add(
    x: Matrix,
    rowsOf: (columns: Int32Array, x: Matrix) => ReturnType<typeof newRows>,
    mean: Float64Array,
    variance: Float64Array,
  ): void {
    const { grid, factor, dual } = this;
    const right = distributedZeros(grid, x.rows, factor.height);
    const { rows, columns, local } = right;
    const { cross, own } = grid.together(() => rowsOf(columns, rowsAt(x, rows)));
    const [n, width] = [dual.columns, columns.length];
    local.data.set(cross.data);
    rows.forEach((point, t) => {
      // Other processes have other columns of the same points.
      if (grid.across.at === 0) variance[point] += own[t];
      for (let j = 0; j < width; j++)
        for (let k = 0; k < n; k++)
          mean[point * n + k] += cross.data[t * width + j] * dual.data[columns[j] * n + k];
    });
    grid.scalapack('pdtrsm_')(
      LEFT,
      UPPER,
      TRANSPOSED,
      NO,
      integer(factor.height),
      integer(x.rows),
      real(1),
      ...wholeOf(factor),
      ...wholeOf(right),
    );
    rows.forEach((point, t) => {
      for (let j = t * width; j < (t + 1) * width; j++) variance[point] -= local.data[j] ** 2;
    });
  }
}
