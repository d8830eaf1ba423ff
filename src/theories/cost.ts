import { mostRows } from '../architecture/architecture.js';
import { isExact } from '../prior/fourPoint/fourPoint.js';
import { isLinear, type Problem } from '../problem/problem.js';
import { samplesFor } from '../solving/firstOrder/births.js';
import { sampleCount } from '../solving/tilted/tiltedSamples.js';
import type { TheoryOptions } from './theory.js';

/** Draws of networks, unless options say otherwise. */
const DRAWS = 2000;

/** Terms whose times add up, by theory; docs/scaling.md has their meaning and how well they do. */
export function termsOf(theory: string, problem: Problem, options: TheoryOptions): number[] {
  const { hiddenLayers: layers, widths } = problem.network;
  const { columns: d } = problem.data.x;
  const p = mostRows(problem.network, problem.data.x.rows);
  switch (theory) {
    case 'linearResponse':
    case 'perturbative': {
      const averaged = layers * (options.samples ?? samplesFor(p)) * p ** 2;
      const exact = !isLinear(problem.network) && (options.fourPoint === 'exact' || isExact(problem.network, p, options));
      return [1, averaged, exact ? layers * p ** 4 : 0];
    }
    case 'exactLinear':
      return [1, layers * p ** 2, layers * p ** 3];
    case 'map':
    case 'multiscale': {
      const averaged = layers * sampleCount(problem, options) * p ** 2;
      return [1, averaged, layers * sampleCount(problem, options) * p];
    }
    case 'sampled': {
      const inputs = [Math.min(d, p), ...widths];
      const weights = widths.reduce((sum, width, l) => sum + inputs[l] * width, 0);
      const draws = (options.draws ?? DRAWS) * 1.5;
      return [
        1,
        draws * p * weights,
        draws * (p ** 2 * widths[layers - 1] + p ** 3),
        draws * p * widths.reduce((a, b) => a + b, 0),
      ];
    }
    default:
      return [1, layers * p ** 2, p ** 3 + p ** 2 * d];
  }
}

/** Seconds a unit of each term on one thread, fitted by bench/scaling.js on the machine that docs/scaling.md names. */
export const SECONDS: Readonly<Record<string, readonly number[]>> = {
  nngp: [0.00029, 2.9e-8, 6.5e-11],
  rescaling: [0.13, 4e-7, 1.6e-9],
  exactLinear: [0.058, 5.3e-7, 2.7e-9],
  linearResponse: [0.11, 3.7e-9, 0],
  perturbative: [0.085, 1.4e-8, 0],
  map: [0, 2.1e-8, 4.5e-6],
  multiscale: [0, 2e-8, 6e-6],
  sampled: [1.1, 7.5e-9, 1.6e-10, 1.6e-7],
};

/** About how many seconds a theory takes on one thread: within a factor of two for erf; activations by quadrature take longer. */
export function secondsOf(theory: string, problem: Problem, options: TheoryOptions): number {
  const seconds = SECONDS[theory] ?? SECONDS.perturbative;
  return termsOf(theory, problem, options).reduce((sum, term, k) => sum + term * (seconds[k] ?? 0), 0);
}
