import type { Activation } from '../activations/activation.js';
import { choleskySolve, type LinearAlgebra, logDeterminant } from '../numerics/linearAlgebra.js';
import { inner, type Matrix, release, zeros } from '../numerics/matrix.js';
import { type LayerWeights, layersOf, type NetworkShape } from './weights.js';

/** What a forward pass leaves behind. */
export interface Pass {
  /** pre-activations h⁽⁰⁾ … h⁽ᴸ⁻¹⁾ and φ of them, points × N each */
  readonly h: Matrix[];
  readonly phi: Matrix[];
}

/**
 * The posterior of the hidden weights with the readout integrated out (theory §9): given the hidden layers, outputs are Gaussian with
 * covariance C⁽ᴸ⁾ = (g_L/N_L) φφᵀ + β_L, so that
 *
 *     U(θ) = ½ tr Yᵀ A⁻¹ Y + (n/2) ln det A + ½ |θ|²,    A = C⁽ᴸ⁾ + κ
 *
 * up to a constant. Parameters are whitened. The gradient is a reverse pass by hand, seeded by dU/dC⁽ᴸ⁾ = ½(n A⁻¹ − A⁻¹YYᵀA⁻¹).
 * Nothing of the size of weights or activations is allocated after the first call.
 */
export class MarginalPotential {
  private readonly pass: Pass;
  private readonly deltas: Matrix[];
  private readonly slope: Float64Array;

  constructor(
    readonly shape: NetworkShape,
    private readonly activation: Activation,
    private readonly x: Matrix,
    private readonly y: Matrix,
    private readonly noiseVariance: number,
    private readonly algebra: LinearAlgebra,
  ) {
    const { widths } = shape;
    this.pass = newPass(x.rows, widths);
    this.deltas = widths.map((width) => zeros(x.rows, width));
    this.slope = new Float64Array(x.rows * Math.max(...widths));
  }

  /** The hidden layers of the training points; overwritten by the next call. */
  passAt(parameters: Float64Array): Pass {
    forward(this.shape, layersOf(this.shape, parameters), this.activation, this.x, this.algebra, this.pass);
    return this.pass;
  }

  /** U(θ); its gradient goes into `gradient`. +∞ where A cannot be factorised. */
  evaluate(parameters: Float64Array, gradient: Float64Array): number {
    const { algebra, shape, pass, y } = this;
    const layers = layersOf(shape, parameters);
    forward(shape, layers, this.activation, this.x, algebra, pass);
    const top = shape.widths.length;
    const phi = pass.phi[top - 1];
    const scale = shape.gains[top] / shape.widths[top - 1];
    const kernel = outputKernel(shape, phi, algebra);
    for (let i = 0; i < kernel.rows; i++) kernel.data[i * kernel.columns + i] += this.noiseVariance;
    let factor: Matrix;
    try {
      factor = algebra.cholesky(kernel);
    } catch {
      return Number.POSITIVE_INFINITY;
    }
    const dual = choleskySolve(algebra, factor, y);
    let energy = 0.5 * (inner(dual, y) + y.columns * logDeterminant(factor));
    const inverse = algebra.choleskyInverse(factor);
    algebra.syrk(dual, { alpha: -0.5, beta: 0.5 * y.columns, into: inverse });
    algebra.gemm(inverse, phi, { alpha: 2 * scale, into: this.deltas[top - 1] });
    release(inverse, factor, dual);
    this.backward(layers, layersOf(shape, gradient));
    for (let i = 0; i < parameters.length; i++) {
      energy += 0.5 * parameters[i] * parameters[i];
      gradient[i] += parameters[i];
    }
    return energy;
  }

  /** dU/dθ of the likelihood, from dU/dφ of the last layer in `deltas`. */
  private backward(layers: readonly LayerWeights[], gradients: readonly LayerWeights[]): void {
    const { algebra, shape, pass, deltas, x } = this;
    for (let l = layers.length - 1; l >= 0; l--) {
      const delta = deltas[l];
      const slope = this.slope.subarray(0, delta.data.length);
      this.activation.derivative(pass.h[l].data, slope);
      for (let i = 0; i < slope.length; i++) delta.data[i] *= slope[i];
      const root = Math.sqrt(shape.gains[l] / layers[l].weights.columns);
      algebra.gemm(delta, l === 0 ? x : pass.phi[l - 1], { transposeA: true, alpha: root, into: gradients[l].weights });
      columnSums(delta, Math.sqrt(shape.biasVariance[l]), gradients[l].bias);
      if (l > 0) algebra.gemm(delta, layers[l].weights, { alpha: root, into: deltas[l - 1] });
    }
  }
}

export const newPass = (points: number, widths: readonly number[]): Pass => ({
  h: widths.map((width) => zeros(points, width)),
  phi: widths.map((width) => zeros(points, width)),
});

/** h⁽ˡ⁾ = √(g_l/N_l) φ(h⁽ˡ⁻¹⁾) Wᵀ + √β_l b of all hidden layers. */
export function forward(
  { gains, biasVariance }: NetworkShape,
  layers: readonly LayerWeights[],
  activation: Activation,
  x: Matrix,
  algebra: LinearAlgebra,
  { h, phi }: Pass,
): void {
  layers.forEach(({ weights, bias }, l) => {
    const root = Math.sqrt(gains[l] / weights.columns);
    algebra.gemm(l === 0 ? x : phi[l - 1], weights, { transposeB: true, alpha: root, into: h[l] });
    const shift = Math.sqrt(biasVariance[l]);
    if (shift > 0) {
      const { data, columns } = h[l];
      for (let i = 0; i < data.length; i++) data[i] += shift * bias[i % columns];
    }
    activation.value(h[l].data, phi[l].data);
  });
}

/** C⁽ᴸ⁾ = (g_L/N_L) φφᵀ + β_L */
export function outputKernel({ gains, biasVariance, widths }: NetworkShape, phi: Matrix, algebra: LinearAlgebra): Matrix {
  return layerKernel(phi, gains[widths.length], biasVariance[widths.length], algebra);
}

/** (g/N) φφᵀ + β */
export function layerKernel(phi: Matrix, gain: number, beta: number, algebra: LinearAlgebra): Matrix {
  const kernel = algebra.syrk(phi, { alpha: gain / phi.columns });
  if (beta !== 0) for (let i = 0; i < kernel.data.length; i++) kernel.data[i] += beta;
  return kernel;
}

/** out_j = scale Σ_i a_ij */
function columnSums({ data, columns }: Matrix, scale: number, out: Float64Array): void {
  out.fill(0);
  if (scale === 0) return;
  for (let i = 0; i < data.length; i++) out[i % columns] += scale * data[i];
}
