import { type Activation, checkActivation } from '../activations/activation.js';
import { checkNumbers, refuse } from '../numerics/arguments.js';
import { type Compute, checkCompute } from '../numerics/compute.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import { type CriticalPoint, criticalLine } from './criticalLine.js';
import { type Phase, phaseAt } from './phase.js';

/** Phases over a grid of variances: rows are bias variances, columns weight variances. */
export interface PhaseDiagram {
  /** σ_w², a column each */
  readonly weightVariances: Float64Array;
  /** σ_b², a row each */
  readonly biasVariances: Float64Array;
  /** phases[row][column] */
  readonly phases: readonly (readonly Phase[])[];
  /** the critical line */
  readonly line: readonly CriticalPoint[];
}

function checkAxis(name: string, values: unknown): void {
  checkNumbers(name, values);
  if (values.length === 0) refuse(name, values, 'must be a list of variances');
}

/**
 * A phase diagram (theory §7): every setting by itself, then the critical line. Yields how far it is; `drive`
 * gives the diagram.
 * @param activation φ of all layers
 * @param weightVariances σ_w² of the columns
 * @param biasVariances σ_b² of the rows
 * @param compute what to compute on
 * @throws InputError as `phaseAt`
 */
export function* phaseDiagram(
  activation: Activation,
  weightVariances: Float64Array,
  biasVariances: Float64Array,
  compute: Compute,
): Generator<{ readonly fraction: number; readonly stage: string }, PhaseDiagram, void> {
  checkActivation('activation', activation);
  checkAxis('weightVariances', weightVariances);
  checkAxis('biasVariances', biasVariances);
  checkCompute(compute);
  const phases: Phase[][] = [];
  for (const biasVariance of biasVariances) {
    const row: Phase[] = [];
    for (const weightVariance of weightVariances) {
      row.push(phaseAt({ activation, weightVariance, biasVariance }, compute));
      const done = phases.length * weightVariances.length + row.length;
      yield { fraction: done / (weightVariances.length * biasVariances.length), stage: 'phases' };
    }
    phases.push(row);
  }
  return { weightVariances, biasVariances, phases, line: criticalLine(activation) };
}

/** The numbers of a diagram as arrays, and its axes; phase 0 ordered, 1 critical, 2 chaotic, 3 unbounded. */
export function diagramArrays({
  weightVariances,
  biasVariances,
  phases,
  line,
}: PhaseDiagram): Record<string, Matrix> {
  const names = ['ordered', 'critical', 'chaotic', 'unbounded'];
  const array = (value: (phase: Phase) => number): Matrix => {
    const out = zeros(biasVariances.length, weightVariances.length);
    phases.forEach((row, i) => {
      row.forEach((phase, j) => {
        out.data[i * weightVariances.length + j] = value(phase);
      });
    });
    return out;
  };
  const criticalRows = zeros(Math.max(1, line.length), 3);
  line.forEach(({ weightVariance, biasVariance, q }, k) => {
    criticalRows.data.set([weightVariance, biasVariance, q], 3 * k);
  });
  return {
    weight_variance: { rows: 1, columns: weightVariances.length, data: weightVariances },
    bias_variance: { rows: 1, columns: biasVariances.length, data: biasVariances },
    phase: array(({ phase }) => names.indexOf(phase)),
    q_star: array(({ qStar }) => qStar),
    chi: array(({ chi }) => chi),
    chi_q: array(({ chiQ }) => chiQ),
    c_star: array(({ cStar }) => cStar),
    xi_q: array(({ xiQ }) => xiQ),
    xi_c: array(({ xiC }) => xiC),
    ...(line.length > 0 ? { critical_line: criticalRows } : {}),
  };
}
