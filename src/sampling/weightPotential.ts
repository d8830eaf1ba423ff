import type { Activation } from '../activations/activation.js';
import type { Likelihood } from '../likelihood/likelihood.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import { addBias, columnSums, HiddenLayers } from './pass.js';
import type { NetworkPotential, Observation, Outputs } from './potential.js';
import {
  type LayerWeights,
  layersOf,
  type NetworkShape,
  parameterCount,
  readoutCount,
  readoutOf,
} from './weights.js';

/**
 * The likelihood of all weights, the readout W (n×F) and its bias b among them (theory §9):
 *
 *     U(θ) = −ln p(Y|f),    f = √(g_L/F) fed Wᵀ + √β_L b,    −ln p = ‖Y − f‖²/(2κ) for Gaussian noise
 *
 * with what feeds the outputs, F numbers: φ of the last layer, or that of all its positions
 */
export class WeightPotential implements NetworkPotential {
  readonly size: number;
  private readonly hidden: HiddenLayers;
  private readonly output: Matrix;
  private readonly error: Matrix;

  constructor(
    private readonly shape: NetworkShape,
    activations: readonly Activation[],
    x: Matrix,
    private readonly likelihood: Likelihood,
    private readonly algebra: LinearAlgebra,
  ) {
    const { y } = likelihood;
    this.size = parameterCount(shape) + readoutCount(shape, y.columns);
    this.hidden = new HiddenLayers(shape, activations, x, algebra);
    this.output = zeros(y.rows, y.columns);
    this.error = zeros(y.rows, y.columns);
  }

  private readoutOf(parameters: Float64Array): LayerWeights {
    return readoutOf(this.shape, this.likelihood.y.columns, parameters);
  }

  /** √(g_L/F) and √β_L */
  private get roots(): readonly [weight: number, bias: number] {
    const { gains, biasVariance } = this.shape;
    const top = gains.length - 1;
    return [Math.sqrt(gains[top] / this.hidden.seed.columns), Math.sqrt(biasVariance[top])];
  }

  private read(parameters: Float64Array, fed: Matrix, into: Matrix): Matrix {
    const { weights, bias } = this.readoutOf(parameters);
    const [alpha, shift] = this.roots;
    this.algebra.gemm(fed, weights, { transposeB: true, alpha, into });
    addBias(into, bias, shift);
    return into;
  }

  evaluate(parameters: Float64Array, gradient: Float64Array): number {
    const { algebra, shape, error, hidden } = this;
    const { output } = this.observe(parameters);
    const energy = this.likelihood.energy(output, error);
    const top = shape.widths.length - 1;
    const [alpha, shift] = this.roots;
    const readout = this.readoutOf(gradient);
    algebra.gemm(error, hidden.pass.fed[top], { transposeA: true, alpha, into: readout.weights });
    columnSums(error, shift, readout.bias);
    algebra.gemm(error, this.readoutOf(parameters).weights, { alpha, into: hidden.seed });
    hidden.backward(layersOf(shape, parameters), layersOf(shape, gradient));
    return energy;
  }

  observe(parameters: Float64Array): Observation {
    const pass = this.hidden.forward(layersOf(this.shape, parameters));
    return { pass, output: this.read(parameters, pass.fed[pass.fed.length - 1], this.output) };
  }

  /** Given all weights the output is certain. */
  outputs(parameters: Float64Array, fed: Matrix): Outputs {
    const mean = this.read(parameters, fed, zeros(fed.rows, this.likelihood.y.columns));
    const probabilities = this.likelihood.probabilities?.(mean);
    return { mean, variance: new Float64Array(fed.rows), ...(probabilities ? { probabilities } : {}) };
  }
}
