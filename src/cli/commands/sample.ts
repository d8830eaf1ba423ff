import { Command, Option } from 'commander';
import { defaultCompute } from '../../compute/nodeCompute.js';
import { CheckpointFile, dataFingerprint } from '../../io/checkpoint.js';
import { defaultFolder, RunFolder } from '../../io/runFolder.js';
import type { Compute } from '../../numerics/compute.js';
import { InputError } from '../../numerics/errors.js';
import { drive } from '../../numerics/steps.js';
import { likelihoodNameOf } from '../../problem/likelihoodName.js';
import type { Problem } from '../../problem/problem.js';
import { kernelArrays, predictionArrays } from '../../report/arrays.js';
import { describeProblem, type SolvedTheory, summarise } from '../../report/summary.js';
import { comparisonTable, diagnosticsTable } from '../../report/table.js';
import { traceArrays } from '../../report/traces.js';
import { resultJson, resultNpz } from '../../report/written.js';
import { SamplingRun } from '../../sampling/run.js';
import {
  type PotentialName,
  potentialNames,
  SAMPLING_BOUNDS,
  type SamplerName,
  type SamplingSettings,
  STEP_SIZES,
  samplerNames,
  samplingSettings,
} from '../../sampling/settings.js';
import { checkMemory } from '../../theories/checkMemory.js';
import { besideSampled, sampled, sampledPosterior } from '../../theories/sampled.js';
import { version } from '../../version.js';
import { DONE, Interrupted, NOT_CONVERGED } from '../exit.js';
import { formerOption } from '../formerOption.js';
import { checkpointNote, interruption, takeTime } from '../interruption.js';
import { between, seedOption, within } from '../options.js';
import { type ProblemFlags, problemOf, takesProblem } from '../problemSource.js';
import { withFolder, withProgress } from '../solveTheory.js';

/** Networks of each chain unless asked otherwise, and the least that diagnostics can be made of. */
const DRAWS = 1000;
const LEAST = 8;
/** Up to some hundred days. */
const CHECKPOINT_SECONDS = { above: 0, below: 1e7 };

interface Flags extends ProblemFlags {
  readonly sampler: SamplerName;
  readonly potential?: PotentialName;
  readonly chains: number;
  readonly draws?: number;
  readonly warmUp?: number;
  readonly thin?: number;
  readonly stepSize?: number;
  readonly leapfrogSteps?: number;
  readonly networks?: boolean;
  readonly out?: string;
  readonly resume?: boolean;
  readonly checkpointEvery: number;
  readonly seed: number;
  readonly json?: boolean;
}

const settingsOf = (
  { sampler, potential, chains, draws, warmUp, thin, stepSize, leapfrogSteps, seed }: Flags,
  problem: Problem,
) =>
  samplingSettings(
    {
      sampler,
      potential,
      chains,
      draws: drawsOfEach(draws, chains),
      warmUp,
      thin,
      stepSize,
      steps: leapfrogSteps,
      seed,
    },
    likelihoodNameOf(problem),
  );

/** Of each chain, of so many draws of all together. @throws InputError for fewer than diagnostics need */
function drawsOfEach(draws: number | undefined, chains: number): number {
  if (draws === undefined) return DRAWS;
  const each = Math.ceil(draws / chains);
  if (each >= LEAST) return each;
  throw new InputError(
    `--draws ${draws}: all chains together; give at least ${LEAST * chains}, ${LEAST} for each of ${chains}`,
  );
}

/** Draws to the end, leaving a checkpoint every so many seconds, and one when it is interrupted. */
async function runWithCheckpoints(run: SamplingRun, file: CheckpointFile, every: number): Promise<number> {
  return withProgress('sample', async (line, signal) => {
    const start = performance.now();
    let last = start;
    const onStep = (step: { readonly fraction: number; readonly stage: string }) => {
      line.update(step);
      if (performance.now() - last < 1000 * every) return;
      file.save(run.snapshot());
      last = performance.now();
    };
    try {
      await drive(run.steps(), { onStep, signal });
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      takeTime();
      file.save(run.snapshot());
      throw interruption();
    }
    return (performance.now() - start) / 1000;
  });
}

async function sampleInto(folder: RunFolder, file: CheckpointFile, job: Job, flags: Flags): Promise<boolean> {
  const { problem, compute, settings, spec, warnings, out } = job;
  checkMemory(sampled, problem, compute, { sampling: settings });
  const nngp = besideSampled(problem, compute);
  const run = new SamplingRun(problem, compute, settings);
  if (flags.resume) run.restore(file.load());
  const seconds = await runWithCheckpoints(run, file, flags.checkpointEvery);
  const posterior = sampledPosterior(problem, run, compute, nngp);
  const test = run.testOutputs();
  const solved: SolvedTheory = {
    posterior,
    seconds,
    trainMean: posterior.trainMean(),
    ...(test ? { test } : {}),
  };
  const { rhat, ess, acceptance } = posterior.details as { rhat: number; ess: number; acceptance: number[] };
  const head = { ...summarise(solved), rhat, ess, acceptance };
  const result = {
    ...head,
    seed: settings.seed,
    ...describeProblem(problem, compute, warnings),
    problem: spec,
  };
  const json = resultJson(result);
  await folder.write('kernels.npz', resultNpz(kernelArrays(solved)));
  await folder.write('predictions.npz', resultNpz(predictionArrays(solved)));
  await folder.write('draws.npz', resultNpz(traceArrays(run), /^cka_/));
  if (flags.networks) await folder.write('networks.npz', resultNpz(run.kept.arrays()));
  await folder.write('result.json', `${json}\n`);
  const files = `kernels.npz, predictions.npz, draws.npz${flags.networks ? ', networks.npz' : ''}, result.json`;
  const tables = [comparisonTable([solved]), diagnosticsTable(run.diagnoses(), posterior.details ?? {})];
  process.stdout.write(flags.json ? `${json}\n` : `${tables.join('\n\n')}\n\n${out}: ${files}\n`);
  return result.converged;
}

interface Job {
  readonly problem: Problem;
  readonly compute: Compute;
  readonly settings: SamplingSettings;
  readonly spec: unknown;
  readonly warnings: readonly string[];
  readonly out: string;
}

async function sample(source: string, flags: Flags, report: (code: number) => void): Promise<void> {
  const { problem, spec, warnings } = await problemOf(source, flags);
  const settings = settingsOf(flags, problem);
  const out = flags.out ?? `${defaultFolder(source)}-sample`;
  const compute = await defaultCompute();
  const origin = {
    problem: spec,
    numbers: dataFingerprint(problem),
    settings,
    version,
    backend: compute.algebra.description,
  };
  const file = new CheckpointFile(out, JSON.parse(JSON.stringify(origin)));
  const folder = await RunFolder.open(out);
  await withFolder(folder, async () => {
    // Under the lock of the folder, or it might be that of a run at work.
    file.checkLeft(flags.resume === true);
    checkpointNote(file);
    const converged = await sampleInto(
      folder,
      file,
      { problem, compute, settings, spec, warnings, out },
      flags,
    );
    report(converged ? DONE : NOT_CONVERGED);
  });
  file.remove();
}

export function sampleCommand(report: (code: number) => void): Command {
  const command = takesProblem(
    new Command('sample').description(
      'Draw networks from their true posterior, with diagnostics; can be interrupted and resumed',
    ),
  )
    .addOption(
      new Option(
        '--sampler <name>',
        'Hamiltonian Monte Carlo, or Langevin dynamics with (mala) or without a Metropolis test',
      )
        .choices(samplerNames)
        .default('hmc'),
    )
    .addOption(
      new Option(
        '--potential <name>',
        'readout integrated out, or all weights (default: marginal; langevin, and logistic and softmax likelihoods: weights)',
      ).choices(potentialNames),
    )
    .option('--chains <number>', 'independent chains', within(SAMPLING_BOUNDS.chains), 4)
    .option(
      '--draws <number>',
      `networks kept, all chains together (default: ${DRAWS} of each)`,
      within(SAMPLING_BOUNDS.draws, LEAST),
    )
    .option(
      '--warm-up <number>',
      'draws of each chain before that (default: half as many, at least 100)',
      within(SAMPLING_BOUNDS.warmUp),
    )
    .option(
      '--thin <number>',
      'transitions from one draw to the next (default: hmc 1, mala and langevin 20)',
      within(SAMPLING_BOUNDS.thin),
    )
    .option(
      '--step-size <number>',
      'fixed step size (default: adapted to the acceptance)',
      between(STEP_SIZES),
    )
    .option(
      '--leapfrog-steps <number>',
      'mean steps of a trajectory of hmc (default: a quarter turn, at most 16)',
      within(SAMPLING_BOUNDS.steps),
    )
    .option('--networks', 'also write the weights of 16 networks of each chain')
    .addOption(seedOption('of all chains'))
    .option('--out <folder>', 'where results are written (default: runs/PROBLEM-sample)')
    .option('--resume', 'go on from the checkpoint of a run that was interrupted')
    .option('--checkpoint-every <seconds>', 'time between checkpoints', between(CHECKPOINT_SECONDS), 30)
    .option('--json', 'print the result as JSON on the standard output')
    .action((source: string, flags: Flags) => sample(source, flags, report));
  return formerOption(command, '--samples', '--draws', {
    said: 'counts all chains together',
    convert: (draws) => draws * command.opts<Flags>().chains,
  });
}
