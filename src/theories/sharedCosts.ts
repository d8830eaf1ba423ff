import { architectureOf, kernelSizes, mostEntries, mostRows } from '../architecture/architecture.js';
import { smallestArchitecture } from '../architecture/samePositions.js';
import { type FourPointOptions, isExact, samplesFor } from '../prior/fourPoint/fourPoint.js';
import { isLinear, type Problem } from '../problem/problem.js';
import { type SampleChoice, sampleCount } from '../solving/tilted/tiltedSamples.js';

// Terms that the costs of several theories are made of.

/** Rows of the largest kernel. */
export const rowsOf = ({ network, data }: Problem): number => mostRows(network, data.x.rows);

/**
 * Kernels layer by layer, and a factorisation: 1, L P², P³ + P² D, with S entries of a kernel in place of P²
 * where only the same positions of points are needed, or S².
 */
export function kernelTerms({ network, data }: Problem): number[] {
  const { rows, columns } = data.x;
  const entries = mostEntries(smallestArchitecture(network), rows);
  return [1, network.hiddenLayers * entries, rows ** 3 + entries * columns];
}

/** Four-point functions by S samples or exactly: 1, L S P², L P⁴; with positions Σ_l (P S_l)² in place of L P². */
export function fourPointTerms(problem: Problem, options: FourPointOptions): number[] {
  const { network, data } = problem;
  const p = rowsOf(problem);
  const neurons = kernelSizes(architectureOf(network), data.x.rows).slice(0, -1);
  const entries = neurons.reduce((sum, rows) => sum + rows ** 2, 0);
  const averaged = (options.samples ?? samplesFor(p)) * entries;
  const exact = !isLinear(network) && (options.fourPoint === 'exact' || isExact(network, p, options));
  return [1, averaged, exact ? network.hiddenLayers * p ** 4 : 0];
}

/** Measures tilted by samples: 1, L S P², L S P. */
export function tiltedTerms(problem: Problem, options: SampleChoice): number[] {
  const p = rowsOf(problem);
  const samples = problem.network.hiddenLayers * sampleCount(problem, options);
  return [1, samples * p ** 2, samples * p];
}
