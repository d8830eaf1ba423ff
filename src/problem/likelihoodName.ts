import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';

/** What targets may be, given outputs: real numbers with noise, one of two classes, one of several. */
export const LIKELIHOODS = ['gaussian', 'logistic', 'softmax'] as const;
/** The name of one of them, as problem files have it. */
export type LikelihoodName = (typeof LIKELIHOODS)[number];

const LABELS = 'data.labels: "classes" makes such targets of labels';

/**
 * The class of every point, counted from 0: −1 and +1 in one column, or the column of the largest target.
 */
export function classIndices({ rows, columns, data }: Matrix): Int32Array {
  return Int32Array.from({ length: rows }, (_, i) => {
    if (columns === 1) return Number(data[i] > 0);
    const row = data.subarray(i * columns, (i + 1) * columns);
    return row.indexOf(row.reduce((best, value) => Math.max(best, value)));
  });
}

/** Whether a row is one-hot, 1 and 0, or that minus its mean. */
function isOneHot(row: Float64Array): boolean {
  const largest = row.reduce((best, value) => Math.max(best, value));
  const rest = [...row].filter((value) => value !== largest);
  const others = rest.every((value) => value === rest[0]) && rest.length === row.length - 1;
  const centred = Math.abs(largest + (row.length - 1) * rest[0]) < 1e-12;
  return others && Math.abs(largest - rest[0] - 1) < 1e-12 && (rest[0] === 0 || centred);
}

/** Targets of data. */
interface Targets {
  readonly y: Matrix;
  readonly yTest?: Matrix;
  readonly targetScale?: unknown;
}

/** @throws InputError naming the first target that is no class of this likelihood */
export function checkClasses(likelihood: LikelihoodName, { y, yTest, targetScale }: Targets): void {
  if (likelihood === 'gaussian') return;
  if (targetScale)
    throw new InputError(
      `likelihood: "${likelihood}" takes classes, and these targets are standardised; leave that out`,
    );
  if (likelihood === 'logistic' && y.columns > 1)
    throw new InputError(
      `likelihood: "logistic" has one output, and Y has ${y.columns} columns; take "softmax"`,
    );
  if (likelihood === 'softmax' && y.columns === 1)
    throw new InputError(
      'likelihood: "softmax" has an output for each class, and Y has one column; take "logistic" for two',
    );
  for (const [name, targets] of Object.entries({ Y: y, Y_test: yTest })) {
    if (!targets) continue;
    const { rows, columns, data } = targets;
    for (let i = 0; i < rows; i++) {
      const row = data.subarray(i * columns, (i + 1) * columns);
      if (columns === 1 ? Math.abs(row[0]) === 1 : isOneHot(row)) continue;
      const [shown, right] =
        columns === 1 ? [row[0], '−1 or +1'] : [`[${row.slice(0, 4).join(', ')}]`, 'one-hot (or centred)'];
      throw new InputError(
        `${name}[${i}]: ${shown}; likelihood "${likelihood}" takes targets that are ${right}; ${LABELS}`,
      );
    }
  }
}

/** What a problem, or its file, says of its likelihood. */
export interface Observed {
  readonly likelihood?: LikelihoodName | undefined;
  readonly noiseVariance?: number | undefined;
}

export const likelihoodNameOf = ({ likelihood = 'gaussian' }: Observed): LikelihoodName => likelihood;

/** Likelihood and noise as `createProblem` takes them. */
export const observedBy = ({ likelihood, noiseVariance }: Observed): Observed =>
  likelihood === undefined || likelihood === 'gaussian' ? { noiseVariance } : { likelihood };

/** Classes whose probabilities a likelihood gives: 0 where targets are numbers. */
export const classCount = ({ likelihood, data }: Observed & { readonly data: Pick<Targets, 'y'> }): number =>
  likelihood === undefined || likelihood === 'gaussian' ? 0 : Math.max(2, data.y.columns);
