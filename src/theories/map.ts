import { untreated } from '../architecture/architecture.js';
import { gaussianOf } from '../likelihood/gaussian.js';
import type { Compute } from '../numerics/compute.js';
import type { Matrix } from '../numerics/matrix.js';
import { type PosteriorFields, solvedWidth } from '../posterior/fields.js';
import { newRows, padded } from '../posterior/newPoints.js';
import { createPosterior, type KernelPosterior } from '../posterior/posterior.js';
import { targetsTooLarge } from '../posterior/reach.js';
import { explainSingular } from '../posterior/singularKernel.js';
import { testCovariances } from '../posterior/testCovariances.js';
import { nngpKernels } from '../prior/nngpKernels.js';
import { isLinear, type Network, type Problem } from '../problem/problem.js';
import { beyondSaddle } from '../solving/firstOrder/beyondSaddle.js';
import { fluctuationMatrices } from '../solving/firstOrder/births.js';
import {
  evidenceWith,
  type Fluctuations,
  withFluctuationError,
  withFluctuations,
} from '../solving/firstOrder/fluctuations.js';
import {
  conjugatesBelow,
  forwardBackwardSystem,
  type LayerEquations,
  type Solution,
  solutionOf,
} from '../solving/forwardBackward.js';
import { type KernelsAlone, kernelsOf, stateOf } from '../solving/kernelState.js';
import type { KernelSystem } from '../solving/kernelSystem.js';
import { solveLinear } from '../solving/linear/linearAscent.js';
import { extendLinear, linearEquations, linearEvidence } from '../solving/linear/linearEquations.js';
import {
  type MonteCarloEquations,
  type StateReader,
  solveByMonteCarlo,
} from '../solving/monteCarloSolution.js';
import {
  extendTilted,
  hiddenCost,
  samplesOf,
  tiltedDownwards,
  tiltedEquations,
} from '../solving/tilted/tiltedEquations.js';
import {
  carriedCount,
  sampleCount,
  type TiltedSamples,
  tiltedMatrices,
} from '../solving/tilted/tiltedSamples.js';
import type { ValuesOf } from './option.js';
import { restoredSamples, tiltedState } from './saving/tiltedState.js';
import { tiltedTerms } from './sharedCosts.js';
import {
  DEFAULT_ITERATIONS,
  DEFAULT_TOLERANCE,
  seed,
  selfConsistent,
  tiltedSamples,
} from './sharedOptions.js';
import type { Theory } from './theory.js';

const options = { ...tiltedSamples, ...selfConsistent, ...seed };
type Options = ValuesOf<typeof options>;

/** New points among each other by the forward equation of all points. */
function covariancesBy(
  equations: LayerEquations,
  problem: Problem,
  { conjugates, convergence }: Solution,
  xTest: Matrix,
  compute: Compute,
): Matrix[] {
  const forward = (l: number, below: Matrix) =>
    equations.forward(
      l,
      solvedWidth(problem.network, convergence, l),
      below,
      padded(conjugates[l] as Matrix, newRows(problem, l, xTest)),
    );
  return testCovariances(problem, xTest, forward, compute);
}

function* solveTilted(problem: Problem, nngp: Matrix[], compute: Compute, options: Options) {
  const { network, data } = problem;
  const { hiddenLayers: top, widths } = network;
  const equations = (count: number, carried = false): MonteCarloEquations<KernelsAlone> => {
    const samples = samplesOf(problem, compute, count, options.seed ?? 0, carried);
    const system: KernelSystem<KernelsAlone> = {
      ...forwardBackwardSystem(problem, tiltedEquations(problem, samples), compute),
      follow(state, scale, held) {
        const kernels = kernelsOf(state);
        const conjugate = gaussianOf(problem).conjugate(kernels[top], compute.algebra);
        const { images, conjugates } = tiltedDownwards(
          problem,
          samples,
          kernels,
          top,
          conjugate,
          scale,
          held,
        );
        return { image: stateOf(images), conjugates };
      },
    };
    const reader: StateReader<KernelsAlone> = {
      samples,
      y: data.y,
      unreachable: targetsTooLarge(problem, nngp[top]),
      evaluate(state, scale, held) {
        const kernels = kernelsOf(state);
        const last = gaussianOf(problem).conjugate(kernels[top], compute.algebra);
        const found = () =>
          conjugatesBelow(problem, kernels, top, last, tiltedEquations(problem, samples), scale);
        const conjugates = held.length > 0 ? [...held.slice(0, top), last] : found();
        const cost = hiddenCost(problem, kernels, conjugates, top, scale, samples);
        return {
          conjugates,
          evidence: gaussianOf(problem).logEvidence(kernels[top], compute.algebra) - cost,
        };
      },
    };
    return { system, reader };
  };
  const count = sampleCount(problem, options);
  const { settled, samples, conjugates, ...told } = yield* solveByMonteCarlo(
    equations,
    count,
    carriedCount(problem),
    stateOf(nngp),
    widths,
    options,
    options.start && stateOf(options.start),
  );
  const solution: Solution = {
    kernels: kernelsOf(settled.state),
    conjugates,
    convergence: settled.convergence,
  };
  return { solution, samples, told };
}

/** Whether the equations have closed forms: dense linear layers. */
const isClosed = (network: Network): boolean => isLinear(network) && untreated(network, '') === undefined;

/** Predictions and kernels of new points of a solution in closed form. */
function linearPosterior(
  fields: PosteriorFields,
  fluctuations: Fluctuations,
  compute: Compute,
): KernelPosterior {
  const { problem } = fields;
  const solution = solutionOf(fields);
  const equations = linearEquations(problem, compute);
  const posterior = createPosterior(fields, extendLinear(problem, solution, equations, compute), compute);
  const covariances = (xTest: Matrix) => covariancesBy(equations, problem, solution, xTest, compute);
  return withFluctuations({ ...posterior, testCovariances: covariances }, fluctuations);
}

/** The same by averages over these samples. */
function tiltedPosterior(
  fields: PosteriorFields,
  samples: TiltedSamples,
  fluctuations: Fluctuations,
  compute: Compute,
  { seed = 0 }: Options,
): KernelPosterior {
  const { problem } = fields;
  const { network } = problem;
  const solution = solutionOf(fields);
  const posterior = createPosterior(fields, extendTilted(network, solution, samples), compute);
  const again = () => tiltedEquations(problem, samplesOf(problem, compute, samples.size, seed));
  const covariances = (xTest: Matrix) => covariancesBy(again(), problem, solution, xTest, compute);
  const state = () => tiltedState(samples);
  return withFluctuations({ ...posterior, testCovariances: covariances, state }, fluctuations);
}

/**
 * Maximum a posteriori kernels: the full forward-backward equations (theory §4), in closed form for the
 * linear activation.
 */
export const map: Theory<'map', typeof options> = {
  name: 'map',
  options,
  summary: 'maximum a posteriori kernels: the full forward-backward equations',
  treats: ['activations', 'convolution', 'average', 'own'],
  matrices: (problem, options) =>
    12 * problem.network.hiddenLayers +
    16 +
    fluctuationMatrices(problem) +
    (isClosed(problem.network) ? 0 : tiltedMatrices(problem, options)),
  cost: { terms: tiltedTerms, seconds: [0, 6.5e-8, 2.6e-6] },
  *iterate(problem, compute, options) {
    const { network, data } = problem;
    const nngp = nngpKernels(network, data.x, compute);
    const fluctuationsOf = ({ convergence }: Solution) =>
      beyondSaddle(problem, nngp, convergence.widthScale, compute, {
        seed: options.seed ?? 0,
      });
    const evidenceOf = (saddle: number, { kernels }: Solution, fluctuations: Fluctuations) =>
      evidenceWith(saddle, fluctuations, fluctuations.nextOrder(kernels[network.hiddenLayers]));
    try {
      if (isClosed(network)) {
        const equations = linearEquations(problem, compute);
        const { tolerance = DEFAULT_TOLERANCE, maxIterations = DEFAULT_ITERATIONS } = options;
        const solution = yield* solveLinear(problem, nngp[0], equations, compute, {
          tolerance,
          maxIterations,
        });
        const fluctuations = fluctuationsOf(solution);
        const evidence = evidenceOf(linearEvidence(problem, solution, compute), solution, fluctuations);
        const fields = { theory: 'map', problem, nngp, ...solution, ...evidence };
        return linearPosterior(fields, fluctuations, compute);
      }
      const { solution, samples, told } = yield* solveTilted(problem, nngp, compute, options);
      const { details } = told;
      const fluctuations = fluctuationsOf(solution);
      const uncertainty = withFluctuationError(told.uncertainty, fluctuations, solution.kernels);
      const evidence = evidenceOf(told.logEvidence, solution, fluctuations);
      const fields = {
        theory: 'map',
        problem,
        nngp,
        ...solution,
        ...evidence,
        ...(uncertainty ? { uncertainty } : {}),
        ...(details ? { details } : {}),
      };
      return tiltedPosterior(fields, samples, fluctuations, compute, options);
    } catch (error) {
      throw explainSingular(error, problem, nngp[network.hiddenLayers]);
    }
  },
  restore(fields, state, compute, options) {
    const { problem, nngp, convergence } = fields;
    const { network } = problem;
    const scale = convergence.widthScale;
    const fluctuations = beyondSaddle(problem, nngp, scale, compute, { seed: options.seed ?? 0 });
    if (isClosed(network)) return linearPosterior(fields, fluctuations, compute);
    const samples = restoredSamples(state, problem, compute);
    return tiltedPosterior(fields, samples, fluctuations, compute, options);
  },
};
