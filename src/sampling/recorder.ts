import { layerAlignment } from '../measures/alignment.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import { addScaled, type Matrix, release } from '../numerics/matrix.js';
import type { RandomStream } from '../numerics/random.js';
import { kernelAboveLayer } from './pass.js';
import type { NetworkPotential } from './potential.js';
import type { Sampler } from './sampler.js';
import type { TestPoints } from './testPoints.js';
import type { NetworkShape } from './weights.js';

/** Where each sum stands in the vector of all sums. */
export interface Sums {
  /** rows of the kernels of layers 1..L: points, times positions below a convolution */
  readonly kernels: readonly number[];
  readonly points: number;
  readonly outputs: number;
  readonly testPoints: number;
  /** whose probabilities are averaged; 0 where targets are no classes */
  readonly classes: number;
}

/**
 * Offsets of the sums of kernels, training outputs, and means, squared means, variances and probabilities at
 * test points; then how many draws were summed, and how many of them at test points.
 */
export function offsetsOf({ kernels: rows, points, outputs, testPoints, classes }: Sums) {
  let train = 0;
  const kernels = rows.map((count) => {
    train += count * count;
    return train - count * count;
  });
  const mean = train + points * outputs;
  const square = mean + testPoints * outputs;
  const variance = square + testPoints * outputs;
  const probability = variance + testPoints;
  const count = probability + testPoints * classes;
  return {
    kernels,
    train,
    mean,
    square,
    variance,
    probability,
    count,
    testCount: count + 1,
    length: count + 2,
  };
}

/** The part of the sums, or of their means, that is the kernel of layer l = 1..L. */
export function kernelIn(values: Float64Array, sums: Sums, l: number): Matrix {
  const rows = sums.kernels[l - 1];
  const from = offsetsOf(sums).kernels[l - 1];
  return { rows, columns: rows, data: values.subarray(from, from + rows * rows) };
}

/** Two points whose kernel entries, at their first positions, and outputs are watched. */
const watched = (points: number): readonly [number, number] => [0, points >> 1];

/** Names of what is written down of every draw, and judged by diagnostics. */
export function monitored({ kernels, points }: Sums): string[] {
  const [i, j] = watched(points);
  const ofLayer = kernels.map((rows, l) => {
    const positions = rows / points;
    return [
      `cka ${l + 1}`,
      `kernel ${l + 1} [${i * positions},${i * positions}]`,
      `kernel ${l + 1} [${i * positions},${j * positions}]`,
    ];
  });
  return ['log posterior', ...ofLayer.flat(), `output [${i}]`, `output [${j}]`];
}

interface RecorderParts {
  readonly shape: NetworkShape;
  readonly y: Matrix;
  readonly sums: Sums;
  readonly potential: NetworkPotential;
  readonly testPoints: TestPoints | undefined;
  readonly algebra: LinearAlgebra;
}

/** Adds what a draw shows to sums, and writes down what is watched. */
export class Recorder {
  constructor(private readonly parts: RecorderParts) {}

  /**
   * @param total one chain's vector of sums
   * @param trace one row of draws for each quantity
   * @param predict also at the test points
   */
  record(
    sampler: Sampler,
    stream: RandomStream,
    total: Float64Array,
    trace: Matrix,
    draw: number,
    predict: boolean,
  ): void {
    const { shape, y, sums, potential, testPoints, algebra } = this.parts;
    const { points } = sums;
    const at = offsetsOf(sums);
    const [i, j] = watched(points);
    const row: number[] = [-sampler.energy];
    // The last pass may belong to a proposal that was refused.
    const { pass, output } = potential.observe(sampler.position);
    pass.fed.forEach((_, l) => {
      const kernel = kernelAboveLayer(shape, pass, l + 1, algebra);
      addScaled(kernelIn(total, sums, l + 1), 1, kernel);
      const { rows, data } = kernel;
      const first = i * (rows / points);
      row.push(
        layerAlignment(kernel, y),
        data[first * rows + first],
        data[first * rows + j * (rows / points)],
      );
      release(kernel);
    });
    row.push(output.data[i * output.columns], output.data[j * output.columns]);
    row.forEach((value, k) => {
      trace.data[k * trace.columns + draw] = value;
    });
    for (let k = 0; k < output.data.length; k++) total[at.train + k] += output.data[k];
    total[at.count]++;
    if (!testPoints || !predict) return;
    const { mean, variance, probabilities } = testPoints.outputs(potential, sampler.position, stream);
    for (let k = 0; k < mean.data.length; k++) {
      total[at.mean + k] += mean.data[k];
      total[at.square + k] += mean.data[k] ** 2;
    }
    for (let t = 0; t < variance.length; t++) total[at.variance + t] += variance[t];
    probabilities?.data.forEach((value, k) => {
      total[at.probability + k] += value;
    });
    total[at.testCount]++;
  }
}
