import type { Matrix } from '../numerics/matrix.js';
import type { DrawnMoments } from './drawKernels.js';
import type { LayerMoments } from './priorMoments.js';

/** How far drawn moments are from analytic ones, as root mean squares over the entries of a kernel. */
export interface Deviation {
  /** relative to the root mean square of the analytic moment */
  readonly relative: number;
  /** in standard errors of the draws: about 1 where the two agree */
  readonly standardErrors: number;
}

function deviation(drawn: Matrix, analytic: Matrix, error: Matrix): Deviation {
  let [difference, size, score] = [0, 0, 0];
  let counted = 0;
  drawn.data.forEach((value, i) => {
    const d = value - analytic.data[i];
    difference += d * d;
    size += analytic.data[i] * analytic.data[i];
    // Entries that do not fluctuate, such as the variances of a sign network, have no error to measure in.
    if (!(error.data[i] > 1e-12 * Math.abs(analytic.data[i]))) return;
    score += (d / error.data[i]) ** 2;
    counted++;
  });
  // Of moments that vanish, as variances of a kernel that is the same in all networks, nothing differs unless
  // the draws do.
  const relative = difference === 0 ? 0 : Math.sqrt(difference / size);
  return { relative, standardErrors: counted === 0 ? 0 : Math.sqrt(score / counted) };
}

export interface MomentComparison {
  /** root mean square of the prior standard deviation of an entry, relative to that of the entries */
  readonly relativeDeviation: number;
  readonly mean: Deviation;
  readonly variance: Deviation;
}

/**
 * The drawn mean of one layer's kernel beside that of infinite width, and the drawn spread, where no moments
 * to order 1/N are known.
 * @param nngp K⁽ˡ⁾, (P·positions)²
 */
export function meanDeviation(nngp: Matrix, drawn: DrawnMoments): Omit<MomentComparison, 'variance'> {
  const spread = drawn.variance.data.reduce((sum, value) => sum + value, 0);
  const squares = nngp.data.reduce((sum, value) => sum + value * value, 0);
  return {
    relativeDeviation: Math.sqrt(spread / squares),
    mean: deviation(drawn.mean, nngp, drawn.meanError),
  };
}

/** Moments of one layer's kernel, analytic to order 1/N and drawn (theory §3). */
export function compareMoments(analytic: LayerMoments, drawn: DrawnMoments): MomentComparison {
  const squares = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
  const spread = analytic.variance.data.reduce((sum, value) => sum + value, 0);
  return {
    relativeDeviation: Math.sqrt(spread / squares(analytic.nngp.data)),
    mean: deviation(drawn.mean, analytic.mean, drawn.meanError),
    variance: deviation(drawn.variance, analytic.variance, drawn.varianceError),
  };
}
