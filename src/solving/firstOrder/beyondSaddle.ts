import type { Compute } from '../../numerics/compute.js';
import { addScaled, type Matrix, zeros } from '../../numerics/matrix.js';
import type { FourPointOptions } from '../../prior/fourPoint/fourPoint.js';
import { GROUPS } from '../../prior/fourPoint/groupedNormals.js';
import type { Problem } from '../../problem/problem.js';
import type { Birth } from './birth.js';
import { type Averages, averagesOf, birthsOf, outputAt } from './births.js';
import { Fluctuations } from './fluctuations.js';
import { groupedCorrections } from './meanCorrection.js';

/** The problem with all widths multiplied. */
export const widened = (problem: Problem, scale: number): Problem => ({
  ...problem,
  network: { ...problem.network, widths: problem.network.widths.map((width) => scale * width) },
});

/**
 * What a theory of most probable kernels lacks to order 1/N. Expanded in 1/N its evidence is ℓ(K) +
 * ½C̃:Cov:C̃ and its predictor f(K) + ∂f:Cov:C̃; the rest of first order (`Fluctuations`) is added, about the
 * kernels of infinite width, and saturated.
 *
 * @param scale multiple of the widths at which the theory was solved
 */
export const beyondSaddle = (...problem: Parameters<typeof beyondSaddles>): Fluctuations =>
  beyondSaddles(...problem)(false);

/**
 * The same for theories of either kind: `beyondOutput` where one has the fluctuations of the output fields
 * already, but for a neuron's own share. What both need is computed once. `withError` (the default) takes
 * births and corrections from groups of draws too, for the standard error of their evidence.
 */
export function beyondSaddles(
  problem: Problem,
  nngp: readonly Matrix[],
  scale: number,
  compute: Compute,
  options: FourPointOptions,
): (beyondOutput: boolean, withError?: boolean) => Fluctuations {
  const wide = widened(problem, scale);
  const { network, data } = problem;
  const output = outputAt(problem, nngp[network.hiddenLayers], compute);
  const { all, only } = averagesOf(problem, compute, options);
  const { seed = 0 } = options;
  const corrections = groupedCorrections(network, nngp, data.x, compute, seed, 'the last layer');
  const scaled = (of: readonly Matrix[]) =>
    addScaled(zeros(data.x.rows), 1 / scale, of[network.hiddenLayers]);
  const correction = { all: scaled(corrections.all), seed };
  return (beyondOutput, withError = true) => {
    const births = (averages: Averages, whole?: Birth[]) =>
      birthsOf(wide, nngp, output, averages, compute, beyondOutput, whole);
    const whole = births(all);
    const drawn = only !== undefined || corrections.groups.length > 0;
    const groups =
      withError && drawn
        ? Array.from({ length: GROUPS }, (_, g) => ({
            births: only ? births(only(g), whole) : whole,
            correction: corrections.groups[g] ? scaled(corrections.groups[g]) : correction.all,
          }))
        : [];
    return new Fluctuations(wide, nngp, output, whole, correction, compute, true, groups);
  };
}
