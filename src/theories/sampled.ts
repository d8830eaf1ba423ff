import { architectureOf, kernelSizes, mostPositions } from '../architecture/architecture.js';
import { checkKernels, refuse } from '../numerics/arguments.js';
import { type Compute, checkCompute } from '../numerics/compute.js';
import { type Matrix, sameEntries, zeros } from '../numerics/matrix.js';
import { type Convergence, type Uncertainty, verdictOf } from '../posterior/fields.js';
import { createPosterior, type KernelPosterior } from '../posterior/posterior.js';
import { nngpKernels } from '../prior/nngpKernels.js';
import { checkProblem } from '../problem/checkProblem.js';
import { connectionsOf, positionsBelow } from '../problem/connection.js';
import { likelihoodNameOf } from '../problem/likelihoodName.js';
import type { Problem } from '../problem/problem.js';
import { readableRhat } from '../sampling/diagnostics.js';
import { undrawable } from '../sampling/ownWeights.js';
import { type NamedDiagnosis, SamplingRun } from '../sampling/run.js';
import {
  CHAINS,
  DRAWS,
  potentialNames,
  relevantChoices,
  SAMPLING_BOUNDS,
  type SamplingChoices,
  STEP_SIZES,
  samplerNames,
  samplingSettings,
} from '../sampling/settings.js';
import { verdict, type Worst, worstOf } from '../sampling/verdict.js';
import { parameterCount, shapeOf } from '../sampling/weights.js';
import type { Progress } from '../solving/progress.js';
import { choiceOption, groupOption, realOption, type ValuesOf, wholeOption } from './option.js';
import { ofNewPoints, restoredNetworks, testState } from './saving/savedNetworks.js';
import { rowsOf } from './sharedCosts.js';
import { seed } from './sharedOptions.js';
import type { Theory } from './theory.js';

const { warmUp, thin, steps, chains } = SAMPLING_BOUNDS;
const options = {
  /** networks drawn, all chains together; 2000 by default */
  draws: wholeOption(
    { least: 64, most: SAMPLING_BOUNDS.draws.most },
    {
      about: 'networks that sampled draws, all chains together',
      otherwise: String(DRAWS),
    },
  ),
  /** chains; 4 by default */
  chains: wholeOption(chains, { about: 'chains of sampled', otherwise: String(CHAINS) }),
  /** how networks are sampled, beyond draws, chains and seed */
  sampling: groupOption<SamplingChoices>(
    {
      /** hmc by default */
      sampler: choiceOption(samplerNames, { about: 'how chains move' }),
      /** the readout integrated out (`marginal`), or all weights (`weights`) */
      potential: choiceOption(potentialNames, { about: 'the readout integrated out, or all weights' }),
      /** draws of each chain that are thrown away, while the step size adapts */
      warmUp: wholeOption(warmUp, { about: 'draws of each chain that are thrown away' }),
      /** transitions from one draw to the next */
      thin: wholeOption(thin, { about: 'transitions from one draw to the next' }),
      /** fixed; adapted to the acceptance by default */
      stepSize: realOption(STEP_SIZES, { about: 'fixed step size', otherwise: 'adapted to the acceptance' }),
      /** mean number of steps of a trajectory of `hmc` */
      steps: wholeOption(steps, {
        about: 'mean number of steps of a trajectory',
        otherwise: 'a quarter turn',
      }),
    },
    (value) => samplingSettings(value as SamplingChoices),
    { about: 'how networks are sampled' },
    relevantChoices,
  ),
  ...seed,
};
type Options = ValuesOf<typeof options>;

/** The settings of a run that has these options. */
export const settingsOf = ({ draws, chains, seed, sampling = {} }: Options, problem: Problem) =>
  samplingSettings(
    {
      chains,
      seed,
      draws: draws === undefined ? undefined : Math.ceil(draws / (chains ?? samplingSettings({}).chains)),
      ...sampling,
    },
    likelihoodNameOf(problem),
  );

/** What a finished run says about itself, for result.json. */
function detailsOf(run: SamplingRun, diagnoses: readonly NamedDiagnosis[], worst: Worst) {
  const { settings } = run;
  return {
    sampler: settings.sampler,
    potential: settings.potential,
    chains: settings.chains,
    drawsPerChain: settings.draws,
    warmUpPerChain: settings.warmUp,
    thin: settings.thin,
    rhat: worst.rhat,
    ess: worst.effective,
    acceptance: run.acceptance(),
    stepSize: run.chains.stepSizes(),
    divergences: run.divergences(),
    diagnostics: Object.fromEntries(diagnoses.map(({ name, ...diagnosis }) => [name, diagnosis])),
  };
}

/**
 * The kernels at infinite width beside the networks: known before anything is drawn, for they refuse what
 * leaves double precision.
 */
export const besideSampled = ({ network, data }: Problem, compute: Compute): Matrix[] =>
  nngpKernels(network, data.x, compute);

/**
 * What a finished run says about a problem: means over its networks, with standard errors, R̂ and effective
 * draws.
 * @param run that has drawn all its networks
 * @param compute what predictions are computed on
 * @param nngp K⁽⁰⁾ … K⁽ᴸ⁾, where known already, P×P each
 * @throws InputError for what is no problem, and networks whose kernels leave double precision
 */
export function sampledPosterior(
  problem: Problem,
  run: SamplingRun,
  compute: Compute,
  nngp?: readonly Matrix[],
): KernelPosterior {
  checkProblem(problem);
  if (!(run instanceof SamplingRun)) refuse('run', run, 'must be a SamplingRun');
  checkCompute(compute);
  if (nngp === undefined) return sampledPosterior(problem, run, compute, besideSampled(problem, compute));
  const sizes = kernelSizes(architectureOf(problem.network), problem.data.x.rows);
  checkKernels('nngp', nngp, sizes.length, sizes);
  const { data } = problem;
  const diagnoses = run.diagnoses();
  const worst = worstOf(diagnoses);
  const details = detailsOf(run, diagnoses, worst);
  const message = verdict(worst, details.acceptance, details.divergences, run.settings.sampler);
  const convergence: Convergence = {
    ...verdictOf(message === undefined ? undefined : { reason: 'chains', message }),
    residual: 0,
    iterations: run.settings.warmUp + run.settings.draws,
    widthScale: 1,
    judgedBy: `R̂ ${readableRhat(worst.rhat)}, ${Math.round(worst.effective)} effective draws`,
  };
  const layers = nngp.map((kernel, l) =>
    l === 0 ? { mean: kernel, error: zeros(kernel.rows) } : run.kernel(l),
  );
  const uncertainty: Uncertainty = {
    kernels: layers.map(({ error }) => error),
    cka: layers.map((_, l) => (l === 0 ? 0 : run.alignmentError(l))),
    evidence: Number.NaN,
    repetitions: run.moments.count,
  };
  const fields = {
    theory: 'sampled',
    problem,
    nngp,
    kernels: layers.map(({ mean }) => mean),
    convergence,
    details,
    logEvidence: Number.NaN,
    ...(run.moments.count < 2 ? {} : { uncertainty }),
  };
  const posterior = createPosterior(fields, (_, below) => below, compute);
  const train = run.trainOutput();
  const test = run.testOutputs();
  return {
    ...posterior,
    networks: () => run.kept.arrays(),
    state: () => ({
      ...run.kept.arrays(),
      train_mean: train.mean,
      train_mean_se: train.error,
      ...(test ? testState(test) : {}),
    }),
    trainMean: () => train.mean,
    trainMeanError: train.error,
    ...ofNewPoints(problem, run, compute),
    predict: (xTest: Matrix) =>
      test && data.xTest && sameEntries(xTest, data.xTest) ? test : run.kept.predict(xTest),
  };
}

function* iterate(
  problem: Problem,
  compute: Compute,
  options: Options,
): Generator<Progress, KernelPosterior, void> {
  const nngp = besideSampled(problem, compute);
  const run = new SamplingRun(problem, compute, settingsOf(options, problem));
  for (const { done, fraction, stage } of run.steps()) {
    yield { iteration: done, residual: 0, widthScale: 1, fraction, stage };
  }
  return sampledPosterior(problem, run, compute, nngp);
}

/**
 * Networks sampled from their true posterior, in several chains: the ground truth beside the theories (theory
 * §9). By default by Hamiltonian Monte Carlo with the readout integrated out. Kernels are posterior means;
 * their errors come from 16 stretches of every chain.
 */
export const sampled: Theory<'sampled', typeof options> = {
  name: 'sampled',
  options,
  exact: 'networks',
  evidence: false,
  treats: ['activations', 'convolution', 'average', 'residual', 'own'],
  refuses: ({ network }) => {
    const reason = undrawable(network);
    return reason && `theory sampled: ${reason}`;
  },
  likelihoods: ['logistic', 'softmax'],
  summary: 'networks drawn from the true posterior by Hamiltonian Monte Carlo',
  matrices(problem, options) {
    const { chains, draws } = settingsOf(options, problem);
    const { hiddenLayers } = problem.network;
    const { rows, columns } = problem.data.x;
    const perChain = 2 * hiddenLayers + 8;
    const [input] = connectionsOf(problem.network);
    const dimension = input.kind === 'dense' ? Math.min(rows, columns) : columns / positionsBelow(input);
    const parameters = parameterCount(shapeOf(problem, dimension));
    const traces = chains * draws * 3 * (hiddenLayers + 1);
    const largest = (rows * mostPositions(architectureOf(problem.network))) ** 2;
    return perChain * chains + 8 * hiddenLayers + (6 * chains * parameters + traces) / largest;
  },
  cost: {
    terms(problem, { draws = DRAWS }) {
      const { hiddenLayers: layers, widths } = problem.network;
      const p = rowsOf(problem);
      const inputs = [Math.min(problem.data.x.columns, p), ...widths];
      const weights = widths.reduce((sum, width, l) => sum + inputs[l] * width, 0);
      // Half as many again while the step size adapts.
      const all = 1.5 * draws;
      return [
        1,
        all * p * weights,
        all * (p ** 2 * widths[layers - 1] + p ** 3),
        all * p * widths.reduce((a, b) => a + b, 0),
      ];
    },
    seconds: [1.1, 7.5e-9, 1.6e-10, 1.6e-7],
  },
  iterate,
  restore: (fields, state, compute, options) =>
    restoredNetworks(
      fields,
      state,
      new SamplingRun(fields.problem, compute, settingsOf(options, fields.problem)),
      compute,
    ),
};
