import type { Activation } from '../activations/activation.js';
import { NotPositiveDefiniteError } from '../numerics/errors.js';
import { choleskySolve, type LinearAlgebra, logDeterminant } from '../numerics/linearAlgebra.js';
import { addToDiagonal, inner, type Matrix, release, transpose, zeros } from '../numerics/matrix.js';
import { HiddenLayers, layerKernel } from './pass.js';
import type { NetworkPotential, Observation, Outputs } from './potential.js';
import { layersOf, type NetworkShape, parameterCount } from './weights.js';

/**
 * The likelihood of the hidden weights with the readout integrated out (theory §9): given the hidden layers, outputs are Gaussian with
 * covariance C⁽ᴸ⁾ = (g_L/N_L) φφᵀ + β_L, so that
 *
 *     U(θ) = ½ tr Yᵀ A⁻¹ Y + (n/2) ln det A,    A = C⁽ᴸ⁾ + κ
 *
 * up to a constant. The gradient is a reverse pass by hand, seeded by dU/dC⁽ᴸ⁾ = ½(n A⁻¹ − A⁻¹YYᵀA⁻¹).
 */
export class MarginalPotential implements NetworkPotential {
  readonly size: number;
  private readonly hidden: HiddenLayers;
  private readonly output: Matrix;
  private observed: { readonly phi: Matrix; readonly factor: Matrix; readonly dual: Matrix } | undefined;

  constructor(
    private readonly shape: NetworkShape,
    activation: Activation,
    x: Matrix,
    private readonly y: Matrix,
    private readonly noiseVariance: number,
    private readonly algebra: LinearAlgebra,
  ) {
    this.size = parameterCount(shape);
    this.hidden = new HiddenLayers(shape, activation, x, algebra);
    this.output = zeros(y.rows, y.columns);
  }

  /** g_L/N_L and β_L */
  private get top(): readonly [scale: number, beta: number] {
    const { gains, widths, biasVariance } = this.shape;
    return [gains[widths.length] / widths[widths.length - 1], biasVariance[widths.length]];
  }

  /** Cholesky factor of A, and A⁻¹Y. */
  private solve(phi: Matrix): { factor: Matrix; dual: Matrix } {
    const [scale, beta] = this.top;
    const kernel = layerKernel(phi, scale * phi.columns, beta, this.algebra);
    const factor = this.algebra.cholesky(addToDiagonal(kernel, this.noiseVariance));
    return { factor, dual: choleskySolve(this.algebra, factor, this.y) };
  }

  evaluate(parameters: Float64Array, gradient: Float64Array): number {
    const { algebra, shape, y } = this;
    const layers = layersOf(shape, parameters);
    const { phi } = this.hidden.forward(layers);
    const last = phi[phi.length - 1];
    try {
      const { factor, dual } = this.solve(last);
      const energy = 0.5 * (inner(dual, y) + y.columns * logDeterminant(factor));
      const inverse = algebra.choleskyInverse(factor);
      algebra.syrk(dual, { alpha: -0.5, beta: 0.5 * y.columns, into: inverse });
      algebra.gemm(inverse, last, { alpha: 2 * this.top[0], into: this.hidden.deltas[phi.length - 1] });
      release(inverse, factor, dual);
      this.hidden.backward(layers, layersOf(shape, gradient));
      return energy;
    } catch (error) {
      if (error instanceof NotPositiveDefiniteError) return Number.POSITIVE_INFINITY;
      throw error;
    }
  }

  /** Output on the training points: C⁽ᴸ⁾A⁻¹Y = Y − κA⁻¹Y. */
  observe(parameters: Float64Array): Observation {
    const pass = this.hidden.forward(layersOf(this.shape, parameters));
    const phi = pass.phi[pass.phi.length - 1];
    release(this.observed?.factor);
    this.observed = { phi, ...this.solve(phi) };
    const { data } = this.observed.dual;
    for (let i = 0; i < data.length; i++) this.output.data[i] = this.y.data[i] - this.noiseVariance * data[i];
    return { pass, output: this.output };
  }

  /** A Gaussian process given the hidden layers: mean C_*A⁻¹Y, variance C_** − C_*A⁻¹C_*ᵀ. */
  outputs(_: Float64Array, fresh: Matrix): Outputs {
    if (!this.observed) throw new Error('observe a network before asking for its outputs');
    const { phi, factor, dual } = this.observed;
    const [scale, beta] = this.top;
    const cross = this.algebra.gemm(fresh, phi, { transposeB: true, alpha: scale });
    for (let i = 0; i < cross.data.length; i++) cross.data[i] += beta;
    const mean = this.algebra.gemm(cross, dual);
    const whitened = this.algebra.solveTriangular(factor, transpose(cross));
    release(cross);
    const variance = new Float64Array(fresh.rows);
    for (let t = 0; t < fresh.rows; t++) {
      let own = beta;
      for (let i = t * fresh.columns; i < (t + 1) * fresh.columns; i++) own += scale * fresh.data[i] ** 2;
      for (let i = t; i < whitened.data.length; i += whitened.columns) own -= whitened.data[i] ** 2;
      variance[t] = Math.max(0, own);
    }
    return { mean, variance };
  }
}
