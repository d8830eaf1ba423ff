import { Command } from 'commander';
import { criticalLine, criticalPoints } from '../../criticality/criticalLine.js';
import { CheckpointFile, dataFingerprint } from '../../io/checkpoint.js';
import { writeFigure } from '../../io/figure.js';
import { defaultFolder, RunFolder } from '../../io/runFolder.js';
import { InputError } from '../../numerics/errors.js';
import type { Matrix } from '../../numerics/matrix.js';
import { activationOf, type Problem } from '../../problem/problem.js';
import { parseNumbers } from '../../problem/ranges.js';
import { type ProblemSpec, parseProblem } from '../../problem/schema.js';
import { alignColumns } from '../../report/format.js';
import type { Panel } from '../../report/landscapeFigure.js';
import { resultJson, resultNpz } from '../../report/written.js';
import { type Landscape, type LandscapeJob, measureLandscape, newProgress } from '../../sweep/landscape.js';
import { hasPhase } from '../../sweep/measurePoint.js';
import { theoryByName } from '../../theories/registry.js';
import { refusalOf } from '../../theories/requirements.js';
import { version } from '../../version.js';
import { DONE, NOT_CONVERGED } from '../exit.js';
import { checkpointNote } from '../interruption.js';
import { naming, refuseUnused, seedOption, theoryFlag } from '../options.js';
import { type ProblemFlags, problemOf, takesProblem } from '../problemSource.js';
import { withFolder, withProgress } from '../solveTheory.js';

interface Flags extends ProblemFlags {
  readonly weightVariance: string;
  readonly biasVariance: string;
  readonly theories: string;
  readonly samples?: number;
  readonly draws?: number;
  readonly seed: number;
  readonly resume?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

const COUNT = 9;

function axis(text: string, option: string, orOne: boolean): Float64Array {
  const values = parseNumbers(text, option, COUNT).sort();
  const enough = values.length >= 3 || (orOne && values.length === 1);
  if (!enough || new Set(values).size < values.length) {
    const one = orOne ? ', or one value for a cut through the phases' : '';
    throw new InputError(
      `${option} "${text}": a map needs at least 3 different values, for example 0.5..3:12${one}`,
    );
  }
  return values;
}

const MEASURES: Readonly<Record<string, string>> = {
  ckaNngp: 'CKA, infinite width',
  priorDeviation: 'prior √ΣVar C/‖C‖',
  response: 'response, layer 1 to output',
  gain: 'ΔCKA',
  testLoss: 'test loss',
};

/** The maps that a figure shows, those of theories after what is known before data. */
function panels({ theories, measures }: Landscape): Panel[] {
  const before = ['ckaNngp', 'priorDeviation', 'response'].map((name) => ({
    title: MEASURES[name],
    values: measures[name],
  }));
  const after = theories.flatMap((theory) =>
    ['gain', 'testLoss'].map((name) => ({
      title: `${MEASURES[name]}, ${theory}`,
      values: measures[`${theory}.${name}`],
    })),
  );
  return [...before, ...after].filter(({ values }) => values.data.some(Number.isFinite));
}

/** Four digits; – where there is no fixed point of variances to have slopes and depth scales. */
const shown = (value: number): string =>
  Number.isNaN(value) ? '–' : Number.isFinite(value) ? String(Number(value.toPrecision(4))) : '∞';

/** Where each measure is largest. */
function summary({ weightVariances, biasVariances, measures }: Landscape): string {
  const rows = Object.entries(measures).flatMap(([name, { data }]) => {
    if (
      !/^(ckaNngp|priorDeviation|response)$|\.(gain|logEvidence)$/.test(name) ||
      !data.some(Number.isFinite)
    )
      return [];
    const best = data.reduce(
      (top, value, k) => (value > data[top] || !Number.isFinite(data[top]) ? k : top),
      0,
    );
    const [i, j] = [Math.floor(best / weightVariances.length), best % weightVariances.length];
    const { chi, xiC } = measures;
    const at = [data[best], weightVariances[j], biasVariances[i], chi.data[best], xiC.data[best]];
    const missing = data.filter((value) => !Number.isFinite(value)).length;
    return [[name, ...at.map(shown), missing ? `${missing} points` : '']];
  });
  return alignColumns([['largest', 'value', 'at σ_w²', 'σ_b²', 'χ', 'ξ_c', 'not converged'], ...rows]);
}

/**
 * Whether some theory converged at some point, as far as that shows: one data point has no alignment that
 * could be gained.
 */
const reached = ({ theories, measures }: Landscape): boolean =>
  !measures.ckaNngp.data.some(Number.isFinite) ||
  theories.some((theory) =>
    ['gain', 'logEvidence'].some((name) => measures[`${theory}.${name}`]?.data.some(Number.isFinite)),
  );

/** Measures with a checkpoint after every point. */
function measured(job: LandscapeJob, file: CheckpointFile, resume: boolean): Promise<Landscape> {
  const progress = resume ? (file.load() as { values: Matrix; done: Matrix }) : newProgress(job);
  return withProgress('landscape', (line, signal) =>
    measureLandscape(
      job,
      progress,
      (now, fraction) => {
        file.save({ values: now.values, done: now.done });
        line.update({ fraction, stage: 'points' });
      },
      signal,
    ),
  );
}

const jsonOf = (
  { weightVariances, biasVariances, theories, measures }: Landscape,
  problem: Problem,
  warnings: readonly string[],
) => ({
  program: `finite-width ${version}`,
  data: problem.data.description,
  warnings,
  convention:
    'gain: CKA of the output kernel with YYᵀ minus that at infinite width; null: not converged or undefined',
  theories,
  weightVariances: [...weightVariances],
  biasVariances: [...biasVariances],
  measures: Object.fromEntries(
    Object.entries(measures).map(([name, { data, columns, rows }]) => [
      name,
      Array.from({ length: rows }, (_, i) =>
        Array.from(data.subarray(i * columns, (i + 1) * columns), (value) =>
          Number.isNaN(value) ? null : value,
        ),
      ),
    ]),
  ),
});

/** Maps, or curves where there is one bias variance alone. */
async function figure(landscape: Landscape, { network }: Problem): Promise<string> {
  const widths = [...new Set(network.widths)].join(', ');
  const names = [...new Set(network.widths.map((_, k) => activationOf(network, k + 1).name))].join(', ');
  const known = hasPhase(network);
  const caption = `${names}, ${network.hiddenLayers} layers of width ${widths}`;
  if (landscape.biasVariances.length === 1) {
    const { crossingFigure } = await import('../../report/crossingFigure.js');
    const edges = known ? criticalPoints(network.activation, landscape.biasVariances[0]) : [];
    return crossingFigure(
      landscape,
      edges.map(({ weightVariance }) => weightVariance),
      caption,
    );
  }
  const { landscapeFigure } = await import('../../report/landscapeFigure.js');
  return landscapeFigure(
    panels(landscape),
    landscape,
    known ? criticalLine(network.activation) : [],
    caption,
  );
}

async function write(
  folder: RunFolder,
  landscape: Landscape,
  problem: Problem,
  warnings: readonly string[],
): Promise<string> {
  const { weightVariances, biasVariances, measures } = landscape;
  const json = resultJson(jsonOf(landscape, problem, warnings));
  const axes = {
    weight_variance: { rows: 1, columns: weightVariances.length, data: weightVariances },
    bias_variance: { rows: 1, columns: biasVariances.length, data: biasVariances },
  };
  const arrays = Object.fromEntries(
    Object.entries(measures).map(([name, values]) => [name.replace('.', '_'), values]),
  );
  await folder.write('landscape.npz', resultNpz({ ...axes, ...arrays }, /^(?!(weight|bias)_variance$)/));
  await writeFigure(folder, 'landscape', await figure(landscape, problem));
  await folder.write('result.json', `${json}\n`);
  return json;
}

const theoryNames = ({ theories }: Flags): string[] =>
  theories.split(',').map((name) => naming('--theories', theoryByName)(name.trim()).name);

async function landscape(
  source: string,
  flags: Flags,
  byDefault: boolean,
  report: (code: number) => void,
): Promise<void> {
  const weightVariances = axis(flags.weightVariance, '--weight-variance', false);
  const biasVariances = axis(flags.biasVariance, '--bias-variance', true);
  // Every point is checked before any work is done.
  const points = (base: ProblemSpec) =>
    Array.from(weightVariances).flatMap((weightVariance) =>
      Array.from(biasVariances, (biasVariance) => {
        const network = { ...base.network, weightVariance, biasVariance };
        return parseProblem({ ...base, network }, '--weight-variance').network;
      }),
    );
  const { problem, spec, warnings } = await problemOf(source, flags, points);
  const refusal = (name: string) => refusalOf(theoryByName(name), problem);
  const names = theoryNames(flags).filter((name) => !byDefault || refusal(name) === undefined);
  const refused = names.map(refusal).find(Boolean);
  if (refused) throw new InputError(`--theories: ${refused}`);
  const out = flags.out ?? `${defaultFolder(source)}-landscape`;
  const { samples, draws, seed } = flags;
  const options = {
    seed,
    ...(samples === undefined ? {} : { samples }),
    ...(draws === undefined ? {} : { draws }),
  };
  const job: LandscapeJob = {
    data: problem.data,
    spec,
    weightVariances,
    biasVariances,
    theories: names,
    options,
  };
  const axes = { weightVariances: [...weightVariances], biasVariances: [...biasVariances] };
  const origin = {
    problem: spec,
    numbers: dataFingerprint(problem),
    ...axes,
    theories: names,
    options,
    version,
  };
  const file = new CheckpointFile(out, JSON.parse(JSON.stringify(origin)));
  await withFolder(await RunFolder.open(out), async (folder) => {
    // Under the lock of the folder, or it might be that of a run at work.
    file.checkLeft(flags.resume === true);
    checkpointNote(file);
    const found = await measured(job, file, flags.resume === true);
    const json = await write(folder, found, problem, warnings);
    process.stdout.write(
      flags.json
        ? `${json}\n`
        : `${summary(found)}\n${reached(found) ? '' : '\nNo theory converges at any of these points: take a wider network, or more noise.\n'}\n${out}: landscape.npz, landscape.svg, landscape.png, result.json\n`,
    );
    report(reached(found) ? DONE : NOT_CONVERGED);
  });
  file.remove();
}

export function landscapeCommand(report: (code: number) => void): Command {
  const command = takesProblem(
    new Command('landscape').description(
      'Feature learning over weight and bias variance: alignment, prior fluctuations, rise of alignment by theories, beside the edge of chaos',
    ),
    '; its variances are replaced',
  )
    .option('--weight-variance <range>', 'σ_w² of all layers', '0.5..3')
    .option('--bias-variance <range>', 'σ_b² of all layers; one value for a cut through the phases', '0..0.3')
    .option('--theories <names>', 'theories whose rise of alignment is mapped', 'linearResponse,perturbative')
    .addOption(theoryFlag('samples', 'samples behind averages that are not exact'))
    .addOption(theoryFlag('draws', 'networks that sampled draws at each point'))
    .addOption(seedOption('of all samples'))
    .option('--out <folder>', 'where results are written (default: runs/PROBLEM-landscape)')
    .option('--resume', 'go on from the checkpoint of a run that was interrupted')
    .option('--json', 'print the result as JSON on the standard output');
  return command.action((source: string, flags: Flags) => {
    refuseUnused(command, theoryNames(flags));
    return landscape(source, flags, command.getOptionValueSource('theories') === 'default', report);
  });
}
