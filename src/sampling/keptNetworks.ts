import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import { addScaled, type Matrix, zeros } from '../numerics/matrix.js';
import { RandomStream } from '../numerics/random.js';
import { type Chains, newPotential } from './chains.js';
import type { Outputs } from './potential.js';
import { TestPoints } from './testPoints.js';
import { layersOf, readoutOf } from './weights.js';

/**
 * Networks of a posterior that were kept, for outputs at points that were not known while they were drawn.
 */
export class KeptNetworks {
  readonly parameters: Float64Array[] = [];

  constructor(
    private readonly chains: Chains,
    private readonly algebra: LinearAlgebra,
    private readonly seed: number,
  ) {}

  keep(position: Float64Array): void {
    this.parameters.push(position.slice());
  }

  /**
   * Mean and variance over networks of the noiseless output; means average, and their scatter adds to the
   * variance.
   */
  predict(xTest: Matrix): Outputs {
    const { model, inputs, activations } = this.chains;
    const potential = newPotential(model, activations, this.algebra);
    const points = new TestPoints(model.shape, activations, inputs.project(xTest), this.algebra);
    const stream = RandomStream.fromSeed(this.seed).split(this.chains.states.length);
    const total = new OutputSums(xTest.rows, model.y.columns);
    for (const parameters of this.parameters) {
      potential.observe(parameters);
      total.add(points.outputs(potential, parameters, stream));
    }
    return total.outputs();
  }

  /**
   * The networks as arrays of one row for each neuron, network after network: with weights_l and bias_l (l =
   * 0 … L − 1; the readout at l = L where it was sampled) a layer is h⁽ˡ⁾ = φ(h⁽ˡ⁻¹⁾) weightsᵀ + bias, h⁽⁰⁾ =
   * x weightsᵀ + bias; all scales are in them. A convolution has a row for each channel, of the patch place
   * by place; what reads all positions, of the positions one by one. A residual block adds the
   * pre-activations of the layer that it names.
   */
  arrays(): Record<string, Matrix> {
    const { model, inputs } = this.chains;
    const { shape, y } = model;
    const stream = RandomStream.fromSeed(this.seed).split(this.chains.states.length + 1);
    const networks = this.parameters.map((parameters) => {
      const hidden = layersOf(shape, parameters);
      const layers =
        model.potential === 'weights' ? [...hidden, readoutOf(shape, y.columns, parameters)] : hidden;
      return layers.map((layer, l) =>
        l === 0 ? { ...layer, weights: inputs.lift(layer.weights, stream) } : layer,
      );
    });
    const arrays: Record<string, Matrix> = {};
    networks[0]?.forEach((_, l) => {
      const layers = networks.map((network) => network[l]);
      const root = Math.sqrt(shape.gains[l] / layers[0].weights.columns);
      const shift = Math.sqrt(shape.biasVariance[l]);
      arrays[`weights_${l}`] = stack(
        layers.map(({ weights }) => weights),
        root,
      );
      arrays[`bias_${l}`] = stack(
        layers.map(({ bias }) => ({ rows: bias.length, columns: 1, data: bias })),
        shift,
      );
    });
    return arrays;
  }
}

/** Matrices of one shape below each other, times a number. */
function stack(matrices: readonly Matrix[], scale: number): Matrix {
  const { rows, columns } = matrices[0];
  const all = zeros(rows * matrices.length, columns);
  matrices.forEach(({ data }, k) => {
    for (let i = 0; i < data.length; i++) all.data[k * data.length + i] = scale * data[i];
  });
  return all;
}

class OutputSums {
  private count = 0;
  private readonly mean: Matrix;
  private readonly square: Float64Array;
  private readonly variance: Float64Array;
  private probabilities: Matrix | undefined;

  constructor(points: number, outputs: number) {
    this.mean = zeros(points, outputs);
    this.square = new Float64Array(points * outputs);
    this.variance = new Float64Array(points);
  }

  add({ mean, variance, probabilities }: Outputs): void {
    this.count++;
    mean.data.forEach((value, k) => {
      this.mean.data[k] += value;
      this.square[k] += value * value;
    });
    variance.forEach((value, t) => {
      this.variance[t] += value;
    });
    if (!probabilities) return;
    this.probabilities ??= zeros(probabilities.rows, probabilities.columns);
    addScaled(this.probabilities, 1, probabilities);
  }

  outputs(): Outputs {
    const mean = { ...this.mean, data: this.mean.data.map((value) => value / this.count) };
    const variance = totalVariance(mean, this.square, this.variance, this.count);
    const { probabilities } = this;
    if (!probabilities) return { mean, variance };
    return {
      mean,
      variance,
      probabilities: { ...probabilities, data: probabilities.data.map((value) => value / this.count) },
    };
  }
}

/**
 * Variance within networks plus the scatter of their means, averaged over outputs, from sums over `count`
 * networks.
 */
export function totalVariance(
  mean: Matrix,
  square: Float64Array,
  variance: Float64Array,
  count: number,
): Float64Array {
  const n = mean.columns;
  const total = variance.map((value) => value / count);
  for (let k = 0; k < square.length; k++)
    total[Math.floor(k / n)] += Math.max(0, square[k] / count - mean.data[k] ** 2) / n;
  return total;
}
