import { Command } from 'commander';
import { InputError } from '../../numerics/errors.js';
import type { ProblemSpec } from '../../problem/schema.js';
import { alignColumns, leftOut, withError } from '../../report/format.js';
import { resultJson } from '../../report/written.js';
import {
  candidatesFor,
  type Judged,
  judge,
  ranked,
  sentences,
  specFor,
  taskFor,
} from '../../sweep/advice.js';
import { timeOf } from '../../sweep/adviceTime.js';
import { hasPhase } from '../../sweep/measurePoint.js';
import { measurePoints } from '../../sweep/pool.js';
import { theoryByName } from '../../theories/registry.js';
import { DONE, NOT_CONVERGED } from '../exit.js';
import { seedOption, theoryOption } from '../options.js';
import { type ProblemFlags, problemOf, takesProblem } from '../problemSource.js';
import { withProgress } from '../solveTheory.js';
import { evidenceTheoryFor } from '../theoryList.js';

interface Flags extends ProblemFlags {
  readonly theory: string;
  readonly seed: number;
  readonly json?: boolean;
}

function table(ranking: readonly Judged[], layered: boolean): string {
  const value = (x: number, digits = 4) => (Number.isFinite(x) ? x.toFixed(digits) : '–');
  const rows = ranking.map((entry) => [
    layered ? `× ${entry.widthScale}` : String(entry.hiddenLayers),
    String(Number(entry.weightVariance.toPrecision(4))),
    String(entry.featureScale),
    entry.phase ? `${entry.phase}, χ ${value(entry.chi, 3)}` : '–',
    withError(entry.logEvidence, entry.evidenceError),
    Number.isFinite(entry.evidenceLeftOut) ? leftOut(entry.evidenceLeftOut) : '–',
    withError(entry.cka, entry.ckaError),
    value(entry.ckaNngp),
    value(entry.testLoss),
  ]);
  return alignColumns([
    [
      layered ? 'widths' : 'layers',
      'σ_w²',
      'γ',
      'phase',
      'ln p(Y|X)',
      'left out of it',
      'CKA',
      'infinite width',
      'test loss',
    ],
    ...rows,
  ]);
}

async function advise(
  source: string,
  flags: Flags,
  byDefault: boolean,
  report: (code: number) => void,
): Promise<void> {
  const { seed, json } = flags;
  if (theoryByName(flags.theory).evidence === false)
    throw new InputError(
      `--theory ${flags.theory}: knows no evidence; advise by another theory, for example perturbative`,
    );
  const networksOf = (base: ProblemSpec) =>
    candidatesFor(base).map((candidate) => specFor(base, candidate).network);
  const { problem, spec, warnings } = await problemOf(source, flags, networksOf);
  const theory = byDefault ? evidenceTheoryFor(problem, flags.theory) : flags.theory;
  const candidates = candidatesFor(spec);
  const time = timeOf(problem, networksOf(spec), theory);
  if (time !== undefined) process.stderr.write(`${time}\n`);
  const phased = hasPhase(problem.network);
  const layered = spec.network.layers !== undefined;
  const tasks = candidates.map((candidate) => taskFor(spec, problem.data, candidate, theory, { seed }));
  const judged: Judged[] = [];
  await withProgress('advise', async (line, signal) => {
    await measurePoints(
      tasks,
      (index, record) => {
        judged[index] = judge(candidates[index], theory, record, phased);
        line.update({ fraction: Object.keys(judged).length / tasks.length, stage: 'networks' });
      },
      signal,
    );
  });
  const ranking = ranked(judged);
  const advice = sentences(ranking);
  const result = resultJson({ data: problem.data.description, theory, seed, warnings, advice, ranking });
  if (json) {
    process.stdout.write(`${result}\n`);
  } else {
    const head = `${problem.data.description}\n${spec.network.activation}, width ${[spec.network.width].flat().join(', ')}, σ_b² = ${candidates[0].biasVariance}, ${spec.likelihood ? `likelihood ${spec.likelihood}` : `noise variance ${spec.noiseVariance}`}; by ${theory}`;
    process.stdout.write(`${head}\n\n${table(ranking, layered)}\n\n${advice.join('\n')}\n`);
  }
  report(ranking.some(({ logEvidence }) => Number.isFinite(logEvidence)) ? DONE : NOT_CONVERGED);
}

export function adviseCommand(report: (code: number) => void): Command {
  const command = takesProblem(
    new Command('advise').description(
      'Rank depths (widths, of network.layers), weight variances around the critical one, and feature scales by evidence and alignment, in plain words',
    ),
  )
    .addOption(theoryOption('the theory that judges', 'perturbative'))
    .addOption(seedOption('of all samples'))
    .option('--json', 'print the result as JSON on the standard output')
    .action((source: string, flags: Flags) =>
      advise(source, flags, command.getOptionValueSource('theory') === 'default', report),
    );
  return command;
}
