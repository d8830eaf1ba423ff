import { join } from 'node:path';
import { Command } from 'commander';
import { defaultCompute } from '../../compute/nodeCompute.js';
import { loadProblem } from '../../io/loadProblem.js';
import { defaultFolder, RunFolder } from '../../io/runFolder.js';
import type { Compute } from '../../numerics/compute.js';
import { InputError } from '../../numerics/errors.js';
import type { Problem } from '../../problem/problem.js';
import type { ProblemSpec } from '../../problem/schema.js';
import { agreementWith, networksAmong } from '../../report/agreement.js';
import { describeProblem, type Solved, summarise } from '../../report/summary.js';
import { agreementTable, comparisonTable } from '../../report/table.js';
import { widthTable } from '../../report/widths.js';
import { theories, theoryByName } from '../../theories/registry.js';
import { checkMemory } from '../../theories/solve.js';
import { DONE, NOT_CONVERGED } from '../exit.js';
import { type SolverFlags, solverOptions, theoryOptions } from '../options.js';
import { solveTheory, withFolder } from '../solveTheory.js';
import { compareWidths, parseWidths } from './compareWidths.js';

interface Flags extends SolverFlags {
  readonly theories: string;
  readonly widths?: number[];
  readonly out?: string;
}

/** What is compared, and where it goes. */
interface Job {
  readonly problem: Problem;
  readonly spec: ProblemSpec;
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

function theoryList(text: string): string[] {
  if (text.trim() === 'all') return theories.map(({ name }) => name);
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.length === 0) throw new InputError(`--theories "${text}": names no theory; give for example nngp,perturbative`);
  if (new Set(names).size !== names.length) throw new InputError(`--theories "${text}": names a theory twice`);
  for (const name of names) theoryByName(name);
  return names;
}

/** The opening lines on a terminal. */
function opening({ data, network, noiseVariance }: Problem, { algebra }: Compute, widths?: readonly number[]): string {
  const width = widths ? `${widths[0]} to ${widths[widths.length - 1]}` : network.widths.join(', ');
  const layers = `${network.hiddenLayers} hidden layers of width ${width}, ${network.activation.name}`;
  return `${data.description}\n${layers}, noise variance ${noiseVariance}\nbackend: ${algebra.description}, ${algebra.threads} threads\n\n`;
}

/** One network, theory by theory, with a report. */
async function compareTheories({ problem, spec, names, compute, folder, out, flags }: Job): Promise<Outcome> {
  const options = theoryOptions(flags);
  for (const name of names) checkMemory(theoryByName(name), problem, compute, options);
  const solved: Solved[] = [];
  for (const name of names) solved.push(await solveTheory(problem, name, compute, options));
  const networks = networksAmong(solved);
  const summaries = solved.map((entry) => {
    const besideNetworks = networks && agreementWith(networks, entry);
    return { ...summarise(entry), ...(besideNetworks ? { besideNetworks } : {}) };
  });
  const result = { ...describeProblem(problem, compute), problem: spec, seed: flags.seed, theories: summaries };
  const json = JSON.stringify(result, undefined, 2);
  await folder.write('compare.json', `${json}\n`);
  // Loaded late: plotting is most of what there is to load.
  const { reportPage } = await import('../../report/html.js');
  await folder.write('report.html', reportPage(problem, solved, compute));
  const tables = [comparisonTable(solved), agreementTable(solved)].filter((table) => table !== undefined);
  const text = `${tables.join('\n\n')}\n\nreport: ${join(out, 'report.html')}`;
  return { json, text, converged: summaries.every(({ converged }) => converged) };
}

/** Networks of many widths, theory by theory, with a figure. */
async function compareAlongWidths(job: Job, widths: readonly number[]): Promise<Outcome> {
  const { problem, spec, names, compute, folder, out, flags } = job;
  const found = await compareWidths(problem, spec, { theories: names, widths }, compute, theoryOptions(flags));
  const result = { ...describeProblem(problem, compute), problem: spec, seed: flags.seed, widths: found };
  const json = JSON.stringify(result, undefined, 2);
  await folder.write('compare.json', `${json}\n`);
  const { widthFigure } = await import('../../report/widthFigure.js');
  await folder.write('widths.svg', widthFigure(found));
  const text = `${widthTable(found)}\n\nfigure: ${join(out, 'widths.svg')}`;
  return { json, text, converged: found.every(({ theories: each }) => each.every(({ converged }) => converged)) };
}

async function compare(source: string, flags: Flags, report: (code: number) => void): Promise<void> {
  const names = theoryList(flags.theories);
  const { problem, spec, warnings } = await loadProblem(source);
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  const { widths } = flags;
  const out = flags.out ?? `${defaultFolder(source)}${widths ? '-widths' : ''}`;
  await withFolder(await RunFolder.open(out), async (folder) => {
    const compute = await defaultCompute();
    if (!flags.json) process.stdout.write(opening(problem, compute, widths));
    const job: Job = { problem, spec, names, compute, folder, out, flags };
    const { json, text, converged } = await (widths ? compareAlongWidths(job, widths) : compareTheories(job));
    process.stdout.write(`${flags.json ? json : text}\n`);
    report(converged ? DONE : NOT_CONVERGED);
  });
}

export function compareCommand(report: (code: number) => void): Command {
  const command = new Command('compare')
    .description('Compare theories on one problem: a table here and a report with pictures')
    .argument('<problem>', 'a problem file (JSON) or the name of a preset: xor, mnist')
    .option(
      '--theories <names>',
      `theories, separated by commas, or all: ${theories.map(({ name }) => name).join(', ')}`,
      'nngp,perturbative,multiscale',
    )
    .option(
      '--widths <range>',
      'the same for several widths of all hidden layers, for example 20..500, 20..500:12 or 20,50,100: a figure of alignment against width',
      parseWidths,
    )
    .option('--out <folder>', 'where compare.json and report.html are written (default: runs/PROBLEM)');
  for (const option of solverOptions()) command.addOption(option);
  return command.action((source: string, flags: Flags) => compare(source, flags, report));
}
