import { Command } from 'commander';
import { requireDense } from '../../architecture/architecture.js';
import { defaultCompute } from '../../compute/nodeCompute.js';
import { writeFigure } from '../../io/figure.js';
import {
  type Representation,
  type RepresentationKind,
  readRepresentations,
} from '../../io/representations.js';
import { defaultFolder, RunFolder } from '../../io/runFolder.js';
import type { Compute } from '../../numerics/compute.js';
import { InputError } from '../../numerics/errors.js';
import type { Problem } from '../../problem/problem.js';
import { MEASURES_THAT_LACK, measureArrays } from '../../report/measure/arrays.js';
import {
  type Beside,
  besideTheory,
  type LayerMeasures,
  type Measured,
  measuresOf,
  measuresOfKernels,
} from '../../report/measure/measures.js';
import { measureTable } from '../../report/measure/table.js';
import { describeProblem, type SolvedTheory, summarise } from '../../report/summary.js';
import { resultJson, resultNpz } from '../../report/written.js';
import { theories } from '../../theories/registry.js';
import { DONE, NOT_CONVERGED } from '../exit.js';
import { refuseUnused, type SolverFlags, solverOptions, theoryOptions } from '../options.js';
import { type ProblemFlags, problemOf, takesProblem } from '../problemSource.js';
import { solveTheories, withFolder } from '../solveTheory.js';
import { DEFAULT_THEORIES, theoryList } from '../theoryList.js';

/** What the network that somebody brings is called. */
const YOURS = 'yours';

interface Flags extends SolverFlags, ProblemFlags {
  readonly features?: string;
  readonly kernels?: string;
  readonly theories: string;
  readonly out?: string;
}

/** A network that somebody brings, as a file of it tells. */
interface Brought {
  readonly file: string;
  readonly kind: RepresentationKind;
  readonly layers: readonly Representation[];
}

async function broughtOf(
  { features, kernels }: Flags,
  problem: Problem,
  compute: Compute,
): Promise<Brought | undefined> {
  if (features !== undefined && kernels !== undefined)
    throw new InputError('--features: is given with --kernels; give one of the two');
  const file = features ?? kernels;
  if (file === undefined) return undefined;
  const kind = features === undefined ? 'kernels' : 'features';
  try {
    return { file, kind, layers: await readRepresentations(file, kind, problem, compute.algebra) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(`--${kind}: ${error.message}`);
  }
}

/** Measures of a layer without the arrays, which measure.npz has. */
const told = ({ layer, cka, shift, effectiveRank, spectrum, tangent }: LayerMeasures) => ({
  layer,
  cka,
  shift,
  effectiveRank,
  directions: spectrum.directions,
  ...(tangent ? { tangentCka: tangent.cka, tangentCkaStandardError: tangent.error } : {}),
});

function resultOf(
  solved: readonly SolvedTheory[],
  measured: readonly Measured[],
  brought: Brought | undefined,
  beside: readonly Beside[],
) {
  const of = (name: string) => (measured.find((entry) => entry.name === name) as Measured).layers.map(told);
  const yours = brought && {
    file: brought.file,
    kind: brought.kind,
    arrays: brought.layers.map(({ array }) => array),
    layers: of(YOURS).map((entry) => ({
      ...entry,
      beside: beside.filter(({ layer }) => layer === entry.layer).map(({ layer: _, ...rest }) => rest),
    })),
  };
  const summaries = solved.map((entry) => ({ ...summarise(entry), layers: of(entry.posterior.theory) }));
  return { ...(yours ? { yours } : {}), theories: summaries };
}

async function writeMeasures(
  folder: RunFolder,
  problem: Problem,
  measured: readonly Measured[],
  beside: readonly Beside[],
  compute: Compute,
  warnings: readonly string[],
): Promise<string[]> {
  await folder.write('measure.npz', resultNpz(measureArrays(measured), MEASURES_THAT_LACK));
  // Loaded late: plotting is most of what there is to load.
  const { measureFigure, profileFigure, spectraFigure } = await import('../../report/measure/figures.js');
  const { measurePage } = await import('../../report/measure/page.js');
  const figures = {
    measure: measureFigure(measured),
    profile: profileFigure(measured),
    spectra: spectraFigure(measured, problem.network.hiddenLayers),
  };
  const drawn = Object.entries(figures).filter((entry): entry is [string, string] => entry[1] !== undefined);
  for (const [name, svg] of drawn) await writeFigure(folder, name, svg);
  await folder.write('report.html', measurePage(problem, measured, beside, figures, compute, warnings));
  return ['report.html', 'measure.npz', ...drawn.map(([name]) => `${name}.svg`), 'result.json'];
}

async function measure(
  source: string,
  flags: Flags,
  command: Command,
  report: (code: number) => void,
): Promise<void> {
  const namesFor = theoryList(flags.theories, command.getOptionValueSource('theories') === 'default');
  const { problem, spec, warnings } = await problemOf(source, flags);
  requireDense(
    problem.network,
    'measure',
    ['activations'],
    'compare has theories and sampled networks of such layers beside each other',
  );
  const names = namesFor(problem, theoryOptions(flags));
  refuseUnused(command, names);
  const out = flags.out ?? `${defaultFolder(source)}-measure`;
  const compute = await defaultCompute();
  const brought = await broughtOf(flags, problem, compute);
  await withFolder(await RunFolder.open(out), async (folder) => {
    const solved = await solveTheories(names, problem, compute, theoryOptions(flags));
    const kernels = new Map(brought?.layers.map(({ layer, kernel }) => [layer, kernel]));
    const { nngp } = solved[0].posterior;
    const measured = solved.map(({ posterior }) => measuresOf(posterior, compute));
    if (brought) measured.push(measuresOfKernels(YOURS, kernels, nngp, problem, compute));
    const others = solved.map(({ posterior }) => [posterior.theory, posterior.kernels] as const);
    if (!others.some(([theory]) => theory === 'nngp')) others.unshift(['nngp', nngp]);
    const beside = others.flatMap(([theory, theirs]) => besideTheory(kernels, theory, theirs));
    const result = resultOf(solved, measured, brought, beside);
    const json = resultJson({
      ...describeProblem(problem, compute, warnings),
      problem: spec,
      seed: flags.seed,
      ...result,
    });
    await folder.write('result.json', `${json}\n`);
    const files = await writeMeasures(folder, problem, measured, beside, compute, warnings);
    process.stdout.write(
      `${flags.json ? json : `${measureTable(measured, beside)}\n\n${out}: ${files.join(', ')}`}\n`,
    );
    report(solved.every(({ posterior }) => posterior.convergence.converged) ? DONE : NOT_CONVERGED);
  });
}

export function measureCommand(report: (code: number) => void): Command {
  const command = takesProblem(
    new Command('measure').description(
      'Alignment, spectra and layer alignment of theories and networks, beside those of a network of your own',
    ),
  )
    .option(
      '--features <file>',
      'outputs φ of the hidden neurons of your network at the samples: an npz file, one P×N array a layer',
    )
    .option('--kernels <file>', 'kernels of its hidden layers instead, P×P, such as kernels.npz of solve')
    .option(
      '--theories <names>',
      `theories, separated by commas, or all: ${theories.map(({ name }) => name).join(', ')}; auto takes one of them`,
      DEFAULT_THEORIES,
    )
    .option('--out <folder>', 'where results are written (default: runs/PROBLEM-measure)');
  for (const option of solverOptions()) command.addOption(option);
  return command.action((source: string, flags: Flags) => measure(source, flags, command, report));
}
