import { Command } from 'commander';
import { defaultCompute } from '../../compute/nodeCompute.js';
import { readNewPoints } from '../../io/newPoints.js';
import { readInput } from '../../io/readInput.js';
import { defaultFolder, RunFolder } from '../../io/runFolder.js';
import { classQualityOf } from '../../measures/classification.js';
import { qualityOf } from '../../measures/prediction.js';
import { InputError } from '../../numerics/errors.js';
import type { Matrix } from '../../numerics/matrix.js';
import type { KernelPosterior, TestKernels } from '../../posterior/posterior.js';
import { observedBy } from '../../problem/likelihoodName.js';
import { testArrays, testKernelArrays } from '../../report/arrays.js';
import { predictionCsv, predictionTable } from '../../report/predictionTable.js';
import { resultJson, resultNpz } from '../../report/written.js';
import { restorePosterior } from '../../theories/saving/restorePosterior.js';
import { version } from '../../version.js';
import { DONE, NOT_CONVERGED } from '../exit.js';
import { warn } from '../printing.js';
import { withFolder, withProgress } from '../solveTheory.js';

interface Flags {
  readonly kernels?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** What is known of a prediction as a whole. */
function resultOf(
  { theory, problem, convergence }: KernelPosterior,
  source: string,
  points: string,
  y: Matrix | undefined,
  predicted: ReturnType<KernelPosterior['predict']>,
) {
  const { data, network } = problem;
  const unit = data.targetScale?.deviation ?? 1;
  const quality =
    y &&
    (predicted.probabilities
      ? classQualityOf(predicted.probabilities, y)
      : qualityOf(predicted.mean, { y, classes: data.classes }, predicted.variance, unit));
  return {
    program: `finite-width ${version}`,
    posterior: source,
    points: { file: points, count: predicted.variance.length },
    theory,
    converged: convergence.converged,
    training: {
      description: data.description,
      samples: data.x.rows,
      dimension: data.x.columns,
      outputs: data.y.columns,
    },
    network: { ...network, activation: network.activation.name },
    ...observedBy(problem),
    ...(data.classes ? { classes: data.classes } : {}),
    ...(data.targetScale ? { targetScale: data.targetScale } : {}),
    ...(quality ? { test: quality } : {}),
    convention: predicted.probabilities
      ? 'probabilities of the classes, outputs averaged over; mean and variance are those of the outputs'
      : 'variance of the output without noise: add noiseVariance, in the square of a unit of targets, for observations',
  };
}

/** @throws InputError for networks whose kernels at new points are not known */
function kernelsOf(solved: KernelPosterior, x: Matrix): TestKernels {
  const kernels = solved.testKernels(x);
  if (!kernels)
    throw new InputError(
      `--kernels: theory ${solved.theory} knows none of new points for such layers; leave it out`,
    );
  return kernels;
}

async function predict(
  source: string,
  points: string,
  flags: Flags,
  report: (code: number) => void,
): Promise<void> {
  const out = flags.out ?? `${defaultFolder(source.replace(/\.npz$/, ''))}-predict`;
  await withFolder(await RunFolder.open(out), async (folder) => {
    const bytes = await readInput(source);
    const compute = await defaultCompute();
    const solved = await withProgress('predict', () => restorePosterior(bytes, source, compute));
    const { data } = solved.problem;
    const { x, y, notes } = await readNewPoints(points, data);
    for (const note of notes) warn(note);
    const predicted = solved.predict(x);
    const json = resultJson(resultOf(solved, source, points, y, predicted));
    await folder.write('predictions.npz', resultNpz(testArrays(data, predicted)));
    await folder.write('predictions.csv', predictionCsv(data, predicted));
    if (flags.kernels) await folder.write('kernels.npz', resultNpz(testKernelArrays(kernelsOf(solved, x))));
    await folder.write('result.json', `${json}\n`);
    const files = [
      'predictions.csv',
      'predictions.npz',
      ...(flags.kernels ? ['kernels.npz'] : []),
      'result.json',
    ];
    process.stdout.write(
      flags.json ? `${json}\n` : `${predictionTable(data, predicted, y)}\n\n${out}: ${files.join(', ')}\n`,
    );
    report(solved.convergence.converged ? DONE : NOT_CONVERGED);
  });
}

export function predictCommand(report: (code: number) => void): Command {
  return new Command('predict')
    .description(
      'Predict new points by a posterior that solve --save has kept: mean, standard deviation, classes',
    )
    .argument('<posterior>', 'a file that solve --save has written')
    .argument(
      '<points>',
      'new points: a csv with the columns of the training data, npz (X, optionally Y) or npy',
    )
    .option('--kernels', 'also write the kernels between training points and these, P×T')
    .option('--out <folder>', 'where results are written (default: runs/POSTERIOR-predict)')
    .option('--json', 'print the result as JSON on the standard output')
    .action((source: string, points: string, flags: Flags) => predict(source, points, flags, report));
}
