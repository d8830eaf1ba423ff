import { Command, Option } from 'commander';
import { defaultCompute } from '../../compute/nodeCompute.js';
import { defaultFolder, RunFolder } from '../../io/runFolder.js';
import type { Compute } from '../../numerics/compute.js';
import { InputError } from '../../numerics/errors.js';
import { createProblem } from '../../problem/createProblem.js';
import { observedBy } from '../../problem/likelihoodName.js';
import type { Data } from '../../problem/problem.js';
import type { ProblemSpec } from '../../problem/schema.js';
import { parseVariation, type Variant, type Variation, variants } from '../../problem/variations.js';
import { alignColumns, leftOut, withError, withoutEmptyColumns } from '../../report/format.js';
import { describeProblem, summarise } from '../../report/summary.js';
import { approximationOf, evidenceHead } from '../../report/table.js';
import { resultJson } from '../../report/written.js';
import { tooClose } from '../../sweep/closeness.js';
import { checkMemory } from '../../theories/checkMemory.js';
import { type TheoryOptions, theoryByName } from '../../theories/registry.js';
import { DONE, NOT_CONVERGED } from '../exit.js';
import {
  EVIDENCE_THEORY,
  refuseUnused,
  type SolverFlags,
  solverOptions,
  theoryOption,
  theoryOptions,
} from '../options.js';
import { type ProblemFlags, problemOf, takesProblem } from '../problemSource.js';
import { solveTheory, withFolder } from '../solveTheory.js';
import { evidenceTheoryFor } from '../theoryList.js';

interface Flags extends SolverFlags, ProblemFlags {
  readonly theory: string;
  readonly vary: readonly Variation[];
  readonly out?: string;
}

/** A setting with what the theory says of it. */
type Ranked = ReturnType<typeof summarise> & { readonly settings: Readonly<Record<string, unknown>> };

/** The data stay what they are: evidence compares what different networks say of the same numbers. */
function checkKeys(variations: readonly Variation[]): void {
  if (variations.length === 0)
    throw new InputError(
      '--vary: missing; give for example --vary network.hiddenLayers=1,2,3 --vary noiseVariance=0.05,0.1',
    );
  const data = variations.find(({ key }) => key === 'data' || key.startsWith('data.'));
  if (data)
    throw new InputError(
      `--vary ${data.key}: evidence compares settings on the same data; vary keys of network, or noiseVariance`,
    );
}

const named = (settings: Readonly<Record<string, unknown>>) =>
  Object.entries(settings)
    .map(
      ([key, value]) =>
        `${key.replace(/^network\./, '')} ${Array.isArray(value) ? `[${value.join(', ')}]` : value}`,
    )
    .join(', ');

async function rank(
  settings: readonly Variant[],
  data: Data,
  theory: string,
  compute: Compute,
  options: TheoryOptions,
): Promise<Ranked[]> {
  const problems = settings.map(({ spec }) =>
    createProblem({ data, network: spec.network, ...observedBy(spec) }),
  );
  for (const problem of problems) checkMemory(theoryByName(theory), problem, compute, options);
  const ranked: Ranked[] = [];
  for (const [k, problem] of problems.entries()) {
    const solved = await solveTheory(
      problem,
      theory,
      compute,
      options,
      `${k + 1}/${problems.length} ${theory}`,
      true,
    );
    if (Number.isNaN(solved.posterior.logEvidence))
      throw new InputError(
        `--theory ${theory}: knows no evidence of likelihood "${problem.likelihood}"; rank by nngp`,
      );
    ranked.push({ settings: settings[k].settings, ...summarise(solved) });
  }
  const value = ({ logEvidence }: Ranked) => logEvidence ?? Number.NEGATIVE_INFINITY;
  // What was not reached has an evidence of other equations: it stands below all that was.
  return ranked.sort((a, b) => Number(b.converged) - Number(a.converged) || value(b) - value(a));
}

const evidenceOf = ({ logEvidence, logEvidenceStandardError, logEvidenceLeftOut }: Ranked) => ({
  logEvidence: logEvidence ?? Number.NaN,
  standardError: logEvidenceStandardError,
  leftOut: logEvidenceLeftOut ?? Number.NaN,
});

/** Whether the errors of the theory leave open which of two that it reaches is more probable. */
const isTied = (best: Ranked, entry: Ranked): boolean =>
  best.converged && entry.converged && tooClose(evidenceOf(best), evidenceOf(entry));

/**
 * The place of a setting: one more than those that errors separate above it; undefined of one that was not
 * reached.
 */
const rankOf = (entry: Ranked, ranked: readonly Ranked[]): number | undefined =>
  entry.converged
    ? 1 +
      ranked.slice(0, ranked.indexOf(entry)).filter((above) => above.converged && !isTied(above, entry))
        .length
    : undefined;

function evidenceTable(ranked: readonly Ranked[]): string {
  const best = ranked[0].logEvidence ?? Number.NaN;
  const rows = [
    [
      'rank',
      'setting',
      evidenceHead(ranked),
      'below the best',
      'left out of ln p',
      'CKA of the output kernel',
      'training error',
      'test error',
      'ln p(y) in test',
    ],
  ];
  for (const entry of ranked) {
    rows.push([
      `${rankOf(entry, ranked) ?? '–'}`,
      `${named(entry.settings)}${entry.converged ? '' : ' (not converged)'}`,
      withError(entry.logEvidence, entry.logEvidenceStandardError),
      entry === ranked[0] || !entry.converged
        ? '–'
        : `${(best - (entry.logEvidence ?? Number.NaN)).toFixed(2)}${isTied(ranked[0], entry) ? ' (too close to call)' : ''}`,
      leftOut(entry.logEvidenceLeftOut),
      withError(entry.cka[entry.cka.length - 1], entry.ckaStandardError?.[entry.cka.length - 1]),
      fixed(entry.train.meanSquaredError),
      fixed(entry.test?.meanSquaredError),
      // Of classes, where errors of outputs say nothing.
      entry.test?.brierScore === undefined ? '–' : fixed(entry.test.logPredictiveDensity),
    ]);
  }
  const approximate = approximationOf(ranked);
  return `${alignColumns(withoutEmptyColumns(rows, 3))}${approximate === undefined ? '' : `\n\n${approximate}`}`;
}

const fixed = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(4));

async function evidence(
  source: string,
  asked: Flags,
  command: Command,
  report: (code: number) => void,
): Promise<void> {
  let flags = asked;
  if (theoryByName(flags.theory).evidence === false)
    throw new InputError(
      `--theory ${flags.theory}: knows no evidence; rank by another theory, for example ${EVIDENCE_THEORY}`,
    );
  checkKeys(flags.vary);
  const networksOf = (spec: ProblemSpec) =>
    variants(spec, flags.vary).map(({ spec: { network } }) => network);
  const { problem, spec, warnings } = await problemOf(source, flags, networksOf);
  if (command.getOptionValueSource('theory') === 'default')
    flags = { ...flags, theory: evidenceTheoryFor(problem, EVIDENCE_THEORY) };
  refuseUnused(command, [flags.theory]);
  const settings = variants(spec, flags.vary);
  const out = flags.out ?? `${defaultFolder(source)}-evidence`;
  await withFolder(await RunFolder.open(out), async (folder) => {
    const compute = await defaultCompute();
    const ranked = await rank(settings, problem.data, flags.theory, compute, theoryOptions(flags));
    const tied = ranked
      .slice(1)
      .filter((entry) => isTied(ranked[0], entry))
      .map(({ settings: tiedSettings }) => tiedSettings);
    const { data, program, backend, convention } = describeProblem(problem, compute, warnings);
    const result = {
      program,
      backend,
      data,
      convention,
      warnings,
      problem: spec,
      theory: flags.theory,
      seed: flags.seed,
      tooCloseToCall: tied,
      ranked: ranked.map((entry) => ({ rank: rankOf(entry, ranked) ?? null, ...entry })),
    };
    const json = resultJson(result);
    await folder.write('result.json', `${json}\n`);
    const head = `${problem.data.description}; by ${flags.theory}`;
    process.stdout.write(
      flags.json ? `${json}\n` : `${head}\n\n${evidenceTable(ranked)}\n\n${out}: result.json\n`,
    );
    report(ranked.every(({ converged }) => converged) ? DONE : NOT_CONVERGED);
  });
}

export function evidenceCommand(report: (code: number) => void): Command {
  const command = takesProblem(
    new Command('evidence').description(
      'Rank settings of the network by ln p(Y|X): depth, width, variances, noise, …',
    ),
  )
    .addOption(
      new Option(
        '--vary <key=values>',
        'a key of the problem file and its values, for example network.hiddenLayers=1,2,3; repeat for a grid',
      )
        .argParser((text: string, before: readonly Variation[]) => [...before, parseVariation(text)])
        .default([], 'none'),
    )
    .addOption(theoryOption('the theory whose evidence ranks', EVIDENCE_THEORY))
    .option('--out <folder>', 'where result.json is written (default: runs/PROBLEM-evidence)');
  for (const option of solverOptions()) command.addOption(option);
  return command.action((source: string, flags: Flags) => evidence(source, flags, command, report));
}
