import type { Activation } from '../activations/activation.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import type { LayerWeights, NetworkShape } from './weights.js';

/** What a forward pass leaves behind. */
export interface Pass {
  /** pre-activations h⁽⁰⁾ … h⁽ᴸ⁻¹⁾ and φ of them, points × N each */
  readonly h: Matrix[];
  readonly phi: Matrix[];
}

export const newPass = (points: number, widths: readonly number[]): Pass => ({
  h: widths.map((width) => zeros(points, width)),
  phi: widths.map((width) => zeros(points, width)),
});

/**
 * h⁽ˡ⁾ = √(g_l/N_l) φ(h⁽ˡ⁻¹⁾) Wᵀ + √β_l b of all hidden layers.
 * @param added what h⁽⁰⁾ gets besides, points × N_1
 */
export function forward(
  { gains, biasVariance }: NetworkShape,
  layers: readonly LayerWeights[],
  activation: Activation,
  x: Matrix,
  algebra: LinearAlgebra,
  { h, phi }: Pass,
  added?: Float64Array,
): void {
  layers.forEach(({ weights, bias }, l) => {
    const root = Math.sqrt(gains[l] / weights.columns);
    algebra.gemm(l === 0 ? x : phi[l - 1], weights, { transposeB: true, alpha: root, into: h[l] });
    const { data } = h[l];
    addBias(h[l], bias, Math.sqrt(biasVariance[l]));
    if (l === 0 && added) for (let i = 0; i < data.length; i++) data[i] += added[i];
    activation.value(data, phi[l].data);
  });
}

/** a_ij += scale b_j */
export function addBias({ data, columns }: Matrix, bias: Float64Array, scale: number): void {
  if (scale === 0) return;
  for (let from = 0; from < data.length; from += columns) for (let j = 0; j < columns; j++) data[from + j] += scale * bias[j];
}

/** (g/N) φφᵀ + β */
export function layerKernel(phi: Matrix, gain: number, beta: number, algebra: LinearAlgebra, into?: Matrix): Matrix {
  const kernel = algebra.syrk(phi, { alpha: gain / phi.columns, ...(into ? { into } : {}) });
  if (beta !== 0) for (let i = 0; i < kernel.data.length; i++) kernel.data[i] += beta;
  return kernel;
}

/** out_j = scale Σ_i a_ij */
export function columnSums({ data, columns }: Matrix, scale: number, out: Float64Array): void {
  out.fill(0);
  if (scale === 0) return;
  for (let from = 0; from < data.length; from += columns) for (let j = 0; j < columns; j++) out[j] += scale * data[from + j];
}

/** The hidden layers of a network at fixed points, with their reverse pass. Nothing of their size is allocated after construction. */
export class HiddenLayers {
  readonly pass: Pass;
  /** dU/dφ of every layer; the last is the seed of the reverse pass */
  readonly deltas: readonly Matrix[];
  private readonly slope: Float64Array;

  constructor(
    private readonly shape: NetworkShape,
    private readonly activation: Activation,
    private readonly x: Matrix,
    private readonly algebra: LinearAlgebra,
  ) {
    const { widths } = shape;
    this.pass = newPass(x.rows, widths);
    this.deltas = widths.map((width) => zeros(x.rows, width));
    this.slope = new Float64Array(x.rows * Math.max(...widths));
  }

  forward(layers: readonly LayerWeights[]): Pass {
    forward(this.shape, layers, this.activation, this.x, this.algebra, this.pass);
    return this.pass;
  }

  /** dU/dθ of all layers from dU/dφ of the last one, which is in `deltas`. */
  backward(layers: readonly LayerWeights[], gradients: readonly LayerWeights[]): void {
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
