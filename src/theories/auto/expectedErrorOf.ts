import { type Compute, checkCompute } from '../../numerics/compute.js';
import { NotPositiveDefiniteError } from '../../numerics/errors.js';
import { outputKernel } from '../../prior/nngpKernels.js';
import { checkProblem } from '../../problem/checkProblem.js';
import type { Problem } from '../../problem/problem.js';
import { theoryByName } from '../registry.js';
import { couplingOf } from './coupling.js';
import { expectedError } from './expectedError.js';

/**
 * The relative error of alignment (any layer) and of means at new points that a theory is expected to have,
 * by the problems of docs/validity.md that are as strongly coupled to their data (theory §5, `auto`): 0 where
 * it is exact, undefined where nothing is known.
 * @param problem data, network, noise
 * @param theory its name
 * @param compute what to compute on
 * @throws InputError for a theory that does not exist
 */
export function expectedErrorOf(problem: Problem, theory: string, compute: Compute): number | undefined {
  checkProblem(problem);
  const { name, exact } = theoryByName(theory);
  checkCompute(compute);
  if (exact) return 0;
  try {
    const kernel = outputKernel(problem.network, problem.data.x, compute);
    const error = expectedError(name, couplingOf(problem, kernel, compute));
    return Number.isFinite(error) ? error : undefined;
  } catch (error) {
    // Without noise a kernel may be singular: nothing was measured there.
    if (!(error instanceof NotPositiveDefiniteError)) throw error;
    return undefined;
  }
}
