import { InputError } from '../numerics/errors.js';
import { diagonal, type Matrix } from '../numerics/matrix.js';
import { twoDigits } from '../numerics/shown.js';
import type { Problem } from '../problem/problem.js';

/** What makes fluctuations and the pull of the data smaller, or does without averages over samples. */
export const EASIER = 'try wider layers, a smaller featureScale, a larger noiseVariance, or sampled networks';

/**
 * Targets this many times larger than the prior allows, in the root mean square, are named as the reason of a
 * failure.
 */
const LARGE = 10;
/** Beyond this an average over the scale of the output has no digits left: its exponents are the square. */
const HOPELESS = 1e6;

/**
 * What keeps a self-consistent theory from beginning, in one sentence, if it is the size of the targets:
 * their mean square against the mean variance of an observation under the prior, K⁽ᴸ⁾_αα + κ.
 * @param kernel K⁽ᴸ⁾
 * @param least the ratio of root mean squares above which they are named
 */
export function targetsTooLarge(
  { data, noiseVariance, likelihood }: Problem,
  kernel: Matrix,
  least = LARGE,
): string | undefined {
  if (likelihood) return undefined;
  const { y } = data;
  const observed = Math.sqrt(y.data.reduce((sum, value) => sum + value * value, 0) / y.data.length);
  const variances = diagonal(kernel);
  const allowed = Math.sqrt(
    variances.reduce((sum, value) => sum + value, 0) / variances.length + noiseVariance,
  );
  const ratio = observed / allowed;
  if (!(ratio > least)) return undefined;
  const [times, rms, prior] = [ratio, observed, allowed].map(twoDigits);
  return (
    `targets are ${times} times larger than kernel and noise allow (root mean squares ${rms} and ${prior}); ` +
    'rescale Y, or raise noiseVariance or the last weightVariance'
  );
}

/**
 * @throws InputError for targets so large that no digit of an average over the scale of the output would be
 *   right
 */
export function checkTargets(problem: Problem, kernel: Matrix): void {
  const large = targetsTooLarge(problem, kernel, HOPELESS);
  if (large) throw new InputError(large);
}
