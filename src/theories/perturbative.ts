import { layerOf, mostRows } from '../architecture/architecture.js';
import { bornAbove, conjugateBelow, rowsBornAbove } from '../architecture/kernels.js';
import type { Compute } from '../numerics/compute.js';
import { addScaled, type Matrix, release } from '../numerics/matrix.js';
import { type PosteriorFields, solvedWidth, type Uncertainty } from '../posterior/fields.js';
import { newRows, padded } from '../posterior/newPoints.js';
import { createPosterior, type KernelPosterior } from '../posterior/posterior.js';
import type { Extend } from '../posterior/rowPath.js';
import { explainSingular } from '../posterior/singularKernel.js';
import { testCovariances } from '../posterior/testCovariances.js';
import { type FourPoint, fourPointMatrices, fourPointOf } from '../prior/fourPoint/fourPoint.js';
import { GROUPS } from '../prior/fourPoint/groupedNormals.js';
import { nextKernel, nextRows, nngpKernels } from '../prior/nngpKernels.js';
import type { Problem } from '../problem/problem.js';
import { refine } from '../solving/annealing.js';
import { secondOrderEvidence } from '../solving/evidence.js';
import { beyondSaddle } from '../solving/firstOrder/beyondSaddle.js';
import { fluctuationMatrices } from '../solving/firstOrder/births.js';
import {
  evidenceWith,
  type Fluctuations,
  withFluctuationError,
  withFluctuations,
} from '../solving/firstOrder/fluctuations.js';
import {
  forwardBackwardSystem,
  type LayerEquations,
  type Solution,
  solutionOf,
  solveForwardBackward,
} from '../solving/forwardBackward.js';
import { kernelsOf, stateOf } from '../solving/kernelState.js';
import { firstShare } from '../solving/progress.js';
import { REPETITION_TOLERANCE, repeat, SOLVING_SHARE } from '../solving/repetitions.js';
import type { ValuesOf } from './option.js';
import { fourPointTerms } from './sharedCosts.js';
import {
  DEFAULT_ITERATIONS,
  DEFAULT_TOLERANCE,
  fourPoint,
  groupedSamples,
  seed,
  selfConsistent,
} from './sharedOptions.js';
import type { Theory } from './theory.js';

const options = { ...groupedSamples, ...fourPoint, ...selfConsistent, ...seed };
type Options = ValuesOf<typeof options>;

/** C⁽ˡ⁾ = g K(C⁽ˡ⁻¹⁾) + β + (g²/N) V:C̃⁽ˡ⁾ and C̃⁽ˡ⁾ = R⁽ˡ⁺¹⁾ᵀ C̃⁽ˡ⁺¹⁾ (theory §5). */
function equationsWith({ network }: Problem, fourPoint: FourPoint, compute: Compute): LayerEquations {
  return {
    forward(l, width, below, conjugate) {
      const kernel = nextKernel(network, l, below, compute);
      const layer = { ...layerOf(network, l), width };
      const shift = bornAbove(layer, conjugate, (lowered) => fourPoint.contract(l, below, lowered));
      addScaled(kernel, 1, shift);
      release(shift);
      return kernel;
    },
    backward: (l, _width, kernel, above) => conjugateBelow(layerOf(network, l + 1), kernel, above, compute),
  };
}

/**
 * One forward-backward iteration as a function of the kernels, for benchmarks and experiments with other
 * solvers.
 */
export function iterationOf(
  problem: Problem,
  compute: Compute,
  options: Options,
): (kernels: readonly Matrix[]) => Matrix[] {
  const equations = equationsWith(
    problem,
    fourPointOf(problem.network, mostRows(problem.network, problem.data.x.rows), compute, options).fourPoint,
    compute,
  );
  const system = forwardBackwardSystem(problem, equations, compute);
  return (kernels) => kernelsOf(system.sweep(stateOf(kernels), 1).image);
}

/**
 * New points obey the forward equation of the training points, whose conjugate kernels move them (theory §6).
 */
function extendRows(
  { network }: Problem,
  { kernels, conjugates, convergence }: Solution,
  fourPoint: FourPoint,
  compute: Compute,
): Extend {
  return (l, below) => {
    const rows = nextRows(network, l, kernels[l - 1], below, compute);
    const layer = { ...layerOf(network, l), width: solvedWidth(network, convergence, l) };
    const contract = (lowered: Matrix) => fourPoint.contractRows(l, kernels[l - 1], lowered, below);
    const shift = rowsBornAbove(layer, conjugates[l] as Matrix, contract);
    addScaled(rows.cross, 1, shift.cross);
    if (rows.blocks && shift.blocks) addScaled(rows.blocks, 1, shift.blocks);
    return { ...rows, own: rows.own.map((value, t) => value + shift.own[t]) };
  };
}

/** Predictions and kernels of new points of a solution. */
function posteriorOf(
  fields: PosteriorFields,
  fourPoint: FourPoint,
  fluctuations: Fluctuations,
  compute: Compute,
  options: Options,
): KernelPosterior {
  const { problem, convergence } = fields;
  const { network, data } = problem;
  const solution = solutionOf(fields);
  const posterior = createPosterior(fields, extendRows(problem, solution, fourPoint, compute), compute);
  const covariances = (xTest: Matrix) => {
    const points = mostRows(network, data.x.rows + xTest.rows);
    const joint = equationsWith(problem, fourPointOf(network, points, compute, options).fourPoint, compute);
    const forward = (l: number, below: Matrix) =>
      joint.forward(
        l,
        solvedWidth(network, convergence, l),
        below,
        padded(solution.conjugates[l] as Matrix, newRows(problem, l, xTest)),
      );
    return testCovariances(problem, xTest, forward, compute);
  };
  return { ...withFluctuations(posterior, fluctuations), testCovariances: covariances };
}

/**
 * The paper's theory: forward-backward equations to first order in C̃, solved self-consistently in all layers
 * (theory §5). Four-point functions are exact up to 16 points where a closed form exists, else averages over
 * samples; then the equations are solved again with each of 8 groups of samples alone, and the scatter gives
 * standard errors.
 */
export const perturbative: Theory<'perturbative', typeof options> = {
  name: 'perturbative',
  options,
  summary: 'first order in the conjugate kernels, self-consistent in all layers',
  treats: ['activations', 'convolution', 'average', 'own'],
  matrices: (problem, options) =>
    fluctuationMatrices(problem) +
    fourPointMatrices(problem.network, mostRows(problem.network, problem.data.x.rows), options),
  cost: { terms: fourPointTerms, seconds: [0, 1.5e-8, 0] },
  *iterate(problem, compute, options) {
    const { network, data } = problem;
    const nngp = nngpKernels(network, data.x, compute);
    const { fourPoint, grouped } = fourPointOf(network, mostRows(network, data.x.rows), compute, options);
    const equations = equationsWith(problem, fourPoint, compute);
    const { tolerance = DEFAULT_TOLERANCE, maxIterations = DEFAULT_ITERATIONS, start } = options;
    try {
      const nearby = start && stateOf(start);
      const solving = solveForwardBackward(problem, nngp, equations, compute, {
        tolerance,
        maxIterations,
        start: nearby,
      });
      const solution = yield* firstShare(solving, grouped ? SOLVING_SHARE : 1);
      const { kernels, convergence } = solution;
      const evidenceOf = (all: readonly Matrix[], below: readonly (Matrix | undefined)[]) =>
        secondOrderEvidence(problem, all, below, compute);
      const scale = convergence.widthScale;
      let uncertainty: Uncertainty | undefined;
      if (grouped) {
        uncertainty = yield* repeat(kernels, data.y, GROUPS, convergence, scale, (group) => {
          const system = forwardBackwardSystem(
            problem,
            equationsWith(problem, grouped.only(group), compute),
            compute,
          );
          const repeated = refine(system, stateOf(kernels), scale, Math.max(tolerance, REPETITION_TOLERANCE));
          if (!repeated) return undefined;
          const { conjugates } = system.sweep(repeated, scale);
          return { kernels: kernelsOf(repeated), evidence: evidenceOf(kernelsOf(repeated), conjugates) };
        });
      }
      const fluctuations = beyondSaddle(problem, nngp, scale, compute, options);
      const saddle = evidenceOf(kernels, solution.conjugates);
      const errors = withFluctuationError(uncertainty, fluctuations, kernels);
      const fields = {
        theory: 'perturbative',
        problem,
        ...solution,
        nngp,
        ...evidenceWith(saddle, fluctuations, fluctuations.nextOrder(kernels[network.hiddenLayers])),
        ...(errors ? { uncertainty: errors } : {}),
      };
      return posteriorOf(fields, fourPoint, fluctuations, compute, options);
    } catch (error) {
      throw explainSingular(error, problem, nngp[network.hiddenLayers]);
    }
  },
  restore(fields, _, compute, options) {
    const { problem, nngp, convergence } = fields;
    const { fourPoint } = fourPointOf(
      problem.network,
      mostRows(problem.network, problem.data.x.rows),
      compute,
      options,
    );
    const scale = convergence.widthScale;
    return posteriorOf(
      fields,
      fourPoint,
      beyondSaddle(problem, nngp, scale, compute, options),
      compute,
      options,
    );
  },
};
