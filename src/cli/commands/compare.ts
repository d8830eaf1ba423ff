import { join } from 'node:path';
import { Command, Option } from 'commander';
import { defaultCompute } from '../../compute/nodeCompute.js';
import { writeFigure } from '../../io/figure.js';
import { defaultFolder, RunFolder } from '../../io/runFolder.js';
import type { Compute } from '../../numerics/compute.js';
import { InputError } from '../../numerics/errors.js';
import type { Problem } from '../../problem/problem.js';
import type { ProblemSpec } from '../../problem/schema.js';
import { parseVariation, type Variation, zipped } from '../../problem/variations.js';
import { agreementWith, networksAmong } from '../../report/agreement.js';
import { alongTable } from '../../report/along.js';
import { alongArrays } from '../../report/alongArrays.js';
import { kernelArrays } from '../../report/arrays.js';
import { networkWords } from '../../report/network.js';
import { describeProblem, summarise } from '../../report/summary.js';
import { agreementTable, comparisonTable } from '../../report/table.js';
import { resultJson, resultNpz } from '../../report/written.js';
import { theories } from '../../theories/registry.js';
import { DONE, NOT_CONVERGED } from '../exit.js';
import { refuseUnused, type SolverFlags, solverOptions, theoryOptions } from '../options.js';
import { type ProblemFlags, problemOf, takesProblem } from '../problemSource.js';
import { solveTheories, withFolder } from '../solveTheory.js';
import { DEFAULT_THEORIES, theoryList } from '../theoryList.js';
import { checkVariations, compareAlong } from './compareAlong.js';

interface Flags extends SolverFlags, ProblemFlags {
  readonly theories: string;
  readonly widths?: Variation;
  readonly vary: readonly Variation[];
  readonly continue?: boolean;
  readonly out?: string;
}

/** What is compared, and where it goes. */
interface Job {
  readonly problem: Problem;
  readonly spec: ProblemSpec;
  readonly warnings: readonly string[];
  readonly names: readonly string[];
  readonly compute: Compute;
  readonly folder: RunFolder;
  readonly out: string;
  readonly flags: Flags;
}

/** What was said, and whether all of it converged. */
interface Outcome {
  readonly json: string;
  readonly text: string;
  readonly converged: boolean;
}

/** @throws InputError for what are no widths */
function parseWidths(text: string): Variation {
  const advice = `--widths "${text}": give a range such as 20..500, or 20..500:12 for 12 widths, or a list such as 20,50,100`;
  try {
    const variation = parseVariation(`network.width=${text}`);
    if (variation.values.every((width) => Number.isSafeInteger(width) && Number(width) > 0)) return variation;
  } catch {
    // the same advice
  }
  throw new InputError(advice);
}

/** The opening lines on a terminal. */
function opening(
  { data, network, noiseVariance, likelihood }: Problem,
  { algebra }: Compute,
  varied: readonly Variation[],
): string {
  const layers = `${networkWords(network)}, ${likelihood ? `likelihood ${likelihood}` : `noise variance ${noiseVariance}`}`;
  const along = varied.map(({ key, values }) => `\nvaried: ${key} = ${values.join(', ')}`).join('');
  return `${data.description}\n${layers}${along}\nbackend: ${algebra.description}, ${algebra.threads} threads\n\n`;
}

/** One network, theory by theory, with a report. */
async function compareTheories({
  problem,
  spec,
  warnings,
  names,
  compute,
  folder,
  out,
  flags,
}: Job): Promise<Outcome> {
  const solved = await solveTheories(names, problem, compute, theoryOptions(flags));
  const networks = networksAmong(solved);
  const summaries = solved.map((entry) => {
    const besideNetworks = networks && agreementWith(networks, entry);
    return { ...summarise(entry), ...(besideNetworks ? { besideNetworks } : {}) };
  });
  const result = {
    ...describeProblem(problem, compute, warnings),
    problem: spec,
    seed: flags.seed,
    theories: summaries,
  };
  const json = resultJson(result);
  await folder.write('compare.json', `${json}\n`);
  // Loaded late: plotting is most of what there is to load.
  const { reportPage } = await import('../../report/html.js');
  await folder.write('report.html', reportPage(problem, solved, compute, warnings));
  for (const entry of solved)
    await folder.write(`${entry.posterior.theory}_kernels.npz`, resultNpz(kernelArrays(entry)));
  const { layerArrays, layersFigure } = await import('../../report/layersFigure.js');
  await folder.write('compare.npz', resultNpz(layerArrays(solved), /_cka(_se)?$/));
  const figure = layersFigure(solved);
  if (figure) await writeFigure(folder, 'layers', figure);
  const tables = [comparisonTable(solved), agreementTable(solved)].filter((table) => table !== undefined);
  const text = `${tables.join('\n\n')}\n\nreport: ${join(out, 'report.html')}`;
  return { json, text, converged: summaries.every(({ converged }) => converged) };
}

/** Networks along the values of a key, theory by theory, with a figure. */
async function compareSettings(job: Job, varied: readonly Variation[]): Promise<Outcome> {
  const { problem, spec, warnings, names, compute, folder, out, flags } = job;
  const along = await compareAlong(
    problem,
    spec,
    varied,
    names,
    compute,
    theoryOptions(flags),
    flags.continue === true,
  );
  const result = {
    ...describeProblem(problem, compute, warnings),
    problem: spec,
    seed: flags.seed,
    ...along,
  };
  const json = resultJson(result);
  await folder.write('compare.json', `${json}\n`);
  const { alongFigure } = await import('../../report/alongFigure.js');
  await folder.write('compare.npz', resultNpz(alongArrays(along), /_cka(_se)?$/));
  await writeFigure(folder, 'compare', alongFigure(along));
  const text = `${alongTable(along)}\n\nfigure: ${join(out, 'compare.svg')}`;
  return {
    json,
    text,
    converged: along.settings.every(({ theories: each }) => each.every(({ converged }) => converged)),
  };
}

/** What is varied: widths are the width of all hidden layers. @throws InputError if both options give them */
function variationsOf({ widths, vary }: Flags): readonly Variation[] {
  if (widths && vary.some(({ key }) => key === widths.key))
    throw new InputError('--widths: varies network.width, and so does --vary; leave one of them out');
  return widths ? [widths, ...vary] : vary;
}

async function compare(
  source: string,
  flags: Flags,
  command: Command,
  report: (code: number) => void,
): Promise<void> {
  const namesFor = theoryList(flags.theories, command.getOptionValueSource('theories') === 'default');
  const varied = variationsOf(flags);
  const networksOf = (spec: ProblemSpec) => {
    checkVariations(spec, varied);
    return zipped(spec, varied).map(({ spec: { network } }) => network);
  };
  const { problem, spec, warnings } = await problemOf(
    source,
    flags,
    varied.length > 0 ? networksOf : undefined,
  );
  const names = namesFor(problem, theoryOptions(flags));
  refuseUnused(command, names);
  const suffix = varied.length > 0 ? `-${varied[0].key.replace(/^network\./, '')}` : '';
  const out = flags.out ?? `${defaultFolder(source)}${suffix}`;
  if (varied.length === 0 && flags.continue)
    throw new InputError('--continue: goes on from setting to setting; give --widths or --vary');
  await withFolder(await RunFolder.open(out), async (folder) => {
    const compute = await defaultCompute();
    if (!flags.json) process.stdout.write(opening(problem, compute, varied));
    const job: Job = { problem, spec, warnings, names, compute, folder, out, flags };
    const { json, text, converged } = await (varied.length > 0
      ? compareSettings(job, varied)
      : compareTheories(job));
    process.stdout.write(`${flags.json ? json : text}\n`);
    report(converged ? DONE : NOT_CONVERGED);
  });
}

export function compareCommand(report: (code: number) => void): Command {
  const command = takesProblem(
    new Command('compare').description(
      'Compare theories on one problem: a table here and a report with pictures',
    ),
  )
    .option(
      '--theories <names>',
      `theories, separated by commas, or all: ${theories.map(({ name }) => name).join(', ')}; auto takes one of them; by default those of nngp, perturbative (else linearResponse) and auto that treat the problem`,
      DEFAULT_THEORIES,
    )
    .option(
      '--widths <range>',
      'the same for several widths of all hidden layers, for example 20..500, 20..500:12 or 20,50,100: a figure of alignment against width',
      parseWidths,
    )
    .addOption(
      new Option(
        '--vary <key=values>',
        'the same along another key, for example network.featureScale=1..60; keys that are given besides move along with the first',
      )
        .argParser((text: string, before: readonly Variation[]) => [...before, parseVariation(text)])
        .default([], 'none'),
    )
    .option(
      '--continue',
      'along a key, start perturbative, map and multiscale from their solution at the setting before, for example to anneal in the feature scale',
    )
    .option('--out <folder>', 'where compare.json and report.html are written (default: runs/PROBLEM)');
  for (const option of solverOptions()) command.addOption(option);
  return command.action((source: string, flags: Flags) => compare(source, flags, command, report));
}
