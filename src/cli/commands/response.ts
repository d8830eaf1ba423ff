import { Command } from 'commander';
import { requireDense } from '../../architecture/architecture.js';
import { defaultCompute } from '../../compute/nodeCompute.js';
import {
  type Propagation,
  type Range,
  type ResponseSpectrum,
  responses,
  spectrumOnData,
} from '../../criticality/responses.js';
import { writeFigure } from '../../io/figure.js';
import type { LoadedProblem } from '../../io/loadProblem.js';
import { RunFolder } from '../../io/runFolder.js';
import { requireMemory } from '../../numerics/compute.js';
import { rowMatrix } from '../../numerics/entrywise.js';
import type { Matrix } from '../../numerics/matrix.js';
import { alignColumns } from '../../report/format.js';
import { describeProblem } from '../../report/summary.js';
import { resultJson, resultNpz } from '../../report/written.js';
import { type ProblemFlags, problemOf, takesProblem } from '../problemSource.js';
import { withFolder } from '../solveTheory.js';

interface Flags extends ProblemFlags {
  readonly out?: string;
  readonly json?: boolean;
}

type Responses = ReturnType<typeof responses>;

const digits = (value: number | undefined): string =>
  value === undefined ? '' : value === Number.POSITIVE_INFINITY ? '∞' : value.toPrecision(4);
const layerName = (l: number): string => (l === 0 ? 'input' : String(l));

function table({ name, forward, kept, backward }: Propagation): string {
  const rows = backward.map((back, l) => [
    layerName(l),
    digits(forward[0][l]),
    digits(kept[0][l]),
    // From this layer to the output.
    digits(forward[l][forward[l].length - 1]),
    digits(back),
  ]);
  return `${name}\n${alignColumns([['layer', 'from the input', 'of it along itself', 'to the output', 'back from the output'], ...rows])}`;
}

const rangeText = (range: Range): string =>
  range ? range.map((value) => value.toPrecision(3)).join(' / ') : '–';

function spectrumTable(spectra: readonly ResponseSpectrum[], y: Matrix): string {
  const rows = spectra.map((spectrum) => {
    const { same, different, variances } = spectrumOnData(spectrum, y);
    return [layerName(spectrum.layer), rangeText(same), rangeText(different), rangeText(variances)];
  });
  const head = ['from layer', 'pairs of like targets', 'of unlike targets', 'variances'];
  return `eigenvalues of the response of the output kernel: least / median / largest\n${alignColumns([head, ...rows])}`;
}

/** norms by layer, a column a direction, and the eigenvalues from each layer to the output */
function arraysOf({ propagations, spectra }: Responses): Record<string, Matrix> {
  return Object.fromEntries([
    ...propagations.flatMap(({ name, forward, kept, backward }) => [
      [`${name}_forward`, rowMatrix(forward[0])],
      [`${name}_kept`, rowMatrix(kept[0])],
      [`${name}_backward`, rowMatrix(backward)],
    ]),
    ...spectra.map(({ layer, eigenvalues }) => [`eigenvalues_${layer}`, eigenvalues]),
  ]);
}

async function write(folder: RunFolder, found: Responses, json: string): Promise<void> {
  const { responseFigure } = await import('../../report/responseFigure.js');
  await folder.write('response.npz', resultNpz(arraysOf(found)));
  await writeFigure(folder, 'response', responseFigure(found.propagations, found.phase.xiC));
  await folder.write('result.json', `${json}\n`);
}

async function response(source: string, flags: Flags): Promise<void> {
  const loaded = await problemOf(source, flags);
  requireDense(
    loaded.problem.network,
    'the response between layers',
    [],
    'compare says how the kernels of such layers move together',
  );
  if (flags.out === undefined) return respond(loaded, flags);
  await withFolder(await RunFolder.open(flags.out), (folder) => respond(loaded, flags, folder));
}

async function respond(
  { problem, spec, warnings }: LoadedProblem,
  flags: Flags,
  folder?: RunFolder,
): Promise<void> {
  const compute = await defaultCompute();
  const { rows } = problem.data.x;
  requireMemory(compute, 8 * rows * rows * (2 * problem.network.hiddenLayers + 8), rows, 'responses');
  const found = responses(problem, compute);
  const { propagations, phase } = found;
  const spectra = found.spectra.map((spectrum) => ({
    layer: spectrum.layer,
    ...spectrumOnData(spectrum, problem.data.y),
  }));
  const json = resultJson({
    ...describeProblem(problem, compute, warnings),
    problem: spec,
    responses: propagations,
    spectra,
    phase,
  });
  if (folder) await write(folder, found, json);
  if (flags.json) {
    process.stdout.write(`${json}\n`);
    return;
  }
  const { chi, xiC, xiQ } = phase;
  // Where variances grow without bound there is no fixed point to take slopes at.
  const numbers = Number.isNaN(chi)
    ? ''
    : `: χ = ${digits(chi)}, ξ_c = ${digits(xiC)}, ξ_q = ${digits(xiQ)} layers`;
  const scales = `layers like the first hidden one are ${phase.phase}${numbers}`;
  const meaning =
    'Norm of what a change of unit norm in one layer becomes in another, at infinite width; along a direction of the data:';
  const tables = [...propagations.map(table), spectrumTable(found.spectra, problem.data.y)];
  const files =
    flags.out === undefined ? '' : `\n\n${flags.out}: response.npz, response.svg, response.png, result.json`;
  process.stdout.write(`${meaning}\n\n${tables.join('\n\n')}\n\n${scales}${files}\n`);
}

export function responseCommand(): Command {
  return takesProblem(
    new Command('response').description(
      'How a change of one kernel reaches the other layers, forward and backward, in the directions of the data',
    ),
  )
    .option('--out <folder>', 'also write response.npz, response.svg, response.png and result.json there')
    .option('--json', 'print the result as JSON on the standard output')
    .action((source: string, flags: Flags) => response(source, flags));
}
