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
import type { TheoryOptions } from '../setup';
import type { PhaseMap, PhaseView, PointPhase } from './messages';

/** Layers below which depth scales are all the same. */
const SHALLOWEST = 0.1;

const steps = (from: number, to: number, count: number) =>
  Float64Array.from({ length: count }, (_, k) => from + ((to - from) * k) / (count - 1));

export interface Domain {
  readonly weightVariance: readonly [number, number];
  readonly biasVariance: readonly [number, number];
}

/** Inverse depth scale of correlations, negative where they are ordered, and the edge of chaos. */
export async function phases(
  name: string,
  { weightVariance, biasVariance }: Domain,
  size: readonly [number, number],
  compute: Compute,
  signal: AbortSignal,
): Promise<PhaseView> {
  const activation = activationByName(name);
  const [ws, bs] = [steps(...weightVariance, size[0]), steps(...biasVariance, size[1])];
  const { phases: rows, line } = await drive(phaseDiagram(activation, ws, bs, compute), { signal });
  // 1/ξ with the sign of the phase goes through zero at the edge, smoothly; ξ itself has a ridge there that a
  // grid would cut into islands.
  const values = Float64Array.from(
    rows.flat(),
    ({ phase, xiC }) => (phase === 'ordered' ? -1 : 1) / Math.max(xiC, SHALLOWEST),
  );
  return { weightVariances: ws, biasVariances: bs, values, line };
}

/** Where order ends, without the depths around it. */
export const edge = (name: string): PhaseView['line'] => criticalLine(activationByName(name));

export function pointPhase(
  name: string,
  weightVariance: number,
  biasVariance: number,
  compute: Compute,
): PointPhase {
  const { phase, chi, xiC, remark } = phaseAt(
    { activation: activationByName(name), weightVariance, biasVariance },
    compute,
  );
  return { phase, chi, xiC, ...(remark ? { remark } : {}) };
}

/**
 * Rise of alignment of the output kernel by one-shot linear response over the variances, row by row as it
 * comes.
 */
export async function rises(
  problemAt: (weightVariance: number, biasVariance: number) => Promise<Problem>,
  options: TheoryOptions,
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
      values[i * ws.length + j] = await riseOf(await problemAt(ws[j], bs[i]), options, compute, signal);
    }
    row({ weightVariances: ws, biasVariances: bs, values: values.slice() });
  }
}

async function riseOf(
  problem: Problem,
  options: TheoryOptions,
  compute: Compute,
  signal: AbortSignal,
): Promise<number> {
  try {
    const [linear, infinite] = [
      await solve(problem, 'linearResponse', { ...options, compute, signal }),
      await solve(problem, 'nngp', { compute, signal }),
    ];
    const top = problem.network.hiddenLayers;
    return linear.alignment()[top] - infinite.alignment()[top];
  } catch (error) {
    // A point at which kernels are singular has no rise; others do.
    if (error instanceof InputError) return Number.NaN;
    throw error;
  }
}
