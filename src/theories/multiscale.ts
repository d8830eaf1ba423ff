import { layerOf, mostRows } from '../architecture/architecture.js';
import type { Compute } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import { addToDiagonal, copy, type Matrix } from '../numerics/matrix.js';
import { type PosteriorFields, solvedWidth } from '../posterior/fields.js';
import { kernelRows } from '../posterior/kernelRows.js';
import { newRows, padded } from '../posterior/newPoints.js';
import { type KernelPosterior, posteriorAlong } from '../posterior/posterior.js';
import { outputOf, predictInBlocks, requireFinite } from '../posterior/predict.js';
import { targetsTooLarge } from '../posterior/reach.js';
import { keepingLast, pathBy, type RowPath } from '../posterior/rowPath.js';
import { explainSingular } from '../posterior/singularKernel.js';
import { testCovariances } from '../posterior/testCovariances.js';
import { nngpKernels } from '../prior/nngpKernels.js';
import type { Problem } from '../problem/problem.js';
import { beyondSaddles } from '../solving/firstOrder/beyondSaddle.js';
import { fluctuationMatrices } from '../solving/firstOrder/births.js';
import {
  evidenceWith,
  type Fluctuations,
  withFluctuationError,
  withFluctuations,
} from '../solving/firstOrder/fluctuations.js';
import { solutionOf } from '../solving/forwardBackward.js';
import { kernelsOf, stateOf } from '../solving/kernelState.js';
import {
  type MonteCarloEquations,
  type StateReader,
  solveByMonteCarlo,
} from '../solving/monteCarloSolution.js';
import { multiscaleEvidence, multiscaleSystem } from '../solving/tilted/multiscaleEquations.js';
import {
  askedOf,
  damping,
  type FieldState,
  type Output,
  outputMeasure,
  stiffness,
} from '../solving/tilted/outputFields.js';
import { kernelRowsUnder, kernelUnder, readingMatrices } from '../solving/tilted/reading.js';
import { extendTilted, samplesOf, tiltedEquations } from '../solving/tilted/tiltedEquations.js';
import type { TiltedMeasure } from '../solving/tilted/tiltedMeasure.js';
import {
  carriedCount,
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

function* solveMultiscale(problem: Problem, nngp: Matrix[], compute: Compute, options: Options) {
  const { network, data, noiseVariance } = problem;
  const { hiddenLayers: top, widths } = network;
  /** Fields that the fluctuations have not damped yet. */
  const undamped = (kernels: readonly Matrix[]): FieldState => {
    const output = { effective: kernels[top], precision: addToDiagonal(copy(kernels[top]), noiseVariance) };
    return { ...stateOf(kernels), output };
  };
  const equations = (count: number, carried = false): MonteCarloEquations<FieldState> => {
    const samples = samplesOf(problem, compute, count, options.seed ?? 0, carried);
    const reader: StateReader<FieldState> = {
      samples,
      y: data.y,
      unreachable: targetsTooLarge(problem, nngp[top]),
      evaluate: (state, scale, held) => multiscaleEvidence(problem, state, scale, held, samples, compute),
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
  return {
    ...solved,
    solution: { kernels: kernelsOf(settled.state), conjugates, convergence: settled.convergence },
  };
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
  const l = network.hiddenLayers;
  const last = layerOf(network, l);
  const stiff = addToDiagonal(copy(output.precision), -noiseVariance);
  const weighings = [
    { kernel: kernels[l] },
    { x: damping, kernel: output.effective },
    { x: (measure: TiltedMeasure) => stiffness(measure, data.y.columns), kernel: stiff },
  ];
  const below = pathBy(problem, extendTilted(network, solution, samples), compute, l - 1);
  /**
   * New points with their lower layers as in `map`, and in the last one averages with each of the weights,
   * whose training kernels are known.
   */
  const paths = keepingLast((points) => {
    const path = below(points);
    const asked = askedOf(problem, output, compute);
    const width = solvedWidth(network, solution.convergence, l);
    const measured = () => outputMeasure(problem, kernels[l - 1], asked, width, samples, compute).measure;
    const tops = kernelRowsUnder(last, samples, measured, path[l - 1], weighings);
    return tops.map((top): RowPath => [...path, top]);
  });
  const [free, damped, stiffened] = weighings.map((_, k) => (points: Matrix) => paths(points)[k]);
  // The field of a new output is coupled to those of the training points as they are among each other: its
  // variance is B_** − B_*B⁻¹B_*ᵀ.
  const predict = (xTest: Matrix) => {
    const [atMean, atSpread] = [fields, { ...fields, effective: stiff }].map((at) => outputOf(at, compute));
    const predicted = predictInBlocks(problem, xTest, (points) => ({
      mean: atMean.predict(damped(points)[l]).mean,
      variance: atSpread.predict(stiffened(points)[l]).variance,
    }));
    return requireFinite(predicted);
  };
  const testKernels = (xTest: Matrix) => ({ kernels: kernelRows(problem, free, xTest) });
  const covariances = (xTest: Matrix) => {
    const all = samplesOf(problem, compute, samples.size, seed);
    const hidden = tiltedEquations(problem, all);
    const width = (layer: number) => solvedWidth(network, solution.convergence, layer);
    const forward = (layer: number, below: Matrix) => {
      const others = newRows(problem, layer, xTest);
      if (layer < l)
        return hidden.forward(
          layer,
          width(layer),
          below,
          padded(solution.conjugates[layer] as Matrix, others),
        );
      const asked = askedOf(problem, output, compute, others);
      return kernelUnder(last, outputMeasure(problem, below, asked, width(l), all, compute).measure);
    };
    return testCovariances(problem, xTest, forward, compute);
  };
  const state = () => ({ ...tiltedState(samples), precision: output.precision });
  return withFluctuations(
    { ...posteriorAlong(fields, damped, compute), predict, testKernels, testCovariances: covariances, state },
    fluctuations,
  );
}

/**
 * `map` with the fluctuations that P ∝ N makes large (theory §5): the output fields â = ia + ξ adapt by their
 * saddle a and fluctuate with precision B, and every neuron of the last hidden layer feels both. As P/N → 0
 * it becomes `map`.
 */
export const multiscale: Theory<'multiscale', typeof options> = {
  name: 'multiscale',
  options,
  summary: 'map with the output fluctuations that count when points are as many as neurons',
  treats: ['activations', 'convolution', 'average', 'own'],
  matrices: (problem, options) =>
    12 * problem.network.hiddenLayers +
    24 +
    fluctuationMatrices(problem) +
    tiltedMatrices(problem, options) +
    readingMatrices(problem, sampleCount(problem, options), mostRows(problem.network, problem.data.x.rows)),
  cost: { terms: tiltedTerms, seconds: [0, 6.5e-8, 2.9e-6] },
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
      const scale = solution.convergence.widthScale;
      const beyond = beyondSaddles(problem, nngp, scale, compute, { seed: options.seed ?? 0 });
      const fluctuations = beyond(true);
      // The output fluctuations that are in the saddle have a next order as well: it is what Gaussian fields
      // leave out.
      const evidence = evidenceWith(saddle, fluctuations, beyond(false, false).nextOrder());
      const uncertainty = withFluctuationError(known, fluctuations, solution.kernels);
      const fields = {
        theory: 'multiscale',
        problem,
        nngp,
        ...solution,
        effective: output.effective,
        ...evidence,
      };
      const told = { ...fields, ...(uncertainty ? { uncertainty } : {}), ...(details ? { details } : {}) };
      return posteriorOf(told, output, samples, fluctuations, compute, options);
    } catch (error) {
      throw explainSingular(error, problem, nngp[network.hiddenLayers]);
    }
  },
  restore(fields, state, compute, options) {
    const { problem, nngp, convergence, effective } = fields;
    const { data } = problem;
    const { precision } = state;
    const p = data.x.rows;
    if (!effective || precision?.rows !== p || precision.columns !== p)
      throw new InputError('damaged: the fluctuations of the output are missing or of another size');
    const scale = convergence.widthScale;
    const fluctuations = beyondSaddles(problem, nngp, scale, compute, { seed: options.seed ?? 0 })(true);
    const samples = restoredSamples(state, problem, compute);
    return posteriorOf(fields, { effective, precision }, samples, fluctuations, compute, options);
  },
};
