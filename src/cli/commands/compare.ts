import { join } from 'node:path';
import { Command } from 'commander';
import { defaultCompute } from '../../compute/nodeCompute.js';
import { loadProblem } from '../../io/loadProblem.js';
import { defaultFolder, RunFolder } from '../../io/runFolder.js';
import { InputError } from '../../numerics/errors.js';
import { describeProblem, type Solved, summarise } from '../../report/summary.js';
import { comparisonTable } from '../../report/table.js';
import { theories, theoryByName } from '../../theories/registry.js';
import { checkMemory } from '../../theories/solve.js';
import { DONE, NOT_CONVERGED } from '../exit.js';
import { type SolverFlags, solverOptions, theoryOptions } from '../options.js';
import { solveTheory, withFolder } from '../solveTheory.js';

interface Flags extends SolverFlags {
  readonly theories: string;
  readonly out?: string;
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

async function compare(source: string, flags: Flags, report: (code: number) => void): Promise<void> {
  const names = theoryList(flags.theories);
  const { problem, spec, warnings } = await loadProblem(source);
  for (const warning of warnings) process.stderr.write(`warning: ${warning}\n`);
  const out = flags.out ?? defaultFolder(source);
  const folder = await RunFolder.open(out);
  await withFolder(folder, async () => {
    const compute = await defaultCompute();
    const options = theoryOptions(flags);
    for (const name of names) checkMemory(theoryByName(name), problem, compute, options);
    const { data, network, noiseVariance } = problem;
    if (!flags.json) {
      const layers = `${network.hiddenLayers} hidden layers of width ${network.widths.join(', ')}, ${network.activation.name}`;
      process.stdout.write(
        `${data.description}\n${layers}, noise variance ${noiseVariance}\nbackend: ${compute.algebra.description}, ${compute.algebra.threads} threads\n\n`,
      );
    }
    const solved: Solved[] = [];
    for (const name of names) solved.push(await solveTheory(problem, name, compute, options));
    const theories = solved.map(summarise);
    const result = { ...describeProblem(problem, compute), problem: spec, seed: flags.seed, theories };
    const json = JSON.stringify(result, undefined, 2);
    await folder.write('compare.json', `${json}\n`);
    // Loaded late: plotting is most of what there is to load.
    const { reportPage } = await import('../../report/html.js');
    await folder.write('report.html', reportPage(problem, solved, compute));
    process.stdout.write(flags.json ? `${json}\n` : `${comparisonTable(solved)}\n\nreport: ${join(out, 'report.html')}\n`);
    report(theories.every(({ converged }) => converged) ? DONE : NOT_CONVERGED);
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
    .option('--out <folder>', 'where compare.json and report.html are written (default: runs/PROBLEM)');
  for (const option of solverOptions()) command.addOption(option);
  return command.action((source: string, flags: Flags) => compare(source, flags, report));
}
