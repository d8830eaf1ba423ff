import type { Activation } from '../activations/activation.js';
import type { Likelihood } from '../likelihood/likelihood.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import { addBias, columnSums, HiddenLayers } from './pass.js';
import type { NetworkPotential, Observation, Outputs } from './potential.js';
import { type LayerWeights, layersOf, type NetworkShape, parameterCount, readoutOf } from './weights.js';

/**
 * The likelihood of all weights, the readout W (n×N_L) and its bias b among them, under Gaussian noise of variance κ (theory §9):
 *
 *     U(θ) = ‖Y − f‖²/(2κ),    f = √(g_L/N_L) φ Wᵀ + √β_L b
 */
export class WeightPotential implements NetworkPotential {
  readonly size: number;
  private readonly hidden: HiddenLayers;
  private readonly output: Matrix;
  private readonly error: Matrix;

  constructor(
    private readonly shape: NetworkShape,
    activation: Activation,
    x: Matrix,
    private readonly likelihood: Likelihood,
    private readonly algebra: LinearAlgebra,
  ) {
    const { widths } = shape;
    const { y } = likelihood;
    this.size = parameterCount(shape) + y.columns * (widths[widths.length - 1] + 1);
    this.hidden = new HiddenLayers(shape, activation, x, algebra);
    this.output = zeros(y.rows, y.columns);
    this.error = zeros(y.rows, y.columns);
  }

  private readoutOf(parameters: Float64Array): LayerWeights {
    return readoutOf(this.shape, this.likelihood.y.columns, parameters);
  }

  /** √(g_L/N_L) and √β_L */
  private get roots(): readonly [weight: number, bias: number] {
    const { gains, widths, biasVariance } = this.shape;
    const top = widths.length;
    return [Math.sqrt(gains[top] / widths[top - 1]), Math.sqrt(biasVariance[top])];
  }

  private read(parameters: Float64Array, phi: Matrix, into: Matrix): Matrix {
    const { weights, bias } = this.readoutOf(parameters);
    const [alpha, shift] = this.roots;
    this.algebra.gemm(phi, weights, { transposeB: true, alpha, into });
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
    algebra.gemm(error, hidden.pass.phi[top], { transposeA: true, alpha, into: readout.weights });
    columnSums(error, shift, readout.bias);
    algebra.gemm(error, this.readoutOf(parameters).weights, { alpha, into: hidden.deltas[top] });
    hidden.backward(layersOf(shape, parameters), layersOf(shape, gradient));
    return energy;
  }

  observe(parameters: Float64Array): Observation {
    const pass = this.hidden.forward(layersOf(this.shape, parameters));
    return { pass, output: this.read(parameters, pass.phi[pass.phi.length - 1], this.output) };
  }

  /** Given all weights the output is certain. */
  outputs(parameters: Float64Array, phi: Matrix): Outputs {
    return { mean: this.read(parameters, phi, zeros(phi.rows, this.likelihood.y.columns)), variance: new Float64Array(phi.rows) };
  }
}
