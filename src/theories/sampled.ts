import { InputError } from '../numerics/errors.js';
import { addScaled, type Matrix, zeros } from '../numerics/matrix.js';
import { nngpKernels } from '../prior/nngpKernels.js';
import type { Problem } from '../problem/problem.js';
import { Chains, shapeOf } from '../sampling/chains.js';
import { type Diagnosis, diagnose } from '../sampling/diagnostics.js';
import { parameterCount } from '../sampling/weights.js';
import { NetworkPredictor } from './networkPredictor.js';
import { type Convergence, createPosterior, type KernelPosterior } from './posterior.js';
import { Repetitions } from './repetitions.js';
import type { Progress, Theory, TheoryOptions } from './theory.js';

const CHAINS = 4;
/** Each chain pays for its own warm-up. */
const MOST_CHAINS = 64;
/** Draws of all chains together. */
const DRAWS = 2000;
const WARM_UP_SHARE = 0.4;
const LEAPFROG_STEPS = 12;
/** Stretches of each chain whose mean kernels give standard errors. */
const BATCHES = 16;
const MOST_RHAT = 1.05;
const LEAST_EFFECTIVE = 100;

/** Networks of every stretch that are kept for predictions, and the bytes that all of them may take. */
const MOST_KEPT = 8;
const KEPT_BYTES = 2e8;

function keptPerStretch(problem: Problem, chains: number): number {
  const bytes = 8 * BATCHES * chains * parameterCount(shapeOf(problem));
  return Math.max(1, Math.min(MOST_KEPT, Math.floor(KEPT_BYTES / bytes)));
}

/** What the chains say about themselves, and what to do about it. */
function verdict(cka: Diagnosis, logPosterior: Diagnosis, divergences: number): string | undefined {
  const rhat = Math.max(cka.rhat, logPosterior.rhat);
  const effective = Math.min(cka.bulk, cka.tail, logPosterior.bulk);
  if (divergences > 0)
    return `${divergences} divergent trajectories: the posterior has corners that the step size misses; use more noise, or more draws`;
  if (rhat > MOST_RHAT) return `chains disagree (R̂ = ${rhat.toFixed(2)}): run longer (--draws)`;
  if (effective < LEAST_EFFECTIVE) return `only ${Math.round(effective)} effective draws: run longer (--draws)`;
  return undefined;
}

function* run(problem: Problem, nngp: readonly Matrix[], chains: Chains, predictor: NetworkPredictor, perChain: number) {
  const { data } = problem;
  const warmUp = Math.ceil((WARM_UP_SHARE / (1 - WARM_UP_SHARE)) * perChain);
  const total = warmUp + perChain;
  let done = 0;
  const progress = (stage: string): Progress => ({ iteration: done, residual: 0, widthScale: 1, fraction: done / total, stage });
  const stretch = Math.max(1, Math.floor(perChain / BATCHES));
  while (done < warmUp) {
    const count = Math.min(stretch, warmUp - done);
    chains.warmUp(count, LEAPFROG_STEPS);
    done += count;
    yield progress('warm-up');
  }
  const interval = Math.max(1, Math.ceil(stretch / keptPerStretch(problem, chains.states.length)));
  const repetitions = new Repetitions(nngp, data.y);
  const kernels = nngp.map((kernel, l) => (l === 0 ? kernel : zeros(kernel.rows)));
  for (let b = 0; b < BATCHES; b++) {
    chains.startSums();
    for (let from = 0; from < stretch; from += interval) {
      chains.draw(Math.min(interval, stretch - from), LEAPFROG_STEPS, b * stretch + from);
      for (const { position } of chains.states) predictor.add(position);
    }
    for (const { sums } of chains.states) {
      const means = nngp.map((kernel, l) => {
        if (l === 0) return kernel;
        const size = kernel.data.length;
        const mean = { ...kernel, data: sums.slice((l - 1) * size, l * size).map((value) => value / stretch) };
        addScaled(kernels[l], 1 / (BATCHES * chains.states.length), mean);
        return mean;
      });
      repetitions.add({ kernels: means, evidence: 0 });
    }
    done += stretch;
    yield progress('draws');
  }
  return { kernels, uncertainty: repetitions.uncertainty(), iterations: done };
}

function* iterate(
  problem: Problem,
  compute: Parameters<Theory['iterate']>[1],
  options: TheoryOptions,
): Generator<Progress, KernelPosterior, void> {
  const { network, data } = problem;
  const nngp = nngpKernels(network, data.x, compute);
  const count = options.chains ?? CHAINS;
  if (count > MOST_CHAINS) throw new InputError(`chains: ${count} is more than ${MOST_CHAINS}; give more draws instead`);
  const perChain = BATCHES * Math.max(1, Math.round((options.draws ?? DRAWS) / count / BATCHES));
  const chains = new Chains(problem, compute, { chains: count, draws: perChain, seed: options.seed ?? 0 });
  const predictor = new NetworkPredictor(problem, compute);
  const { kernels, uncertainty, iterations } = yield* run(problem, nngp, chains, predictor, perChain);
  const traces = chains.states.map(({ trace }) => trace);
  const [cka, logPosterior] = [diagnose(traces.map((t) => t.cka)), diagnose(traces.map((t) => t.logPosterior))];
  const divergences = chains.states.reduce((sum, { counts }) => sum + counts[0], 0);
  const message = verdict(cka, logPosterior, divergences);
  const convergence: Convergence = {
    converged: message === undefined,
    residual: 0,
    iterations,
    widths: network.widths,
    judgedBy: `R̂ ${Math.max(cka.rhat, logPosterior.rhat).toFixed(3)}, ${Math.round(Math.min(cka.bulk, logPosterior.bulk))} effective draws`,
    ...(message === undefined ? {} : { message }),
  };
  const acceptance = traces.map(({ acceptance: values }) => values.reduce((sum, value) => sum + value / values.length, 0));
  const details = {
    chains: count,
    draws: count * perChain,
    acceptance,
    stepSize: chains.states.map(({ step }) => step[1]),
    divergences,
    rhat: { cka: cka.rhat, logPosterior: logPosterior.rhat },
    ess: { cka: cka.bulk, ckaTail: cka.tail, logPosterior: logPosterior.bulk },
  };
  const fields = { theory: 'sampled', problem, nngp, kernels, convergence, details, logEvidence: Number.NaN };
  const posterior = createPosterior({ ...fields, ...(uncertainty ? { uncertainty } : {}) }, (_, below) => below, compute);
  return { ...posterior, trainMean: () => predictor.trainMean(), predict: (xTest) => predictor.predict(xTest) };
}

/**
 * Networks sampled from their true posterior, the readout integrated out, by Hamiltonian Monte Carlo in several chains (theory §9): the ground
 * truth beside the theories. Kernels are posterior means; their errors come from 16 stretches of every chain.
 */
export const sampled: Theory = {
  name: 'sampled',
  evidence: false,
  summary: 'networks drawn from the true posterior by Hamiltonian Monte Carlo',
  matrices(problem, { chains = CHAINS }) {
    const { network, data } = problem;
    const perChain = 3 * network.hiddenLayers + 8;
    const weights = (5 + BATCHES * keptPerStretch(problem, chains)) * chains * parameterCount(shapeOf(problem));
    return perChain * chains + 6 * network.hiddenLayers + weights / data.x.rows ** 2;
  },
  iterate,
};
