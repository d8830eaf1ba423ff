import { layerOf } from '../../architecture/architecture.js';
import { gaussianOf } from '../../likelihood/gaussian.js';
import type { Compute } from '../../numerics/compute.js';
import { addToDiagonal, copy, type Matrix, release } from '../../numerics/matrix.js';
import { padded, paddedRows } from '../../posterior/newPoints.js';
import type { Problem } from '../../problem/problem.js';
import type { KernelState } from '../kernelState.js';
import { kernelUnder, weightsOf } from './reading.js';
import { fluctuationTilt, meanForm, positionsTilt, type Tilt } from './tilt.js';
import type { TiltedMeasure } from './tiltedMeasure.js';
import type { TiltedSamples } from './tiltedSamples.js';

/**
 * What `multiscale` solves for beside the kernels, of which the last, that of the networks, follows from the
 * rest.
 */
export type Output = {
  /** C_eff, the kernel of the predictor */
  readonly effective: Matrix;
  /** B, the precision of the fluctuations of the output fields */
  readonly precision: Matrix;
};
/** Kernels and output fields. */
export type FieldState = KernelState<Output>;

/** What the tilt F(s, m) of theory §5 asks of outputs, P×P: B⁻¹, and a with the saddle aaᵀ. */
export interface Asked {
  readonly inverse: Matrix;
  readonly dual: Matrix;
}

/** `others` points beside the training points ask nothing. */
export function askedOf(problem: Problem, output: Output, compute: Compute, others = 0): Asked {
  const { factor, dual } = gaussianOf(problem).given(output.effective, compute.algebra);
  const precision = compute.algebra.cholesky(copy(output.precision));
  const inverse = compute.algebra.choleskyInverse(precision);
  release(factor, precision);
  return others > 0
    ? { inverse: padded(inverse, others), dual: paddedRows(dual, others) }
    : { inverse, dual };
}

/** The measure of the last hidden layer's neurons under it, and ∂F/∂(C⁽ᴸ⁾ of the neuron) on average. */
export function outputMeasure(
  problem: Problem,
  below: Matrix,
  asked: Asked,
  width: number,
  samples: TiltedSamples,
  compute: Compute,
) {
  const l = problem.network.hiddenLayers;
  const layer = layerOf(problem.network, l);
  const { map } = layer;
  const outputs = problem.data.y.columns;
  const weights = weightsOf(layer);
  const plain = fluctuationTilt({ matrix: asked.inverse }, { factor: asked.dual }, outputs);
  const lowered = (): Tilt => {
    const matrix = map.lower(asked.inverse);
    const factor = map.lowerVectors?.(asked.dual) as Matrix;
    return weights === 1
      ? fluctuationTilt({ matrix }, { factor }, outputs)
      : positionsTilt({ matrix }, { factor }, outputs, weights, compute.executor);
  };
  const tilt = map.gain === undefined ? lowered() : plain;
  const measure = samples.measure(l, below, (map.gain ?? 1) / width, tilt);
  const conjugate = () => meanForm(plain, meanDiagonals(measure.meanPartials, weights), compute);
  return { measure, conjugate };
}

/** Of S×S numbers, one block after the other, the mean of each diagonal: what a neuron's part in C⁽ᴸ⁾ feels. */
function meanDiagonals(partials: readonly number[], size: number): number[] {
  const sums = new Array<number>(partials.length / size ** 2).fill(0);
  partials.forEach((value, i) => {
    const within = i % size ** 2;
    if (within % (size + 1) === 0) sums[Math.floor(i / size ** 2)] += value / size;
  });
  return sums;
}

/** The same under the output fields of a state. */
export const measureAt = (
  problem: Problem,
  below: Matrix,
  output: Output,
  width: number,
  samples: TiltedSamples,
  compute: Compute,
): TiltedMeasure =>
  outputMeasure(problem, below, askedOf(problem, output, compute), width, samples, compute).measure;

/** (1 + s)⁻¹ = 2∂F/∂m of every sample: what the fluctuating field leaves of a neuron's part in C_eff. */
export const damping = ({ partials: [, byM] }: TiltedMeasure): Float64Array => byM.map((value) => 2 * value);

/** (1+s)⁻¹ + (1+s)⁻¹m(1+s)⁻¹/n = −(2/n)∂F/∂s: a neuron's part in the precision of the field. */
export const stiffness = ({ partials: [byS] }: TiltedMeasure, outputs: number): Float64Array =>
  byS.map((value) => (-2 / outputs) * value);

/** C⁽ᴸ⁾ = g⟨φφᵀ⟩ + β, C_eff = g⟨φφᵀ/(1+s)⟩ + β and B = κ + β + g⟨φφᵀ[1/(1+s) + m/(n(1+s)²)]⟩ */
export function outputImage(
  { network, data, noiseVariance }: Problem,
  measure: TiltedMeasure,
): Output & { kernel: Matrix } {
  const layer = layerOf(network, network.hiddenLayers);
  return {
    kernel: kernelUnder(layer, measure),
    effective: kernelUnder(layer, measure, damping(measure)),
    precision: addToDiagonal(kernelUnder(layer, measure, stiffness(measure, data.y.columns)), noiseVariance),
  };
}
