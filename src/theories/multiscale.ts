import { layerOf } from '../architecture/architecture.js';
import { lift, liftRows } from '../architecture/layer.js';
import { gaussianOf } from '../likelihood/gaussian.js';
import type { Compute } from '../numerics/compute.js';
import { sumOf } from '../numerics/entrywise.js';
import { InputError } from '../numerics/errors.js';
import { logDeterminant } from '../numerics/linearAlgebra.js';
import { addToDiagonal, copy, diagonal, inner, type Matrix, release } from '../numerics/matrix.js';
import type { PosteriorFields } from '../posterior/fields.js';
import { kernelRows } from '../posterior/kernelRows.js';
import { newRows, padded, paddedRows } from '../posterior/newPoints.js';
import { createPosterior, type KernelPosterior } from '../posterior/posterior.js';
import { type Extend, predictTest } from '../posterior/predict.js';
import { targetsTooLarge } from '../posterior/reach.js';
import { explainSingular } from '../posterior/singularKernel.js';
import { testCovariances } from '../posterior/testCovariances.js';
import { nngpKernels } from '../prior/nngpKernels.js';
import type { Network, Problem } from '../problem/problem.js';
import { beyondSaddles } from '../solving/firstOrder/beyondSaddle.js';
import { fluctuationMatrices } from '../solving/firstOrder/births.js';
import { evidenceWith, type Fluctuations, withFluctuationError, withFluctuations } from '../solving/firstOrder/fluctuations.js';
import { conjugatesBelow, solutionOf } from '../solving/forwardBackward.js';
import { type KernelState, kernelsOf, stateOf } from '../solving/kernelState.js';
import type { Conjugates, KernelSystem } from '../solving/kernelSystem.js';
import { type MonteCarloEquations, type StateReader, solveByMonteCarlo } from '../solving/monteCarloSolution.js';
import { fluctuationTilt, meanForm } from '../solving/tilted/tilt.js';
import {
  extendTilted,
  hiddenCost,
  meanMoment,
  meanRows,
  momentsBelow,
  samplesOf,
  tiltedDownwards,
  tiltedEquations,
} from '../solving/tilted/tiltedEquations.js';
import type { TiltedMeasure } from '../solving/tilted/tiltedMeasure.js';
import {
  carriedCount,
  monteCarloSystem,
  sampleCount,
  type TiltedSamples,
  tiltedMatrices,
} from '../solving/tilted/tiltedSamples.js';
import type { ValuesOf } from './option.js';
import { restoredSamples, tiltedState } from './saving/tiltedState.js';
import { tiltedTerms } from './sharedCosts.js';
import { seed, selfConsistent, tiltedSamples } from './sharedOptions.js';
import type { Theory } from './theory.js';

const options = { ...tiltedSamples, ...selfConsistent, ...seed };
type Options = ValuesOf<typeof options>;

/** What is solved for beside the kernels, of which the last, that of the networks, follows from the rest. */
type Output = {
  /** C_eff, the kernel of the predictor */
  readonly effective: Matrix;
  /** B, the precision of the fluctuations of the output fields */
  readonly precision: Matrix;
};
type State = KernelState<Output>;

/** What the tilt F(s, m) of theory §5 asks of outputs, P×P: B⁻¹, and a with the saddle aaᵀ. */
interface Asked {
  readonly inverse: Matrix;
  readonly dual: Matrix;
}

/** `others` points beside the training points ask nothing. */
function askedOf(problem: Problem, output: Output, compute: Compute, others = 0): Asked {
  const { factor, dual } = gaussianOf(problem).given(output.effective, compute.algebra);
  const precision = compute.algebra.cholesky(copy(output.precision));
  const inverse = compute.algebra.choleskyInverse(precision);
  release(factor, precision);
  return others > 0 ? { inverse: padded(inverse, others), dual: paddedRows(dual, others) } : { inverse, dual };
}

/** Whether one neuron of the last layer has one readout weight an output, dense or for the mean of its positions. */
const readsNeurons = (network: Network): boolean => layerOf(network, network.hiddenLayers).map.lowerVectors !== undefined;

/** The measure of the last hidden layer's neurons under it, and ∂F/∂(C⁽ᴸ⁾ of the neuron) on average. */
function outputMeasure(problem: Problem, below: Matrix, asked: Asked, width: number, samples: TiltedSamples, compute: Compute) {
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
const measureAt = (
  problem: Problem,
  below: Matrix,
  output: Output,
  width: number,
  samples: TiltedSamples,
  compute: Compute,
): TiltedMeasure => outputMeasure(problem, below, askedOf(problem, output, compute), width, samples, compute).measure;

/** 1/(1 + s) of every sample: what the fluctuating field leaves of a neuron's part in C_eff. */
const damping = ({ values: [s] }: TiltedMeasure): Float64Array => s.map((value) => 1 / (1 + value));

/** 1/(1+s) + m/(n(1+s)²): a neuron's part in the precision of the field. */
const stiffness = ({ values: [s, m] }: TiltedMeasure, outputs: number): Float64Array =>
  s.map((value, k) => (1 + m[k] / (outputs * (1 + value))) / (1 + value));

/** C⁽ᴸ⁾ = g⟨φφᵀ⟩ + β, C_eff = g⟨φφᵀ/(1+s)⟩ + β and B = κ + β + g⟨φφᵀ[1/(1+s) + m/(n(1+s)²)]⟩ */
function outputImage({ network, data, noiseVariance }: Problem, measure: TiltedMeasure): Output & { kernel: Matrix } {
  const layer = layerOf(network, network.hiddenLayers);
  return {
    kernel: lift(layer, measure.secondMoment()),
    effective: lift(layer, measure.secondMoment(damping(measure))),
    precision: addToDiagonal(lift(layer, measure.secondMoment(stiffness(measure, data.y.columns))), noiseVariance),
  };
}

export function multiscaleSystem(problem: Problem, samples: TiltedSamples, compute: Compute): KernelSystem<State> {
  const { network } = problem;
  const { hiddenLayers, widths } = network;
  const equations = tiltedEquations(problem, samples);
  const system: KernelSystem<State> = {
    sweep(state, scale) {
      const width = scale * widths[hiddenLayers - 1];
      const conjugates = hiddenConjugates(problem, state, scale, samples, compute);
      const image = [state.input];
      for (let l = 1; l < hiddenLayers; l++) {
        image.push(equations.forward(l, scale * widths[l - 1], image[l - 1], conjugates[l] as Matrix));
      }
      const measure = measureAt(problem, image[hiddenLayers - 1], state.output, width, samples, compute);
      const { kernel, ...output } = outputImage(problem, measure);
      return { image: { ...stateOf([...image, kernel]), output }, conjugates };
    },
    follow(state, scale, held) {
      const width = scale * widths[hiddenLayers - 1];
      const kernels = kernelsOf(state);
      const measure = measureAt(problem, kernels[hiddenLayers - 1], state.output, width, samples, compute);
      const { kernel, ...output } = outputImage(problem, measure);
      if (hiddenLayers === 1) return { image: { ...stateOf([state.input, kernel]), output }, conjugates: [] };
      const conjugate = measure.conjugate(width);
      const below = tiltedDownwards(problem, samples, kernels, hiddenLayers - 1, conjugate, scale, held);
      const images = [...below.images.slice(0, hiddenLayers), kernel];
      return { image: { ...stateOf(images), output }, conjugates: below.conjugates };
    },
  };
  return monteCarloSystem(system, samples);
}

/** C̃⁽¹⁾ … C̃⁽ᴸ⁻¹⁾: the last from the tilt F, those below as in `map`. */
function hiddenConjugates(
  problem: Problem,
  state: State,
  scale: number,
  samples: TiltedSamples,
  compute: Compute,
): (Matrix | undefined)[] {
  const { hiddenLayers, widths } = problem.network;
  if (hiddenLayers === 1) return [undefined, undefined];
  const width = scale * widths[hiddenLayers - 1];
  const kernels = kernelsOf(state);
  const measure = measureAt(problem, kernels[hiddenLayers - 1], state.output, width, samples, compute);
  return conjugatesBelow(problem, kernels, hiddenLayers - 1, measure.conjugate(width), tiltedEquations(problem, samples), scale);
}

/**
 * ln p(Y|X) of theory §5's Gaussian fields: stationary in a, B and the kernels exactly at the equations above,
 * −tr aᵀY + ½κ‖a‖² + ½β|1ᵀa|² − (n/2)[ln det B + tr((κ + β 11ᵀ)B⁻¹) − P + P ln 2π] + N ln⟨e^F⟩ − Σ_{l<L}[tr C̃C − W].
 */
function evaluate(problem: Problem, state: State, scale: number, held: Conjugates, samples: TiltedSamples, compute: Compute) {
  const { network, data, noiseVariance } = problem;
  const { hiddenLayers: l, widths, biasVariance } = network;
  const [p, n] = [data.y.rows, data.y.columns];
  const { output } = state;
  const kernels = kernelsOf(state);
  const conjugates = held.length > 0 ? [...held] : hiddenConjugates(problem, state, scale, samples, compute);
  const hidden = hiddenCost(problem, kernels, conjugates, l - 1, scale, samples);
  const { dual } = gaussianOf(problem).given(output.effective, compute.algebra);
  const factor = compute.algebra.cholesky(copy(output.precision));
  const inverse = compute.algebra.choleskyInverse(factor);
  const asked = askedOf(problem, output, compute);
  const { measure, conjugate } = outputMeasure(problem, kernels[l - 1], asked, scale * widths[l - 1], samples, compute);
  conjugates[l] = conjugate();
  const sums = new Float64Array(n);
  for (let i = 0; i < dual.data.length; i++) sums[i % n] += dual.data[i];
  const biased = sums.reduce((sum, value) => sum + value * value, 0);
  const saddle = 0.5 * (noiseVariance * inner(dual, dual) + biasVariance[l] * biased) - inner(dual, data.y);
  const trace = diagonal(inverse).reduce((sum, value) => sum + value, 0);
  const spread = noiseVariance * trace + biasVariance[l] * sumOf(inverse);
  const fluctuations = logDeterminant(factor) + spread - p + p * Math.log(2 * Math.PI);
  const evidence = saddle - 0.5 * n * fluctuations + scale * widths[l - 1] * measure.logNormaliser() - hidden;
  return { conjugates, evidence };
}

function* solveMultiscale(problem: Problem, nngp: Matrix[], compute: Compute, options: Options) {
  const { network, data, noiseVariance } = problem;
  const { hiddenLayers: top, widths } = network;
  /** Fields that the fluctuations have not damped yet. */
  const undamped = (kernels: readonly Matrix[]): State => {
    const output = { effective: kernels[top], precision: addToDiagonal(copy(kernels[top]), noiseVariance) };
    return { ...stateOf(kernels), output };
  };
  const equations = (count: number, carried = false): MonteCarloEquations<State> => {
    const samples = samplesOf(problem, compute, count, options.seed ?? 0, carried);
    const reader: StateReader<State> = {
      samples,
      y: data.y,
      unreachable: targetsTooLarge(problem, nngp[top]),
      evaluate: (state, scale, held) => evaluate(problem, state, scale, held, samples, compute),
    };
    return { system: multiscaleSystem(problem, samples, compute), reader };
  };
  const { start } = options;
  const count = sampleCount(problem, options);
  const solved = yield* solveByMonteCarlo(
    equations,
    count,
    carriedCount(problem),
    undamped(nngp),
    widths,
    options,
    start && undamped(start),
  );
  const { settled, conjugates } = solved;
  return { ...solved, solution: { kernels: kernelsOf(settled.state), conjugates, convergence: settled.convergence } };
}

/** Predictions and kernels of new points of a solution. */
function posteriorOf(
  fields: PosteriorFields,
  output: Output,
  samples: TiltedSamples,
  fluctuations: Fluctuations,
  compute: Compute,
  { seed = 0 }: Options,
): KernelPosterior {
  const { problem, kernels } = fields;
  const { network, data, noiseVariance } = problem;
  const solution = solutionOf(fields);
  const lower = extendTilted(network, solution, samples);
  const l = network.hiddenLayers;
  const last = layerOf(network, l);
  /** New points with their lower layers as in `map`, and in the last one averages with a weight whose training kernel is known. */
  const extendWith =
    (weight: (measure: TiltedMeasure) => Float64Array, kernel: Matrix): Extend =>
    (layer, below) => {
      if (layer < l) return lower(layer, below);
      const asked = askedOf(problem, output, compute);
      const measured = () =>
        outputMeasure(problem, kernels[l - 1], asked, solution.convergence.widths[l - 1], samples, compute).measure;
      const moment = () => {
        const measure = measured();
        return measure.secondMoment(weight(measure));
      };
      const known = momentsBelow(last, kernel) ?? meanMoment(samples, moment);
      const rows = () => {
        const measure = measured();
        return measure.secondMomentRows(below, weight(measure), known);
      };
      return liftRows(last, meanRows(samples, rows));
    };
  const extend = extendWith(damping, output.effective);
  const posterior = createPosterior(fields, extend, compute);
  const stiff = addToDiagonal(copy(output.precision), -noiseVariance);
  const spread = extendWith((measure) => stiffness(measure, data.y.columns), stiff);
  // The field of a new output is coupled to those of the training points as they are among each other: its variance is B_** − B_*B⁻¹B_*ᵀ.
  const variance = (xTest: Matrix) => predictTest({ ...fields, effective: stiff }, spread, xTest, compute).variance;
  const predict = (xTest: Matrix) => ({ mean: posterior.predict(xTest).mean, variance: variance(xTest) });
  const undamped = extendWith(({ weights }) => new Float64Array(weights.length).fill(1), kernels[l]);
  const testKernels = (xTest: Matrix) => ({ kernels: kernelRows(problem, undamped, xTest, compute) });
  const covariances = (xTest: Matrix) => {
    const all = samplesOf(problem, compute, samples.size, seed);
    const hidden = tiltedEquations(problem, all);
    const width = solution.convergence.widths;
    const forward = (layer: number, below: Matrix) => {
      const others = newRows(problem, layer, xTest);
      if (layer < l) return hidden.forward(layer, width[layer - 1], below, padded(solution.conjugates[layer] as Matrix, others));
      const asked = askedOf(problem, output, compute, others);
      return lift(last, outputMeasure(problem, below, asked, width[l - 1], all, compute).measure.secondMoment());
    };
    return testCovariances(problem, xTest, forward, compute);
  };
  const state = () => ({ ...tiltedState(samples), precision: output.precision });
  return withFluctuations({ ...posterior, predict, testKernels, testCovariances: covariances, state }, fluctuations);
}

/**
 * `map` with the fluctuations that P ∝ N makes large (theory §5): the output fields â = ia + ξ adapt by their saddle a and fluctuate with
 * precision B, and every neuron of the last hidden layer feels both. As P/N → 0 it becomes `map`.
 */
export const multiscale: Theory<'multiscale', typeof options> = {
  name: 'multiscale',
  options,
  summary: 'map with the output fluctuations that count when points are as many as neurons',
  treats: ['activations', 'convolution', 'average'],
  refuses: ({ network }) =>
    readsNeurons(network)
      ? undefined
      : 'theory multiscale treats convolutions below a dense layer or averaged: flattened positions have readout weights of their own',
  matrices: (problem, options) =>
    12 * problem.network.hiddenLayers + 24 + fluctuationMatrices(problem) + tiltedMatrices(problem, options),
  cost: { terms: tiltedTerms, seconds: [0, 2e-8, 6e-6] },
  *iterate(problem, compute, options) {
    const { network, data } = problem;
    const nngp = nngpKernels(network, data.x, compute);
    try {
      const {
        settled,
        samples,
        uncertainty: known,
        details,
        solution,
        logEvidence: saddle,
      } = yield* solveMultiscale(problem, nngp, compute, options);
      const { output } = settled.state;
      const scale = solution.convergence.widths[0] / network.widths[0];
      const beyond = beyondSaddles(problem, nngp, scale, compute, { seed: options.seed ?? 0 });
      const fluctuations = beyond(true);
      // The output fluctuations that are in the saddle have a next order as well: it is what Gaussian fields leave out.
      const evidence = evidenceWith(saddle, fluctuations, beyond(false, false).nextOrder());
      const uncertainty = withFluctuationError(known, fluctuations, solution.kernels);
      const fields = { theory: 'multiscale', problem, nngp, ...solution, effective: output.effective, ...evidence };
      const told = { ...fields, ...(uncertainty ? { uncertainty } : {}), ...(details ? { details } : {}) };
      return posteriorOf(told, output, samples, fluctuations, compute, options);
    } catch (error) {
      throw explainSingular(error, problem, nngp[network.hiddenLayers]);
    }
  },
  restore(fields, state, compute, options) {
    const { problem, nngp, convergence, effective } = fields;
    const { network, data } = problem;
    const { precision } = state;
    const p = data.x.rows;
    if (!effective || precision?.rows !== p || precision.columns !== p)
      throw new InputError('damaged: the fluctuations of the output are missing or of another size');
    const scale = convergence.widths[0] / network.widths[0];
    const fluctuations = beyondSaddles(problem, nngp, scale, compute, { seed: options.seed ?? 0 })(true);
    const samples = restoredSamples(state, problem, compute);
    return posteriorOf(fields, { effective, precision }, samples, fluctuations, compute, options);
  },
};
