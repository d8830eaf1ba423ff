import type { Activation } from '../activations/activation.js';
import type { IntegrableLikelihood, OutputGiven } from '../likelihood/likelihood.js';
import { addConstant, squaredRows } from '../numerics/entrywise.js';
import { NotPositiveDefiniteError } from '../numerics/errors.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import { type Matrix, release } from '../numerics/matrix.js';
import { HiddenLayers, layerKernel } from './pass.js';
import type { NetworkPotential, Observation, Outputs } from './potential.js';
import { layersOf, type NetworkShape, parameterCount } from './weights.js';

/**
 * The likelihood of the hidden weights with the readout integrated out (theory §9): given the hidden layers,
 * outputs are Gaussian with covariance C⁽ᴸ⁾ = (g_L/F) fed fedᵀ + β_L of the F numbers that feed an output, φ
 * of the last layer, so that
 *
 *     U(θ) = ½ tr Yᵀ A⁻¹ Y + (n/2) ln det A,    A = C⁽ᴸ⁾ + κ
 *
 * up to a constant. The gradient is a reverse pass by hand, seeded by dU/dC⁽ᴸ⁾ = ½(n A⁻¹ − A⁻¹YYᵀA⁻¹).
 */
export class MarginalPotential implements NetworkPotential {
  readonly size: number;
  private readonly hidden: HiddenLayers;
  private observed: { readonly fed: Matrix; readonly given: OutputGiven } | undefined;

  constructor(
    private readonly shape: NetworkShape,
    activations: readonly Activation[],
    x: Matrix,
    private readonly likelihood: IntegrableLikelihood,
    private readonly algebra: LinearAlgebra,
  ) {
    this.size = parameterCount(shape);
    this.hidden = new HiddenLayers(shape, activations, x, algebra);
  }

  /** g_L/F and β_L */
  private get top(): readonly [scale: number, beta: number] {
    const { gains, biasVariance } = this.shape;
    const top = gains.length - 1;
    return [gains[top] / this.hidden.seed.columns, biasVariance[top]];
  }

  /** C⁽ᴸ⁾ from what feeds the outputs */
  private kernel(fed: Matrix): Matrix {
    const [scale, beta] = this.top;
    return layerKernel(fed, scale * fed.columns, beta, this.algebra);
  }

  evaluate(parameters: Float64Array, gradient: Float64Array): number {
    const { algebra, shape, likelihood } = this;
    const layers = layersOf(shape, parameters);
    const { fed } = this.hidden.forward(layers);
    const last = fed[fed.length - 1];
    try {
      const kernel = this.kernel(last);
      const { energy, gradient: slope } = likelihood.marginalEnergy(kernel, algebra);
      algebra.gemm(slope, last, { alpha: 2 * this.top[0], into: this.hidden.seed });
      release(kernel, slope);
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
    const fed = pass.fed[pass.fed.length - 1];
    const given = this.likelihood.given(this.kernel(fed), this.algebra);
    this.observed = { fed, given };
    return { pass, output: given.trainMean() };
  }

  /** A Gaussian process given the hidden layers: mean C_*A⁻¹Y, variance C_** − C_*A⁻¹C_*ᵀ. */
  outputs(_: Float64Array, fresh: Matrix): Outputs {
    if (!this.observed) throw new Error('observe a network before asking for its outputs');
    const { fed, given } = this.observed;
    const [scale, beta] = this.top;
    const cross = addConstant(this.algebra.gemm(fresh, fed, { transposeB: true, alpha: scale }), beta);
    const own = squaredRows(fresh).map((square) => scale * square + beta);
    return given.predict({ cross, own });
  }
}
