import { layerOf } from '../../architecture/architecture.js';
import { type Layer, lift, liftRows, type PointRows } from '../../architecture/layer.js';
import { affine } from '../../numerics/entrywise.js';
import { fromRows, type Matrix } from '../../numerics/matrix.js';
import type { Problem } from '../../problem/problem.js';
import { readMoment, readRows } from './readMoments.js';
import { meanMoment, meanRows, momentsBelow, withoutAffine } from './tiltedEquations.js';
import type { TiltedMeasure } from './tiltedMeasure.js';
import { newNeurons, secondMomentRows } from './tiltedRows.js';
import type { TiltedSamples } from './tiltedSamples.js';

/** Readout weights that one neuron has for each output: one, or one a position. */
export const weightsOf = ({ map }: Layer): number => map.weights ?? 1;

/** Arrays of S² doubles a sample: forms, partial derivatives, coefficients and weights. */
const SQUARES = 8;

/** Matrices of `rows`² doubles that samples take beyond others where every position has a readout weight. */
export function readingMatrices({ network }: Problem, samples: number, rows: number): number {
  const weights = weightsOf(layerOf(network, network.hiddenLayers));
  return weights === 1 ? 0 : (SQUARES * samples * weights ** 2) / rows ** 2;
}

/** Variance, times N, of the readout weights of a neuron that has one for each position. */
const varianceOf = ({ map }: Layer): number => map.lower(fromRows([[1]])).data[0];

/** 𝒯⟨x φφᵀ⟩ + β under the measure of a layer, x a number a sample, or S×S of them with a weight a position. */
export const kernelUnder = (layer: Layer, measure: TiltedMeasure, x?: Float64Array): Matrix =>
  weightsOf(layer) === 1
    ? lift(layer, measure.secondMoment(x))
    : affine(readMoment(measure, x), varianceOf(layer), layer.beta);

/** An average over neurons with the weight that each has in it. */
export interface Weighing {
  /** x of every sample; 1 if there is none */
  readonly x?: (measure: TiltedMeasure) => Float64Array;
  /** `kernelUnder` it of the training points, from many more samples */
  readonly kernel: Matrix;
}

/**
 * The same of new points, as means over several sets of samples, for each of several weights.
 * @param measured the measure of the layer for a set of samples
 */
export function kernelRowsUnder(
  layer: Layer,
  samples: TiltedSamples,
  measured: () => TiltedMeasure,
  below: PointRows,
  weighings: readonly Weighing[],
): PointRows[] {
  if (weightsOf(layer) > 1) {
    const variance = varianceOf(layer);
    const known = weighings.map(({ kernel }) => withoutAffine(kernel, variance, layer.beta));
    const means = meanRows(samples, () => {
      const measure = measured();
      const neurons = newNeurons(measure, below);
      return weighings.map(({ x }, k) => readRows(measure, neurons, x?.(measure), known[k]));
    });
    return means.map(({ cross, own }) => ({
      cross: affine(cross, variance, layer.beta),
      own: own.map((value) => variance * value + layer.beta),
    }));
  }
  const momentOf = ({ x, kernel }: Weighing) =>
    momentsBelow(layer, kernel) ??
    meanMoment(samples, () => {
      const measure = measured();
      return measure.secondMoment(x?.(measure));
    });
  const known = weighings.map(momentOf);
  const means = meanRows(samples, () => {
    const measure = measured();
    const neurons = newNeurons(measure, below);
    return weighings.map(({ x }, k) => secondMomentRows(measure, neurons, x?.(measure), known[k]));
  });
  return means.map((rows) => liftRows(layer, rows));
}
