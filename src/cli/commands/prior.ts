import { Command, Option } from 'commander';
import { architectureOf, kernelSizes, untreated } from '../../architecture/architecture.js';
import { defaultCompute } from '../../compute/nodeCompute.js';
import { writeFigure } from '../../io/figure.js';
import { defaultFolder, RunFolder } from '../../io/runFolder.js';
import { requireMemory } from '../../numerics/compute.js';
import { columnMatrix } from '../../numerics/entrywise.js';
import { InputError } from '../../numerics/errors.js';
import type { Matrix } from '../../numerics/matrix.js';
import { drive } from '../../numerics/steps.js';
import { type Drawn, drawKernels, drawnNumbers } from '../../prior/drawKernels.js';
import { nngpKernels } from '../../prior/nngpKernels.js';
import { type FollowedPair, followPair, twoRows } from '../../prior/pair.js';
import { type LayerMoments, momentMatrices, priorMoments } from '../../prior/priorMoments.js';
import type { Problem } from '../../problem/problem.js';
import { priorTable, summariseLayers } from '../../report/priorTable.js';
import { describeProblem } from '../../report/summary.js';
import { resultJson, resultNpz } from '../../report/written.js';
import { SAMPLING_BOUNDS } from '../../sampling/settings.js';
import { DONE } from '../exit.js';
import { seedOption, wholeNumber } from '../options.js';
import { type ProblemFlags, problemOf, takesProblem } from '../problemSource.js';
import { withFolder, withProgress } from '../solveTheory.js';

interface Flags extends ProblemFlags {
  readonly draws: number;
  readonly seed: number;
  readonly pair: readonly [number, number];
  readonly out?: string;
  readonly json?: boolean;
}

type GivenFlags = Omit<Flags, 'pair'> & Partial<Pick<Flags, 'pair'>>;

function pairOf(text: string): [number, number] {
  const pair = text.split(',').map(wholeNumber(0, 1e9));
  if (pair.length !== 2) throw new InputError(`--pair "${text}": give two points, for example 0,1`);
  return [pair[0], pair[1]];
}

/** Arrays of prior.npz (docs/problem-file.md, The prior, before any data). */
function priorArrays(
  nngp: readonly Matrix[],
  moments: readonly LayerMoments[] | undefined,
  drawn: Drawn,
): Record<string, Matrix> {
  const arrays: Record<string, Matrix> = {};
  nngp.forEach((kernel, l) => {
    arrays[`nngp_${l}`] = kernel;
    if (moments) {
      arrays[`mean_${l}`] = moments[l].mean;
      arrays[`variance_${l}`] = moments[l].variance;
    }
    const drawnLayer = drawn.layers[l];
    if (!drawnLayer) return;
    arrays[`drawn_mean_${l}`] = drawnLayer.mean;
    arrays[`drawn_mean_${l}_se`] = drawnLayer.meanError;
    arrays[`drawn_variance_${l}`] = drawnLayer.variance;
    arrays[`drawn_variance_${l}_se`] = drawnLayer.varianceError;
  });
  return arrays;
}

/** The pair as arrays of prior.npz. */
const pairArrays = ({
  kernels,
  weights,
  outputs,
  axis,
  density,
  gaussian,
}: FollowedPair): Record<string, Matrix> => ({
  pair_kernels: kernels,
  pair_weights: columnMatrix(weights),
  pair_outputs: outputs,
  pair_axis: columnMatrix(axis),
  pair_density: density,
  pair_density_nngp: gaussian,
});

/** The pair that was followed while kernels were drawn. */
function followed(
  kernels: Matrix,
  nngp: Matrix,
  { pair, seed }: Flags,
  { data, noiseVariance }: Problem,
): FollowedPair {
  const [i, j] = pair;
  const at = (a: number, b: number) => nngp.data[a * nngp.columns + b];
  return followPair(
    kernels,
    Float64Array.of(at(i, i), at(i, j), at(j, j)),
    twoRows(data.y, pair),
    noiseVariance,
    seed,
  );
}

async function prior(source: string, given: GivenFlags, report: (code: number) => void): Promise<void> {
  const { problem, spec, warnings } = await problemOf(source, given);
  const { network, data } = problem;
  if (problem.likelihood)
    throw new InputError(
      `likelihood: "${problem.likelihood}"; leave it out, kernels before data do not depend on it, and pairs are weighed by Gaussian noise`,
    );
  const p = data.x.rows;
  const flags: Flags = { ...given, pair: given.pair ?? [0, Math.min(1, p - 1)] };
  const outside = flags.pair.find((point) => point >= p);
  if (outside !== undefined)
    throw new InputError(`--pair: there is no point ${outside}; points are 0 to ${p - 1}`);
  const out = flags.out ?? `${defaultFolder(source)}-prior`;
  await withFolder(await RunFolder.open(out), async (folder) => {
    const compute = await defaultCompute();
    const known = untreated(network, '', ['activations']) === undefined;
    const numbers =
      (known ? p * p * momentMatrices(network) : 0) + drawnNumbers(kernelSizes(architectureOf(network), p));
    requireMemory(compute, 8 * numbers, p, 'the prior');
    const { nngp, moments, drawn } = await withProgress('prior', async (line, signal) => {
      const stage = (name: string, from: number, to: number) => ({
        onStep: (share: number) => line.update({ fraction: from + (to - from) * share, stage: name }),
        signal,
      });
      const moments = known
        ? await drive(priorMoments(network, data.x, compute), stage('moments', 0, 0.2))
        : undefined;
      const options = { draws: flags.draws, seed: flags.seed, pair: flags.pair };
      const nngp = moments?.map((layer) => layer.nngp) ?? nngpKernels(network, data.x, compute);
      const drawn = await drive(drawKernels(network, nngp, options, compute), stage('draws', 0.2, 1));
      return { nngp, moments, drawn };
    });
    const layers = summariseLayers(nngp, moments, drawn);
    const result = {
      ...describeProblem(problem, compute, warnings),
      problem: spec,
      seed: flags.seed,
      draws: drawn.draws,
      pair: flags.pair,
      layers,
    };
    const json = resultJson(result);
    const top = nngp[network.hiddenLayers];
    const pair = drawn.pair && followed(drawn.pair, top, flags, problem);
    await folder.write(
      'prior.npz',
      resultNpz({ ...priorArrays(nngp, moments, drawn), ...(pair ? pairArrays(pair) : {}) }),
    );
    if (pair) {
      const { priorFigure } = await import('../../report/priorFigure.js');
      const infinite = top.data[flags.pair[0] * p + flags.pair[1]];
      await writeFigure(folder, 'prior', priorFigure({ ...pair, infinite, pair: flags.pair }));
    }
    await folder.write('result.json', `${json}\n`);
    process.stdout.write(
      flags.json
        ? `${json}\n`
        : `${drawn.draws} draws\n\n${priorTable(layers)}\n\n${out}: prior.npz, prior.svg, prior.png, result.json\n`,
    );
    report(DONE);
  });
}

export function priorCommand(report: (code: number) => void): Command {
  return takesProblem(
    new Command('prior').description(
      'The prior over kernels: networks drawn from it, beside moments to order 1/width of dense layers',
    ),
  )
    .addOption(
      new Option('--draws <number>', 'networks to draw')
        .argParser(wholeNumber(16, SAMPLING_BOUNDS.draws.most))
        .default(1000),
    )
    .addOption(
      new Option('--pair <i,j>', 'two points whose outputs are followed (default: 0,1)').argParser(pairOf),
    )
    .addOption(seedOption('of the draws'))
    .option(
      '--out <folder>',
      'where prior.npz, prior.svg and result.json are written (default: runs/PROBLEM-prior)',
    )
    .option('--json', 'print result.json on the standard output')
    .action((source: string, flags: Flags) => prior(source, flags, report));
}
