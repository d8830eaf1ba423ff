import { gaussianOf } from '../../likelihood/gaussian.js';
import type { Compute } from '../../numerics/compute.js';
import { minimise } from '../../numerics/lbfgs.js';
import type { Matrix } from '../../numerics/matrix.js';
import type { Problem } from '../../problem/problem.js';
import { refine, type SolverOptions } from '../annealing.js';
import {
  conjugatesBelow,
  forwardBackwardSystem,
  type LayerEquations,
  type Solution,
} from '../forwardBackward.js';
import { type KernelsAlone, kernelsOf, residualOf, stateOf } from '../kernelState.js';
import type { Progress } from '../progress.js';
import { JointPosterior, seen } from './linearPosterior.js';

/** Gradient of the log posterior per neuron at which the ascent ends. */
const FLAT = 1e-11;

/**
 * C⁽⁰⁾ … C⁽ᴸ⁾ of a linear network at the maximum of its joint log posterior, by ascent from infinite width.
 * @param input C⁽⁰⁾
 */
export function* ascend(
  problem: Problem,
  input: Matrix,
  maxIterations: number,
  compute: Compute,
): Generator<Progress, { kernels: Matrix[]; iterations: number; slope: number }, void> {
  const data = seen(problem, input, compute);
  const posterior = new JointPosterior(problem, data, compute);
  const search = minimise((x, gradient) => posterior.cost(x, gradient), posterior.start(), {
    tolerance: FLAT,
    maxIterations,
  });
  let iterations = 0;
  let step = search.next();
  for (; !step.done; step = search.next()) {
    iterations++;
    const fraction = Math.min(0.95, Math.max(0, Math.log(step.value.slope) / Math.log(FLAT)));
    yield { iteration: iterations, residual: step.value.slope, widthScale: 1, fraction, stage: 'kernels' };
  }
  const factors = posterior.factors(posterior.unpack(step.value.x));
  const kernels = factors.map((f, l) =>
    l === 0 ? input : compute.algebra.syrk(compute.algebra.gemm(data.basis, f)),
  );
  return { kernels, iterations, slope: step.value.slope };
}

/** The gradient per neuron that rounding may leave. */
const ROUNDED = 1e-7;

/**
 * Maximum a posteriori kernels of a linear network: the maximum of the joint log posterior, polished by the
 * forward-backward equations where these contract. Convergence is judged by the gradient: where features move
 * far, one sweep of the equations enlarges rounding by orders of magnitude.
 */
export function* solveLinear(
  problem: Problem,
  input: Matrix,
  equations: LayerEquations,
  compute: Compute,
  { tolerance, maxIterations }: SolverOptions<KernelsAlone>,
): Generator<Progress, Solution, void> {
  const { hiddenLayers } = problem.network;
  const { kernels: ascended, iterations, slope } = yield* ascend(problem, input, maxIterations, compute);
  const system = forwardBackwardSystem(problem, equations, compute);
  const polished = refine(system, stateOf(ascended), 1, tolerance);
  const kernels = polished ? kernelsOf(polished) : ascended;
  const residual = polished ? residualOf(polished, system.sweep(polished, 1).image) : slope;
  const converged = residual <= Math.max(tolerance, ROUNDED);
  const convergence = {
    converged,
    residual,
    iterations,
    widthScale: 1,
    ...(polished ? {} : { judgedBy: `gradient of the log posterior ${slope.toExponential(1)} a neuron` }),
    ...(converged ? {} : { message: `the ascent stopped after ${iterations} iterations` }),
  };
  const top = gaussianOf(problem).conjugate(kernels[hiddenLayers], compute.algebra);
  return {
    kernels,
    conjugates: conjugatesBelow(problem, kernels, hiddenLayers, top, equations, 1),
    convergence,
  };
}
