import { InputError, NotPositiveDefiniteError } from '../numerics/errors.js';
import type { LinearAlgebra } from '../numerics/linearAlgebra.js';
import { type Matrix, zeros } from '../numerics/matrix.js';
import { logisticMoments } from './logisticNormal.js';
import { Sites } from './sites.js';

/** Largest change of a site, in units of the marginal that it makes, at which sites count as found. */
const TOLERANCE = 1e-11;
const MOST_SWEEPS = 2000;
/** Share of the way to new sites at first; less of it where they swing. */
const [SHARE, LEAST_SHARE] = [0.9, 0.05];

/** Sites that match the moments, and what they make of ln p(Y|C). */
export interface Propagated {
  readonly sites: Sites;
  readonly logEvidence: number;
}

/**
 * Expectation propagation for p(y_α|f_α) = σ(y_αf_α) and one output (Minka 2001; Rasmussen and Williams
 * 2006, §3.6): every likelihood is stood for by a Gaussian site with which the posterior has the mean and
 * variance that it has with the likelihood in its place. All sites move at once, which is a Cholesky factor
 * a sweep. ln Z is stationary in the sites, so that its derivative in C is that of Gaussian noise 1/τ.
 *
 * @param signs y, ±1
 * @throws NotPositiveDefiniteError for a kernel that is no covariance
 */
export function propagate(kernel: Matrix, signs: Float64Array, algebra: LinearAlgebra): Propagated {
  const count = signs.length;
  const precision = new Float64Array(count);
  const shift = zeros(count, 1);
  let [share, last] = [SHARE, Number.POSITIVE_INFINITY];
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    const sites = new Sites(kernel, precision.slice(), { ...shift, data: shift.data.slice() }, algebra);
    const variances = sites.variances();
    let [change, logEvidence] = [0, 0.5 * sites.mean.data.reduce((sum, m, i) => sum + m * shift.data[i], 0)];
    logEvidence -= 0.5 * sites.logDeterminant();
    for (let i = 0; i < count; i++) {
      const [variance, mean] = [variances[i], sites.mean.data[i]];
      if (variance === 0) {
        // A point that the kernel leaves no freedom: its output is zero.
        logEvidence -= Math.LN2;
        continue;
      }
      // The cavity: the posterior without this site.
      const left = 1 - variance * precision[i];
      if (!(left > 0))
        throw new NotPositiveDefiniteError('a kernel that is no covariance leaves a cavity without variance');
      const cavity = variance / left;
      const centre = (mean - variance * shift.data[i]) / left;
      const root = Math.sqrt(cavity);
      const { logNormaliser, shift: z, spread } = logisticMoments(signs[i] * centre, cavity);
      logEvidence +=
        logNormaliser +
        0.5 * Math.log(cavity / variance) +
        0.5 * (centre ** 2 / cavity - mean ** 2 / variance);
      const moved = centre + signs[i] * root * z;
      const found = Math.max(0, (1 / spread - 1) / cavity);
      const foundShift = moved * (found + 1 / cavity) - centre / cavity;
      const step = [found - precision[i], foundShift - shift.data[i]];
      change = Math.max(change, Math.abs(step[0]) * variance, Math.abs(step[1]) * Math.sqrt(variance));
      precision[i] += share * step[0];
      shift.data[i] += share * step[1];
    }
    if (change < TOLERANCE) return { sites, logEvidence };
    if (change > 0.9 * last) share = Math.max(LEAST_SHARE, 0.8 * share);
    last = change;
    // Rounding of large kernels may be above the tolerance: what swings no more is found.
    if (sweep > 200 && change < 1e-7) return { sites, logEvidence };
  }
  throw new InputError(
    'likelihood: expectation propagation finds no sites; lower weightVariance, or scale X',
  );
}
