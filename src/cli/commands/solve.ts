import { Command } from 'commander';
import { defaultCompute } from '../../compute/nodeCompute.js';
import { defaultFolder, RunFolder } from '../../io/runFolder.js';
import { InputError } from '../../numerics/errors.js';
import { kernelArrays, predictionArrays, testCovarianceArrays } from '../../report/arrays.js';
import { describeProblem, summarise } from '../../report/summary.js';
import { comparisonTable } from '../../report/table.js';
import { resultJson, resultNpz } from '../../report/written.js';
import { theories } from '../../theories/registry.js';
import { DONE, NOT_CONVERGED } from '../exit.js';
import {
  DEFAULT_THEORY,
  refuseGiven,
  refuseUnused,
  type SolverFlags,
  solverOptions,
  theoryOption,
  theoryOptions,
} from '../options.js';
import { problemOf, takesProblem } from '../problemSource.js';
import { checkSave, RESULTS, saveTo } from '../savedFile.js';
import { solveTheory, withFolder } from '../solveTheory.js';
import { type DistributedFlags, solveDistributed } from './solveDistributed.js';

interface SolveFlags extends SolverFlags, DistributedFlags {
  readonly testCovariance?: boolean;
  readonly save?: string;
  readonly distributed?: boolean;
}

async function solve(source: string, flags: SolveFlags, report: (code: number) => void): Promise<void> {
  const { problem, spec, warnings } = await problemOf(source, flags);
  if (flags.testCovariance && !problem.data.xTest)
    throw new InputError('--test-covariance: the problem has no test points');
  const out = flags.out ?? `${defaultFolder(source)}-${flags.theory}`;
  if (flags.save !== undefined) checkSave(flags.save, out, problem);
  const folder = await RunFolder.open(out);
  await withFolder(folder, async () => {
    const compute = await defaultCompute();
    const solved = await solveTheory(problem, flags.theory, compute, theoryOptions(flags));
    const result = {
      ...summarise(solved),
      seed: flags.seed,
      ...describeProblem(problem, compute, warnings),
      problem: spec,
    };
    const json = resultJson(result);
    const among = flags.testCovariance ? testCovarianceArrays(solved.posterior, compute) : {};
    await folder.write('kernels.npz', resultNpz({ ...kernelArrays(solved), ...among }));
    await folder.write('predictions.npz', resultNpz(predictionArrays(solved)));
    await folder.write('result.json', `${json}\n`);
    if (flags.save !== undefined) await saveTo(flags.save, folder, solved.posterior);
    const saved = flags.save === undefined ? '' : `\nposterior: ${flags.save}`;
    process.stdout.write(
      flags.json ? `${json}\n` : `${comparisonTable([solved])}\n\n${out}: ${RESULTS.join(', ')}${saved}\n`,
    );
    report(result.converged ? DONE : NOT_CONVERGED);
  });
}

export function solveCommand(report: (code: number) => void): Command {
  const command = takesProblem(
    new Command('solve').description(
      'Solve one theory: kernels and conjugate kernels of all layers, predictions',
    ),
  )
    .addOption(
      theoryOption(`one of ${['auto', ...theories.map(({ name }) => name)].join(', ')}`, DEFAULT_THEORY),
    )
    .option('--save <file>', 'keep the posterior in a file, for finite-width predict FILE new.csv')
    .option('--test-covariance', 'also write the kernels of the test points among each other, T×T')
    .option('--out <folder>', 'where results are written (default: runs/PROBLEM-THEORY)')
    .option('--distributed', 'several processes solve it together, started by mpirun or srun: ScaLAPACK')
    .option('--gather-kernels', 'with --distributed: also write kernels.npz, gathered on process 0');
  for (const option of solverOptions()) command.addOption(option);
  return command.action((source: string, flags: SolveFlags) => {
    refuseUnused(command, [flags.theory]);
    if (flags.distributed) {
      refuseGiven(command, ['save', 'testCovariance'], 'with --distributed');
      return solveDistributed(source, flags, report);
    }
    refuseGiven(command, ['gatherKernels'], 'without --distributed: kernels are written');
    return solve(source, flags, report);
  });
}
