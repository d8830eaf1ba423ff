import { Command } from 'commander';
import { defaultCompute } from '../../compute/nodeCompute.js';
import { writeNpz } from '../../formats/npz.js';
import { defaultFolder, RunFolder } from '../../io/runFolder.js';
import type { Matrix } from '../../numerics/matrix.js';
import { describeProblem, type Solved, summarise } from '../../report/summary.js';
import { comparisonTable } from '../../report/table.js';
import { theories, theoryByName } from '../../theories/registry.js';
import { DONE, NOT_CONVERGED } from '../exit.js';
import { DEFAULT_THEORY, type SolverFlags, solverOptions, theoryOptions } from '../options.js';
import { type ProblemFlags, problemOf, takesProblem } from '../problemSource.js';
import { solveTheory, withFolder } from '../solveTheory.js';

interface Flags extends SolverFlags, ProblemFlags {
  readonly theory: string;
  readonly out?: string;
}

/** Arrays of kernels.npz (design, contracts). */
export function kernelArrays({ posterior }: Solved): Record<string, Matrix> {
  const { kernels, nngp, conjugates, uncertainty, effective } = posterior;
  const arrays: Record<string, Matrix> = {};
  kernels.forEach((kernel, l) => {
    arrays[`kernel_${l}`] = kernel;
  });
  nngp.forEach((kernel, l) => {
    if (l > 0) arrays[`nngp_${l}`] = kernel;
  });
  conjugates?.forEach((conjugate, l) => {
    if (conjugate) arrays[`conjugate_${l}`] = conjugate;
  });
  uncertainty?.kernels.forEach((error, l) => {
    arrays[`kernel_${l}_se`] = error;
  });
  if (effective) arrays.effective = effective;
  return arrays;
}

/** Arrays of predictions.npz: on training points, and mean and variance at test points; Monte Carlo standard errors where known. */
export function predictionArrays({ posterior, trainMean, test }: Solved): Record<string, Matrix> {
  const { trainMeanError } = posterior;
  const arrays: Record<string, Matrix> = { train_mean: trainMean };
  if (trainMeanError) arrays.train_mean_se = trainMeanError;
  if (!test) return arrays;
  arrays.mean = test.mean;
  arrays.variance = { rows: test.variance.length, columns: 1, data: test.variance };
  if (test.meanError) arrays.mean_se = test.meanError;
  return arrays;
}

async function solve(source: string, flags: Flags, report: (code: number) => void): Promise<void> {
  theoryByName(flags.theory);
  const { problem, spec } = await problemOf(source, flags);
  const out = flags.out ?? `${defaultFolder(source)}-${flags.theory}`;
  const folder = await RunFolder.open(out);
  await withFolder(folder, async () => {
    const compute = await defaultCompute();
    const solved = await solveTheory(problem, flags.theory, compute, theoryOptions(flags));
    const result = { ...summarise(solved), seed: flags.seed, ...describeProblem(problem, compute), problem: spec };
    const json = JSON.stringify(result, undefined, 2);
    await folder.write('kernels.npz', writeNpz(kernelArrays(solved)));
    await folder.write('predictions.npz', writeNpz(predictionArrays(solved)));
    await folder.write('result.json', `${json}\n`);
    process.stdout.write(
      flags.json ? `${json}\n` : `${comparisonTable([solved])}\n\n${out}: kernels.npz, predictions.npz, result.json\n`,
    );
    report(result.converged ? DONE : NOT_CONVERGED);
  });
}

export function solveCommand(report: (code: number) => void): Command {
  const command = takesProblem(
    new Command('solve').description('Solve one theory: kernels and conjugate kernels of all layers, predictions'),
  )
    .option('--theory <name>', `one of ${theories.map(({ name }) => name).join(', ')}`, DEFAULT_THEORY)
    .option('--out <folder>', 'where results are written (default: runs/PROBLEM-THEORY)');
  for (const option of solverOptions()) command.addOption(option);
  return command.action((source: string, flags: Flags) => solve(source, flags, report));
}
