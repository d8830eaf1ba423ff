import { architectureOf, kernelSizes } from '../architecture/architecture.js';
import { checkKernels } from '../numerics/arguments.js';
import { type Compute, checkCompute } from '../numerics/compute.js';
import { drive } from '../numerics/steps.js';
import { type KernelPosterior, withCheckedInputs } from '../posterior/posterior.js';
import { requireFinite } from '../posterior/requireFinite.js';
import { checkProblem } from '../problem/checkProblem.js';
import type { Problem } from '../problem/problem.js';
import type { Progress } from '../solving/progress.js';
import { checkMemory } from './checkMemory.js';
import { theoryOf } from './registry.js';
import type { Theory, TheoryOptions } from './theory.js';

/** What `solve` understands besides the options of a theory. */
export interface Solving {
  /** called after every step */
  readonly onProgress?: (progress: Progress) => void;
  /** ends the computation when it is aborted */
  readonly signal?: AbortSignal;
  /** backend and threads; those of this machine, or of the browser, by default */
  readonly compute?: Compute;
}

export interface SolveOptions extends TheoryOptions, Solving {}

/** The options that results depend on. */
function keptOptions(options: SolveOptions): Readonly<Record<string, unknown>> {
  const { onProgress: _, signal: __, start: ___, compute: ____, ...kept } = options;
  return kept;
}

/**
 * Runs a theory to its end.
 * @throws InputError for problems a theory cannot treat; the signal's reason when aborted
 */
export async function solveWith(
  problem: Problem,
  theoryOrName: Theory | string,
  compute: Compute,
  options: SolveOptions = {},
): Promise<KernelPosterior> {
  checkProblem(problem);
  checkCompute(compute);
  const theory = theoryOf(theoryOrName);
  if (options.start !== undefined) {
    const sizes = kernelSizes(architectureOf(problem.network), problem.data.x.rows);
    checkKernels('start', options.start, sizes.length, sizes);
  }
  checkMemory(theory, problem, compute, options);
  const { onProgress, signal } = options;
  const steps = theory.iterate(problem, compute, options);
  const posterior = requireFinite(await drive(steps, { ...(onProgress ? { onStep: onProgress } : {}), signal }));
  return { ...withCheckedInputs(posterior), options: keptOptions(options) };
}
