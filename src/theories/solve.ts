import { kernelShapes } from '../architecture/architecture.js';
import { checkKernels } from '../numerics/arguments.js';
import { type Compute, checkCompute } from '../numerics/compute.js';
import { drive } from '../numerics/steps.js';
import { joined } from '../posterior/later.js';
import { type KernelPosterior, withCheckedInputs } from '../posterior/posterior.js';
import { requireFinite } from '../posterior/requireFinite.js';
import { checkProblem } from '../problem/checkProblem.js';
import type { Problem } from '../problem/problem.js';
import type { Progress } from '../solving/progress.js';
import { checkMemory } from './checkMemory.js';
import { type TheoryOptions, theoryOf } from './registry.js';
import { architectureFor } from './requirements.js';
import type { Theory } from './theory.js';

/** What `solve` understands besides the options of a theory. */
export interface Solving {
  /** called after every step */
  readonly onProgress?: (progress: Progress) => void;
  /** ends the computation when it is aborted */
  readonly signal?: AbortSignal;
  /** backend and threads; those of this machine, or of the browser, by default */
  readonly compute?: Compute;
}

/** Options of any of the theories, and what `solve` understands besides. */
export type SolveOptions = TheoryOptions & Solving;

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
    const shapes = kernelShapes(architectureFor(theory, problem.network), problem.data.x.rows);
    checkKernels('start', options.start, shapes.length, shapes);
  }
  const { onProgress, signal, compute: _, ...asked } = options;
  checkMemory(theory, problem, compute, asked);
  const steps = theory.iterate(problem, compute, asked);
  const posterior = requireFinite(
    await drive(steps, { ...(onProgress ? { onStep: onProgress } : {}), signal }),
  );
  // What results depend on, but for the first guess.
  const { start: __, ...kept } = asked;
  return joined(withCheckedInputs(posterior), { options: kept });
}
