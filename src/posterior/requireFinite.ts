import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';
import { twoDigits } from '../numerics/shown.js';
import type { Problem } from '../problem/problem.js';
import { isLater } from './later.js';
import type { KernelPosterior } from './posterior.js';

const largest = ({ data }: Matrix): string =>
  twoDigits(data.reduce((most, value) => Math.max(most, Math.abs(value)), 0));

/** Whether all are numbers: x − x is 0 for these alone. Four sums side by side, for each waits for itself. */
function allFinite(data: Float64Array): boolean {
  const whole = data.length - (data.length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < whole; i += 4) {
    a += data[i] - data[i];
    b += data[i + 1] - data[i + 1];
    c += data[i + 2] - data[i + 2];
    d += data[i + 3] - data[i + 3];
  }
  for (let i = whole; i < data.length; i++) a += data[i] - data[i];
  return a + b + c + d === 0;
}

/**
 * A result has numbers only, whether it counts as solved or not: inputs, targets or variances near the limits
 * of double precision overflow in squares. Evidence that is computed later is not asked for.
 * @throws InputError that names what is none
 */
export function requireFinite(posterior: KernelPosterior): KernelPosterior {
  const { kernels, theory, problem } = posterior;
  const layer = kernels.findIndex(({ data }) => !allFinite(data));
  // Sampled networks tell no evidence, nor does the first order of several classes.
  const untold = theory === 'sampled' || (theory === 'linearResponse' && problem.likelihood === 'softmax');
  if (layer >= 0) throw notFinite(theory, problem, `the kernel of layer ${layer}`);
  if (!untold && !isLater(posterior, 'logEvidence')) finiteEvidence(posterior.logEvidence, theory, problem);
  return posterior;
}

/** The same of ln p(Y|X) alone. @throws InputError if it is no number */
export function finiteEvidence(logEvidence: number, theory: string, problem: Problem): number {
  if (Number.isFinite(logEvidence)) return logEvidence;
  // Types demand it, and programs without them forget it.
  if (typeof logEvidence !== 'number')
    throw new InputError(
      `${theory}: its posterior has no logEvidence, which is ln p(Y|X); add it to the fields`,
    );
  throw notFinite(theory, problem, 'ln p(Y|X)');
}

function notFinite(theory: string, { data: { x, y } }: Problem, broken: string): InputError {
  const advice = 'scale both to about 1, or take smaller variances or fewer layers';
  return new InputError(
    `${theory}: ${broken} is no finite number: entries of X reach ${largest(x)}, those of Y ${largest(y)}; ${advice}`,
  );
}
