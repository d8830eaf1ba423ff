import { SEEDS } from '../numerics/bounds.js';
import type { Matrix } from '../numerics/matrix.js';
import { FOUR_POINT } from '../prior/fourPoint/fourPoint.js';
import { MONTE_CARLO_TOLERANCE } from '../solving/tilted/tiltedSamples.js';
import { choiceOption, programOption, realOption, wholeOption } from './option.js';

/** Residual at which equations whose averages are exact count as solved, unless asked otherwise. */
export const DEFAULT_TOLERANCE = 1e-9;
/** Iterations over all widths, unless asked otherwise. */
export const DEFAULT_ITERATIONS = 500;

// Options that several theories have, each in a table of its own: a theory takes those that it uses into its
// table.

/** Of theories whose results depend on samples or draws. */
export const seed = {
  /** seed of all samples; 0 by default */
  seed: wholeOption(SEEDS, {
    about:
      'seed of all samples; equal seeds give equal bits on one backend and, with a native BLAS, number of threads',
    default: 0,
  }),
};

const samplesBounds = { least: 16, most: 1e8 };
const aboutSamples = 'samples behind averages that are not exact';

/** Of theories that average four-point functions over samples. */
export const groupedSamples = {
  /** samples behind averages that are not exact, in 8 independent groups; 8192 by default */
  samples: wholeOption(samplesBounds, { about: aboutSamples, otherwise: '8192' }),
};

/** Of theories that average over samples of tilted measures. */
export const tiltedSamples = {
  /** samples behind averages that are not exact; 8192 to 32768 by default, more of them for fewer points */
  samples: wholeOption(samplesBounds, { about: aboutSamples, otherwise: '8192 to 32768' }),
};

/** Of theories that take four-point functions. */
export const fourPoint = {
  /** four-point functions: exact where an exact form is affordable (`auto`), always, or never */
  fourPoint: choiceOption(FOUR_POINT, {
    about: 'four-point functions exact, sampled, or exact where affordable',
    default: 'auto',
    placeholder: 'how',
  }),
};

/** Of theories that iterate equations. */
export const selfConsistent = {
  /**
   * residual at which a self-consistent theory has converged; 1e-9 by default, 1e-3 where averages are over
   * samples
   */
  tolerance: realOption(
    { above: 0, below: 1 },
    {
      about: 'residual at which the equations count as solved',
      otherwise: `${DEFAULT_TOLERANCE}; averages over samples ${MONTE_CARLO_TOLERANCE}`,
    },
  ),
  /** iterations over all widths; 500 by default */
  maxIterations: wholeOption(
    { least: 1, most: 1e7 },
    { about: 'iterations over all widths', default: DEFAULT_ITERATIONS },
  ),
  /** C⁽⁰⁾ … C⁽ᴸ⁾, P×P each, of a nearby problem on the same data: the first guess */
  start: programOption<readonly Matrix[]>({
    about: 'kernels of a nearby problem on the same data, the first guess',
  }),
};
