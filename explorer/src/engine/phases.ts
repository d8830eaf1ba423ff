import {
  activationByName,
  type Compute,
  criticalLine,
  drive,
  InputError,
  type Problem,
  phaseAt,
  phaseDiagram,
  solve,
} from 'finite-width/browser';
import { optionsOf } from '../setup';
import type { PhaseMap, PhaseView, PointPhase } from './messages';

/** Plotted instead of infinite depth scales. */
const DEEPEST = 1e3;

const steps = (from: number, to: number, count: number) =>
  Float64Array.from({ length: count }, (_, k) => from + ((to - from) * k) / (count - 1));

export interface Domain {
  readonly weightVariance: readonly [number, number];
  readonly biasVariance: readonly [number, number];
}

/** Depth scale of correlations and the edge of chaos. */
export async function phases(
  name: string,
  { weightVariance, biasVariance }: Domain,
  size: readonly [number, number],
  compute: Compute,
  signal: AbortSignal,
): Promise<PhaseView> {
  const activation = activationByName(name);
  const [ws, bs] = [steps(...weightVariance, size[0]), steps(...biasVariance, size[1])];
  const diagram = await drive(phaseDiagram(activation, ws, bs, compute), { signal });
  const values = Float64Array.from(diagram.phases.flat(), ({ xiC }) => (Number.isNaN(xiC) ? Number.NaN : Math.min(xiC, DEEPEST)));
  return { weightVariances: ws, biasVariances: bs, values, line: criticalLine(activation) };
}

export function pointPhase(name: string, weightVariance: number, biasVariance: number, compute: Compute): PointPhase {
  const { phase, chi, xiC, remark } = phaseAt({ activation: activationByName(name), weightVariance, biasVariance }, compute);
  return { phase, chi, xiC, ...(remark ? { remark } : {}) };
}

/** Gain of alignment of the output kernel by one-shot linear response over the variances, row by row as it comes. */
export async function gains(
  problemAt: (weightVariance: number, biasVariance: number) => Promise<Problem>,
  { weightVariance, biasVariance }: Domain,
  size: readonly [number, number],
  compute: Compute,
  signal: AbortSignal,
  row: (map: PhaseMap) => void,
): Promise<void> {
  const [ws, bs] = [steps(...weightVariance, size[0]), steps(...biasVariance, size[1])];
  const values = new Float64Array(ws.length * bs.length).fill(Number.NaN);
  for (let i = 0; i < bs.length; i++) {
    for (let j = 0; j < ws.length; j++) {
      values[i * ws.length + j] = await gainOf(await problemAt(ws[j], bs[i]), compute, signal);
    }
    row({ weightVariances: ws, biasVariances: bs, values: values.slice() });
  }
}

async function gainOf(problem: Problem, compute: Compute, signal: AbortSignal): Promise<number> {
  try {
    const [linear, infinite] = [
      await solve(problem, 'linearResponse', { ...optionsOf('linearResponse'), compute, signal }),
      await solve(problem, 'nngp', { compute, signal }),
    ];
    const top = problem.network.hiddenLayers;
    return linear.alignment()[top] - infinite.alignment()[top];
  } catch (error) {
    // A point at which kernels are singular has no gain; others do.
    if (error instanceof InputError) return Number.NaN;
    throw error;
  }
}
