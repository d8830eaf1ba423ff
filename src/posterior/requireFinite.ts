import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';
import { twoDigits } from '../numerics/shown.js';
import type { KernelPosterior } from './posterior.js';

const largest = ({ data }: Matrix): string =>
  twoDigits(data.reduce((most, value) => Math.max(most, Math.abs(value)), 0));

/**
 * A result has numbers only, whether it counts as solved or not: inputs, targets or variances near the limits
 * of double precision overflow in squares.
 * @throws InputError that names what is none
 */
export function requireFinite(posterior: KernelPosterior): KernelPosterior {
  const { kernels, logEvidence, theory, problem } = posterior;
  const layer = kernels.findIndex(({ data }) => !data.every(Number.isFinite));
  // Sampled networks tell no evidence, nor does the first order of several classes.
  const untold = theory === 'sampled' || (theory === 'linearResponse' && problem.likelihood === 'softmax');
  const evidence = untold || Number.isFinite(logEvidence);
  if (layer < 0 && evidence) return posterior;
  const broken = layer < 0 ? 'ln p(Y|X)' : `the kernel of layer ${layer}`;
  const { x, y } = problem.data;
  const advice = 'scale both to about 1, or take smaller variances or fewer layers';
  throw new InputError(
    `${theory}: ${broken} is no finite number: entries of X reach ${largest(x)}, those of Y ${largest(y)}; ${advice}`,
  );
}
