import {
  type Compute,
  centredAlignment,
  drive,
  type Problem,
  SamplingRun,
  sampledPosterior,
  samplingSettings,
} from 'finite-width/browser';
import type { NetworksView } from './messages';

const CHAINS = 1;
const DRAWS = 1600;
const WARM_UP = 100;
/** Stretches that must be finished before their scatter is an error. */
const ENOUGH = 4;

/** Networks from the true posterior, with their kernels so far. */
export async function sampling(
  problem: Problem,
  seed: number,
  compute: Compute,
  signal: AbortSignal,
  picture: (view: NetworksView) => void,
): Promise<void> {
  const settings = samplingSettings({ chains: CHAINS, draws: DRAWS, warmUp: WARM_UP, seed });
  const run = new SamplingRun(problem, compute, settings);
  const top = problem.network.hiddenLayers;
  const view = (done: number, fraction: number, stage: string): NetworksView => {
    const draws = Math.max(0, done - WARM_UP) * CHAINS;
    if (run.moments.count < 1)
      return { draws, fraction, stage, cka: Number.NaN, ckaError: Number.NaN, done: false };
    const { mean } = run.kernel(top);
    const error = run.moments.count >= ENOUGH ? run.alignmentError(top) : Number.NaN;
    const cka = centredAlignment(mean, problem.data.y);
    return { draws, fraction, stage, kernel: new Float64Array(mean.data), cka, ckaError: error, done: false };
  };
  await drive(run.steps(), {
    signal,
    onStep: ({ done, fraction, stage }) => picture(view(done, fraction, stage)),
  });
  const { convergence } = sampledPosterior(problem, run, compute);
  const verdict = convergence.converged ? (convergence.judgedBy ?? '') : (convergence.message ?? '');
  picture({ ...view(WARM_UP + DRAWS, 1, 'done'), done: true, verdict });
}
