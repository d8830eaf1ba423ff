import { layerOf } from '../../architecture/architecture.js';
import { lift } from '../../architecture/layer.js';
import { gaussianOf } from '../../likelihood/gaussian.js';
import type { Compute } from '../../numerics/compute.js';
import { addToDiagonal, copy, type Matrix, release } from '../../numerics/matrix.js';
import { padded, paddedRows } from '../../posterior/newPoints.js';
import type { Network, Problem } from '../../problem/problem.js';
import type { KernelState } from '../kernelState.js';
import { fluctuationTilt, meanForm } from './tilt.js';
import type { TiltedMeasure } from './tiltedMeasure.js';
import type { TiltedSamples } from './tiltedSamples.js';

/** What `multiscale` solves for beside the kernels, of which the last, that of the networks, follows from the rest. */
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
  return others > 0 ? { inverse: padded(inverse, others), dual: paddedRows(dual, others) } : { inverse, dual };
}

/** Whether one neuron of the last layer has one readout weight an output, dense or for the mean of its positions. */
export const readsNeurons = (network: Network): boolean => layerOf(network, network.hiddenLayers).map.lowerVectors !== undefined;

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
  const { map } = layerOf(problem.network, l);
  const outputs = problem.data.y.columns;
  const tiltOf = ({ inverse, dual }: Asked) => fluctuationTilt({ matrix: inverse }, { factor: dual }, outputs);
  const plain = tiltOf(asked);
  const lowered = (): Asked => ({ inverse: map.lower(asked.inverse), dual: map.lowerVectors?.(asked.dual) as Matrix });
  const measure = samples.measure(l, below, (map.gain ?? 1) / width, map.gain === undefined ? tiltOf(lowered()) : plain);
  return { measure, conjugate: () => meanForm(plain, measure.meanPartials, compute) };
}

/** The same under the output fields of a state. */
export const measureAt = (
  problem: Problem,
  below: Matrix,
  output: Output,
  width: number,
  samples: TiltedSamples,
  compute: Compute,
): TiltedMeasure => outputMeasure(problem, below, askedOf(problem, output, compute), width, samples, compute).measure;

/** 1/(1 + s) of every sample: what the fluctuating field leaves of a neuron's part in C_eff. */
export const damping = ({ values: [s] }: TiltedMeasure): Float64Array => s.map((value) => 1 / (1 + value));

/** 1/(1+s) + m/(n(1+s)²): a neuron's part in the precision of the field. */
export const stiffness = ({ values: [s, m] }: TiltedMeasure, outputs: number): Float64Array =>
  s.map((value, k) => (1 + m[k] / (outputs * (1 + value))) / (1 + value));

/** C⁽ᴸ⁾ = g⟨φφᵀ⟩ + β, C_eff = g⟨φφᵀ/(1+s)⟩ + β and B = κ + β + g⟨φφᵀ[1/(1+s) + m/(n(1+s)²)]⟩ */
export function outputImage({ network, data, noiseVariance }: Problem, measure: TiltedMeasure): Output & { kernel: Matrix } {
  const layer = layerOf(network, network.hiddenLayers);
  return {
    kernel: lift(layer, measure.secondMoment()),
    effective: lift(layer, measure.secondMoment(damping(measure))),
    precision: addToDiagonal(lift(layer, measure.secondMoment(stiffness(measure, data.y.columns))), noiseVariance),
  };
}
