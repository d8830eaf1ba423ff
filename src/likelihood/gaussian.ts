import type { CrossCovariance } from '../activations/operators/cross.js';
import { InputError } from '../numerics/errors.js';
import { choleskySolve, type LinearAlgebra, logDeterminant } from '../numerics/linearAlgebra.js';
import {
  addScaled,
  addToDiagonal,
  copy,
  inner,
  type Matrix,
  release,
  transpose,
} from '../numerics/matrix.js';
import type { Problem } from '../problem/problem.js';
import type { IntegrableLikelihood, OutputGiven } from './likelihood.js';

/**
 * Outputs under Gaussian noise, given their kernel: with A = C + κ a Gaussian of mean C_*A⁻¹Y and variance
 * C_** − C_*A⁻¹C_*ᵀ.
 */
export class GaussianOutput implements OutputGiven {
  constructor(
    /** Cholesky factor of A, P×P */
    readonly factor: Matrix,
    /** a = A⁻¹Y, P×n */
    readonly dual: Matrix,
    private readonly y: Matrix,
    private readonly noiseVariance: number,
    private readonly algebra: LinearAlgebra,
  ) {}

  /** ½ [tr YᵀA⁻¹Y + n ln det A]: −ln p(Y|C) up to a constant */
  energy(): number {
    return 0.5 * (inner(this.dual, this.y) + this.y.columns * logDeterminant(this.factor));
  }

  trainMean(): Matrix {
    // CA⁻¹Y = Y − κA⁻¹Y
    return addScaled(copy(this.y), -this.noiseVariance, this.dual);
  }

  predict({ cross, own }: CrossCovariance): { mean: Matrix; variance: Float64Array } {
    const mean = this.algebra.gemm(cross, this.dual);
    // C_* A⁻¹ C_*ᵀ = ‖L⁻¹ C_*ᵀ‖² point by point.
    const { rows, columns, data } = this.algebra.solveTriangular(this.factor, transpose(cross));
    const variance = own.map((value, t) => {
      let explained = 0;
      for (let i = 0; i < rows; i++) explained += data[i * columns + t] ** 2;
      return Math.max(0, value - explained);
    });
    return { mean, variance };
  }
}

/**
 * Y = f + noise of variance κ, independent for all points and outputs: with A = C + κ
 *
 *     ln p(Y|C) = ln N(Y | 0, A),    C̃ = ½ A⁻¹YYᵀA⁻¹ − (n/2) A⁻¹,    −ln p(Y|f) = ‖Y − f‖²/(2κ) + …
 */
export class GaussianLikelihood implements IntegrableLikelihood {
  readonly name = 'gaussian';

  /** @param y P×n */
  constructor(
    readonly y: Matrix,
    private readonly noiseVariance: number,
  ) {}

  given(kernel: Matrix, algebra: LinearAlgebra): GaussianOutput {
    const factor = algebra.cholesky(addToDiagonal(copy(kernel), this.noiseVariance));
    return new GaussianOutput(
      factor,
      choleskySolve(algebra, factor, this.y),
      this.y,
      this.noiseVariance,
      algebra,
    );
  }

  logEvidence(kernel: Matrix, algebra: LinearAlgebra): number {
    const output = this.given(kernel, algebra);
    const logEvidence = -(output.energy() + 0.5 * this.y.data.length * Math.log(2 * Math.PI));
    release(output.factor);
    return logEvidence;
  }

  conjugate(kernel: Matrix, algebra: LinearAlgebra): Matrix {
    return this.slope(this.given(kernel, algebra), algebra, 0.5);
  }

  marginalEnergy(kernel: Matrix, algebra: LinearAlgebra): { energy: number; gradient: Matrix } {
    const output = this.given(kernel, algebra);
    const energy = output.energy();
    return { energy, gradient: this.slope(output, algebra, -0.5) };
  }

  /** sign · [A⁻¹YYᵀA⁻¹ − n A⁻¹] */
  private slope({ factor, dual }: GaussianOutput, algebra: LinearAlgebra, sign: number): Matrix {
    const inverse = algebra.choleskyInverse(factor);
    algebra.syrk(dual, { alpha: sign, beta: -sign * this.y.columns, into: inverse });
    release(factor, dual);
    return inverse;
  }

  energy(output: Matrix, gradient: Matrix): number {
    let energy = 0;
    for (let i = 0; i < output.data.length; i++) {
      const difference = output.data[i] - this.y.data[i];
      energy += (difference * difference) / (2 * this.noiseVariance);
      gradient.data[i] = difference / this.noiseVariance;
    }
    return energy;
  }
}

/**
 * The likelihood of a problem's targets, Y = f + noise of variance κ: ln N(Y | 0, C + κ) and what follows
 * from it (theory §4), for what treats Gaussian noise alone.
 * @param problem targets, P×n, and noise variance κ
 * @throws InputError for another likelihood
 */
export function gaussianOf({ data, noiseVariance, likelihood = 'gaussian' }: Problem): GaussianLikelihood {
  if (likelihood !== 'gaussian')
    throw new InputError(
      `likelihood: "${likelihood}" is not treated here, Gaussian noise alone is; nngp, linearResponse and sampled do`,
    );
  return new GaussianLikelihood(data.y, noiseVariance);
}
