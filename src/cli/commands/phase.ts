import { Command } from 'commander';
import type { Activation } from '../../activations/activation.js';
import { activationByName } from '../../activations/registry.js';
import { defaultCompute } from '../../compute/nodeCompute.js';
import { type CriticalPoint, criticalPoints } from '../../criticality/criticalLine.js';
import { diagramArrays, type PhaseDiagram, phaseDiagram } from '../../criticality/diagram.js';
import { CorrelationMap, type Layers, variances } from '../../criticality/meanField.js';
import { type Phase, phaseAt } from '../../criticality/phase.js';
import { writeFigure } from '../../io/figure.js';
import { RunFolder } from '../../io/runFolder.js';
import { type Compute, portableCompute } from '../../numerics/compute.js';
import { InputError } from '../../numerics/errors.js';
import { drive } from '../../numerics/steps.js';
import { parseNumbers } from '../../problem/ranges.js';
import { alignColumns } from '../../report/format.js';
import { resultJson, resultNpz } from '../../report/written.js';
import { naming, wholeNumber } from '../options.js';
import { withFolder, withProgress } from '../solveTheory.js';

interface Flags {
  readonly activation: string;
  readonly weightVariance?: string;
  readonly biasVariance: string;
  readonly depth?: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** Values of a range that names no number of them. */
const COUNT = 41;

function numbers(text: string, option: string): Float64Array {
  const values = parseNumbers(text, option, COUNT);
  const negative = values.find((value) => value < 0);
  if (negative !== undefined) throw new InputError(`${option}: ${negative} is negative; variances are not`);
  return values;
}

const shown = (value: number): string =>
  Number.isNaN(value) ? '–' : Number.isFinite(value) ? String(Number(value.toPrecision(7))) : '∞';

function phaseTable(phases: readonly Phase[]): string {
  const rows = phases.map((phase) => [
    phase.phase,
    ...[
      phase.weightVariance,
      phase.biasVariance,
      phase.qStar,
      phase.chi,
      phase.chiQ,
      phase.cStar,
      phase.xiC,
      phase.xiQ,
    ].map(shown),
  ]);
  const remarks = [...new Set(phases.flatMap(({ remark }) => (remark ? [remark] : [])))];
  const table = alignColumns([['phase', 'σ_w²', 'σ_b²', 'q*', 'χ', 'χ_q', 'c*', 'ξ_c', 'ξ_q'], ...rows]);
  return [table, ...remarks.map((remark) => `\n${remark}`)].join('\n');
}

/**
 * From here on growth by more than FASTEST a layer is divergence: the quadrature of what such networks
 * compute has no end.
 */
const LARGE = 1e8;
const FASTEST = 1e3;

/**
 * Variances layer by layer of inputs with |x|² = D. @throws InputError that names the layer where they
 * diverge
 */
function boundedVariances(layers: Layers, depth: number): number[] {
  const all = [layers.weightVariance + layers.biasVariance];
  for (let l = 1; l <= depth; l++) {
    const [, next] = variances(layers, all[l - 1], 1);
    all.push(next);
    if (Number.isFinite(next) && (next < LARGE || next < FASTEST * all[l - 1])) continue;
    throw new InputError(
      `--depth ${depth}: the variances of ${layers.activation.name} diverge: ${shown(next)} in layer ${l}; take fewer layers, or a smaller --weight-variance`,
    );
  }
  return all;
}

/**
 * Variance and correlation layer by layer, of inputs with |x|² = D and correlation 0, beside the fixed point.
 */
function finiteDepth(layers: Layers, phase: Phase, depth: number, compute: Compute) {
  const { weightVariance, biasVariance } = layers;
  const q = boundedVariances(layers, depth);
  const correlations = [biasVariance / (weightVariance + biasVariance)];
  for (let l = 1; l <= depth; l++)
    correlations.push(new CorrelationMap(layers, q[l - 1], compute).value(correlations[l - 1]));
  const table = alignColumns([
    ['layer', 'q', 'q − q*', 'c', 'c* − c'],
    ...q.map((value, l) =>
      [String(l), value, value - phase.qStar, correlations[l], phase.cStar - correlations[l]].map((entry) =>
        typeof entry === 'number' ? shown(entry) : entry,
      ),
    ),
  ]);
  return { q, correlations, table };
}

/** A critical weight variance, with a warning where its variance q is not the one that signals come to. */
function criticalText({ weightVariance, q }: CriticalPoint, { qStar }: Phase): string {
  const there = Number.isNaN(q) || Math.abs(qStar - q) < 1e-6 * (1 + q);
  return `${shown(weightVariance)}${there ? '' : ` (for q = ${shown(q)}, which repels: inputs with |x|² = D do not come there)`}`;
}

/** One point, or the critical points if no weight variance is given. */
function singlePoint(
  activation: Activation,
  flags: Flags,
  biasVariance: number,
  given: number | undefined,
  compute: Compute,
): string {
  const critical = criticalPoints(activation, biasVariance);
  const phaseOf = (weightVariance: number) => phaseAt({ activation, weightVariance, biasVariance }, compute);
  const atCritical = critical.map(({ weightVariance }) => phaseOf(weightVariance));
  const phases = given === undefined ? atCritical : [phaseOf(given)];
  const none = `${activation.name} has no critical weight variance at σ_b² = ${biasVariance}`;
  if (phases.length === 0 && flags.depth !== undefined)
    throw new InputError(`--depth: ${none}; give --weight-variance`);
  const depth =
    flags.depth === undefined
      ? undefined
      : finiteDepth(
          { activation, weightVariance: phases[0].weightVariance, biasVariance },
          phases[0],
          flags.depth,
          compute,
        );
  const result = {
    activation: activation.name,
    criticalWeightVariance: critical[0]?.weightVariance ?? null,
    ...(phases[0] ?? { biasVariance, phase: null, qStar: null, chi: null, xiQ: null, xiC: null }),
    criticalPoints: critical,
    ...(depth ? { layers: { q: depth.q, c: depth.correlations } } : {}),
    convention: 'q and c of inputs with |x|² = D; ξ = −1/ln|slope| in layers; null: infinite or undefined',
  };
  const json = resultJson(result);
  if (flags.json) return json;
  const where = critical.map((point, k) => criticalText(point, atCritical[k])).join(' and ');
  const head =
    critical.length === 0 ? none : `${activation.name}, σ_b² = ${biasVariance}: critical at σ_w² = ${where}`;
  return [head, ...(phases.length > 0 ? [phaseTable(phases)] : []), ...(depth ? [depth.table] : [])].join(
    '\n\n',
  );
}

async function writeDiagram(diagram: PhaseDiagram, activation: Activation, folder: RunFolder): Promise<void> {
  const { phaseFigure } = await import('../../report/phaseFigure.js');
  await folder.write(
    'phase.npz',
    resultNpz(diagramArrays(diagram), /^(q_star|chi|chi_q|c_star|xi_q|xi_c|critical_line)$/),
  );
  await writeFigure(folder, 'phase', phaseFigure(diagram, activation.name));
  const { weightVariances, biasVariances, line } = diagram;
  const axes = { weightVariances: [...weightVariances], biasVariances: [...biasVariances] };
  await folder.write(
    'result.json',
    `${resultJson({ activation: activation.name, ...axes, criticalLine: line })}\n`,
  );
}

async function grid(
  activation: Activation,
  weights: Float64Array,
  biases: Float64Array,
  flags: Flags,
): Promise<string> {
  if (flags.depth !== undefined)
    throw new InputError('--depth: is for one point; give one weight and one bias variance');
  const out = flags.out ?? `runs/phase-${activation.name.replace(/\W+/g, '-').replace(/-$/, '')}`;
  const diagram = await withFolder(await RunFolder.open(out), async (folder) => {
    const compute = await defaultCompute();
    const found = await withProgress('phase', (line, signal) =>
      drive(phaseDiagram(activation, weights, biases, compute), { onStep: line.update, signal }),
    );
    await writeDiagram(found, activation, folder);
    return found;
  });
  const count = (name: string) => diagram.phases.flat().filter(({ phase }) => phase === name).length;
  const names = ['ordered', 'critical', 'chaotic', 'unbounded'].flatMap((name) =>
    count(name) ? [`${count(name)} ${name}`] : [],
  );
  if (flags.json)
    return resultJson({
      activation: activation.name,
      phases: diagram.phases.flat(),
      criticalLine: diagram.line,
    });
  return `${weights.length} × ${biases.length} points: ${names.join(', ')}\n${out}: phase.npz, phase.svg, result.json`;
}

async function phase(flags: Flags): Promise<void> {
  const activation = naming('--activation', activationByName)(flags.activation);
  const biases = numbers(flags.biasVariance, '--bias-variance');
  const weights =
    flags.weightVariance === undefined ? undefined : numbers(flags.weightVariance, '--weight-variance');
  const many = biases.length > 1 || (weights?.length ?? 1) > 1;
  if (!many && flags.out !== undefined)
    throw new InputError('--out: a single point is printed; give ranges to have a diagram written');
  if (many && !(biases.length > 1 && (weights?.length ?? 0) > 1))
    throw new InputError(
      '--weight-variance, --bias-variance: a diagram needs a range of both, for example 0.5..4 and 0..0.5',
    );
  const text =
    many && weights
      ? await grid(activation, weights, biases, flags)
      : singlePoint(activation, flags, biases[0], weights?.[0], portableCompute());
  process.stdout.write(`${text}\n`);
}

export function phaseCommand(): Command {
  return new Command('phase')
    .description(
      'Order and chaos of infinitely wide, deep networks: fixed points, depth scales, critical points, a phase diagram',
    )
    .option('--activation <name>', 'as in a problem file', 'erf')
    .option(
      '--weight-variance <range>',
      'σ_w²: a number, or a range such as 0.5..4 (default: the critical one)',
    )
    .option('--bias-variance <range>', 'σ_b²: a number, or a range such as 0..0.5:26', '0')
    .option(
      '--depth <layers>',
      'also variances and correlations of the first layers, for one point',
      wholeNumber(1, 10_000),
    )
    .option('--out <folder>', 'where a diagram is written (default: runs/phase-ACTIVATION)')
    .option('--json', 'print the result as JSON on the standard output')
    .action((flags: Flags) => phase(flags));
}
