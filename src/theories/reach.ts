import { diagonal, type Matrix } from '../numerics/matrix.js';
import type { Problem } from '../problem/problem.js';

/** Targets this many times larger than the prior allows, in the root mean square, are named as the reason of a failure. */
const LARGE = 10;

/**
 * What keeps a self-consistent theory from beginning, in one sentence, if it is the size of the targets: their mean square against the mean
 * variance of an observation under the prior, K⁽ᴸ⁾_αα + κ.
 * @param kernel K⁽ᴸ⁾
 */
export function targetsTooLarge({ data, noiseVariance }: Problem, kernel: Matrix): string | undefined {
  const { y } = data;
  const observed = Math.sqrt(y.data.reduce((sum, value) => sum + value * value, 0) / y.data.length);
  const variances = diagonal(kernel);
  const allowed = Math.sqrt(variances.reduce((sum, value) => sum + value, 0) / variances.length + noiseVariance);
  const ratio = observed / allowed;
  if (!(ratio > LARGE)) return undefined;
  const [times, rms, prior] = [ratio, observed, allowed].map((value) => value.toPrecision(2).replace('e+', 'e'));
  return (
    `targets are ${times} times larger than kernel and noise allow (root mean squares ${rms} and ${prior}); ` +
    'rescale Y, or raise noiseVariance or the last weightVariance'
  );
}
