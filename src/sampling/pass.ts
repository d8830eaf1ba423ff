import type { Activation } from '../activations/activation.js';
import { gather, gradientRoom, newFed, scatter } from '../architecture/gather.js';
import { addConstant } from '../numerics/entrywise.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import { addScaled, type Matrix, zeros } from '../numerics/matrix.js';
import { positionsAbove } from '../problem/connection.js';
import type { LayerWeights, NetworkShape } from './weights.js';

/** What a forward pass leaves behind. */
export interface Pass {
  /** pre-activations h⁽⁰⁾ … h⁽ᴸ⁻¹⁾ and φ of them, (points · positions) × N each */
  readonly h: Matrix[];
  readonly phi: Matrix[];
  /**
   * what feeds the layer above each of them, the outputs at last: φ itself between dense layers, else its
   * patches, positions in one row or their mean
   */
  readonly fed: Matrix[];
}

export function newPass(points: number, { widths, connections }: NetworkShape): Pass {
  const newLayer = (width: number, l: number) => zeros(points * positionsAbove(connections[l]), width);
  const phi = widths.map(newLayer);
  const fed = phi.map(
    (values, l) => newFed(connections[l + 1], values) ?? gather(connections[l + 1], values),
  );
  return { h: widths.map(newLayer), phi, fed };
}

/**
 * h⁽ˡ⁾ = √(g_l/F) · fed⁽ˡ⁻¹⁾ Wᵀ + √β_l b of all hidden layers, F the numbers that feed a neuron: N_l between
 * dense layers; + h⁽ˡ⁻ᵏ⁾ in a residual block.
 * @param x what feeds the first layer: inputs, or their patches
 * @param added what h⁽⁰⁾ gets besides, points × N_1
 */
export function forward(
  { gains, biasVariance, connections, skips }: NetworkShape,
  layers: readonly LayerWeights[],
  activations: readonly Activation[],
  x: Matrix,
  algebra: LinearAlgebra,
  { h, phi, fed }: Pass,
  added?: Float64Array,
): void {
  layers.forEach(({ weights, bias }, l) => {
    const root = Math.sqrt(gains[l] / weights.columns);
    algebra.gemm(l === 0 ? x : fed[l - 1], weights, { transposeB: true, alpha: root, into: h[l] });
    const { data } = h[l];
    addBias(h[l], bias, Math.sqrt(biasVariance[l]));
    if (l === 0 && added) for (let i = 0; i < data.length; i++) data[i] += added[i];
    if (skips[l]) addScaled(h[l], 1, h[l - skips[l]]);
    activations[l].value(data, phi[l].data);
    gather(connections[l + 1], phi[l], fed[l]);
  });
}

/** a_ij += scale b_j */
export function addBias({ data, columns }: Matrix, bias: Float64Array, scale: number): void {
  if (scale === 0) return;
  for (let from = 0; from < data.length; from += columns)
    for (let j = 0; j < columns; j++) data[from + j] += scale * bias[j];
}

/** (g/F) fed fedᵀ + β: the kernel above a layer, from what feeds it */
export function layerKernel(
  fed: Matrix,
  gain: number,
  beta: number,
  algebra: LinearAlgebra,
  into?: Matrix,
): Matrix {
  return addConstant(algebra.syrk(fed, { alpha: gain / fed.columns, ...(into ? { into } : {}) }), beta);
}

/**
 * The kernel above layer l = 1..L of a network: of its pre-activations given the layers below, with those
 * that a residual block adds.
 */
export function kernelAboveLayer(
  { gains, biasVariance, skips }: NetworkShape,
  { h, fed }: Pass,
  l: number,
  algebra: LinearAlgebra,
): Matrix {
  const kernel = layerKernel(fed[l - 1], gains[l], biasVariance[l], algebra);
  if (!skips[l]) return kernel;
  const added = h[l - skips[l]];
  return algebra.syrk(added, { alpha: 1 / added.columns, beta: 1, into: kernel });
}

/** out_j = scale Σ_i a_ij */
export function columnSums({ data, columns }: Matrix, scale: number, out: Float64Array): void {
  out.fill(0);
  if (scale === 0) return;
  for (let from = 0; from < data.length; from += columns)
    for (let j = 0; j < columns; j++) out[j] += scale * data[from + j];
}

/**
 * The hidden layers of a network at fixed points, with their reverse pass. Nothing of their size is allocated
 * after construction.
 */
export class HiddenLayers {
  readonly pass: Pass;
  /** dU/dφ of every layer */
  private readonly deltas: readonly Matrix[];
  /** dU/d fed of every layer, the same numbers where φ itself is fed */
  private readonly fedDeltas: readonly Matrix[];
  private readonly slope: Float64Array;
  /** dU/dh that residual blocks hand down past the layers between; of layers from which some do */
  private readonly skipped: readonly (Matrix | undefined)[];
  /** what feeds the first layer */
  private readonly x: Matrix;

  constructor(
    private readonly shape: NetworkShape,
    private readonly activations: readonly Activation[],
    x: Matrix,
    private readonly algebra: LinearAlgebra,
  ) {
    const { connections, dimension } = shape;
    this.x = gather(connections[0], pixels(x, dimension));
    this.pass = newPass(x.rows, shape);
    this.deltas = this.pass.phi.map(({ rows, columns }) => zeros(rows, columns));
    this.fedDeltas = this.deltas.map((delta, l) => {
      const connection = connections[l + 1];
      return gradientRoom(connection, delta, newFed(connection, delta));
    });
    this.skipped = this.pass.h.map(({ rows, columns }, l) =>
      shape.skips.some((skip, above) => skip > 0 && above - skip === l) ? zeros(rows, columns) : undefined,
    );
    this.slope = new Float64Array(Math.max(...this.deltas.map(({ data }) => data.length)));
  }

  /** dU/d fed of the last layer: the seed of the reverse pass */
  get seed(): Matrix {
    return this.fedDeltas[this.fedDeltas.length - 1];
  }

  forward(layers: readonly LayerWeights[]): Pass {
    forward(this.shape, layers, this.activations, this.x, this.algebra, this.pass);
    return this.pass;
  }

  /** dU/dθ of all layers from `seed`. */
  backward(layers: readonly LayerWeights[], gradients: readonly LayerWeights[]): void {
    const { algebra, shape, pass, deltas, fedDeltas, x } = this;
    for (const skipped of this.skipped) skipped?.data.fill(0);
    for (let l = layers.length - 1; l >= 0; l--) {
      const delta = deltas[l];
      scatter(shape.connections[l + 1], fedDeltas[l], delta);
      const slope = this.slope.subarray(0, delta.data.length);
      this.activations[l].derivative(pass.h[l].data, slope);
      for (let i = 0; i < slope.length; i++) delta.data[i] *= slope[i];
      // From here on dU/dh.
      const { [l]: skipped, [l - shape.skips[l]]: below } = this.skipped;
      if (skipped) addScaled(delta, 1, skipped);
      if (shape.skips[l]) addScaled(below as Matrix, 1, delta);
      const root = Math.sqrt(shape.gains[l] / layers[l].weights.columns);
      algebra.gemm(delta, l === 0 ? x : pass.fed[l - 1], {
        transposeA: true,
        alpha: root,
        into: gradients[l].weights,
      });
      columnSums(delta, Math.sqrt(shape.biasVariance[l]), gradients[l].bias);
      if (l > 0) algebra.gemm(delta, layers[l].weights, { alpha: root, into: fedDeltas[l - 1] });
    }
  }
}

/** Inputs with `dimension` numbers at every position, a row for each: the same numbers. */
export const pixels = ({ rows, columns, data }: Matrix, dimension: number): Matrix => ({
  rows: (rows * columns) / dimension,
  columns: dimension,
  data,
});
