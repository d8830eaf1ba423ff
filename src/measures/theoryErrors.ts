import { sumOf } from '../numerics/entrywise.js';
import { inner, type Matrix } from '../numerics/matrix.js';

/** What a theory, or networks, say of a problem. Errors are those of Monte Carlo; missing ones are zero. */
export interface Outcome {
  /** C⁽⁰⁾ … C⁽ᴸ⁾ */
  readonly kernels: readonly Matrix[];
  readonly kernelErrors?: readonly Matrix[] | undefined;
  readonly cka: readonly number[];
  readonly ckaErrors?: readonly number[] | undefined;
  readonly trainMean: Matrix;
  /** mean and variance at new points */
  readonly mean: Matrix;
  readonly meanError?: Matrix | undefined;
  readonly variance: Matrix;
  readonly logEvidence?: number | undefined;
}

/**
 * How far a theory is from a reference. All but the evidence relative to the reference; index l − 1 for
 * layers l = 1 … L.
 */
export interface TheoryErrors {
  /** (CKA − reference)/reference, signed, and its Monte Carlo error */
  readonly cka: readonly number[];
  readonly ckaError: readonly number[];
  /** ‖C − C_ref‖/‖C_ref‖, less what Monte Carlo errors make of it */
  readonly kernels: readonly number[];
  /** root mean square of Y − f on the training points, signed */
  readonly trainingError: number;
  /**
   * root mean square difference of means at new points, over that of the reference, less Monte Carlo errors
   */
  readonly testMean: number;
  /** mean variance at new points, signed */
  readonly variance: number;
  /** difference in ln p(Y|X), where both know it */
  readonly evidence?: number;
}

/** √max(0, |a − b|² − |errors|²)/|b| */
function distance(a: Matrix, b: Matrix, errors: readonly (Matrix | undefined)[]): number {
  let difference = 0;
  for (let i = 0; i < a.data.length; i++) difference += (a.data[i] - b.data[i]) ** 2;
  const noise = errors.reduce((sum, error) => sum + (error ? inner(error, error) : 0), 0);
  return Math.sqrt(Math.max(0, difference - noise) / inner(b, b));
}

function residual(mean: Matrix, targets: Matrix): number {
  let sum = 0;
  for (let i = 0; i < mean.data.length; i++) sum += (mean.data[i] - targets.data[i]) ** 2;
  return Math.sqrt(sum / mean.data.length);
}

const average = (a: Matrix): number => sumOf(a) / a.data.length;

export function errorsOf(theory: Outcome, reference: Outcome, targets: Matrix): TheoryErrors {
  const layers = reference.kernels.map((_, l) => l).slice(1);
  const known = theory.logEvidence !== undefined && reference.logEvidence !== undefined;
  return {
    cka: layers.map((l) => theory.cka[l] / reference.cka[l] - 1),
    ckaError: layers.map(
      (l) => Math.hypot(theory.ckaErrors?.[l] ?? 0, reference.ckaErrors?.[l] ?? 0) / reference.cka[l],
    ),
    kernels: layers.map((l) =>
      distance(theory.kernels[l], reference.kernels[l], [
        theory.kernelErrors?.[l],
        reference.kernelErrors?.[l],
      ]),
    ),
    trainingError: residual(theory.trainMean, targets) / residual(reference.trainMean, targets) - 1,
    testMean: distance(theory.mean, reference.mean, [theory.meanError, reference.meanError]),
    variance: average(theory.variance) / average(reference.variance) - 1,
    ...(known ? { evidence: (theory.logEvidence as number) - (reference.logEvidence as number) } : {}),
  };
}

/** The largest relative error in what networks learn and say: CKA of all layers, means at new points. */
export const worstOf = ({ cka, testMean }: TheoryErrors): number => Math.max(testMean, ...cka.map(Math.abs));
