import { gaussianOf } from '../likelihood/gaussian.js';
import type { Compute } from '../numerics/compute.js';
import type { Matrix } from '../numerics/matrix.js';
import type { Convergence, PosteriorFields } from '../posterior/fields.js';
import { targetsTooLarge } from '../posterior/reach.js';
import type { Problem } from '../problem/problem.js';
import { anneal, type SolverOptions } from './annealing.js';
import { type KernelsAlone, kernelsOf, stateOf } from './kernelState.js';
import type { KernelSystem } from './kernelSystem.js';
import type { Progress } from './progress.js';
import { monteCarloSystem, type TiltedSamples } from './tilted/tiltedSamples.js';

/** The two equations of one layer, for given widths (theory §4 and §5). */
export interface LayerEquations {
  /**
   * The kernel C⁽ˡ⁾ of layer l = 1..L from C⁽ˡ⁻¹⁾ (`below`) and C̃⁽ˡ⁾ (`conjugate`), P×P each, as a new
   * matrix; `width` is N_l.
   * @throws NotPositiveDefiniteError outside the region where the equations hold
   */
  forward(l: number, width: number, below: Matrix, conjugate: Matrix): Matrix;
  /**
   * C̃⁽ˡ⁾ from C̃⁽ˡ⁺¹⁾ (`conjugateAbove`) and C⁽ˡ⁾ (`kernel`), P×P each, as a new matrix; `width` is N_{l+1}.
   */
  backward(l: number, width: number, kernel: Matrix, conjugateAbove: Matrix): Matrix;
  /** what averages are taken over, where they have no closed form */
  readonly samples?: TiltedSamples;
}

/** Kernels and conjugate kernels that solve the equations of a theory, P×P each. */
export interface Solution {
  /** C⁽⁰⁾ … C⁽ᴸ⁾, P×P each */
  readonly kernels: readonly Matrix[];
  /** C̃⁽ˡ⁾ at index l = 1..L, P×P each; index 0 is empty */
  readonly conjugates: readonly (Matrix | undefined)[];
  /** whether they do, and at which widths */
  readonly convergence: Convergence;
}

/** The solution that a posterior was made of. */
export const solutionOf = ({ kernels, conjugates = [], convergence }: PosteriorFields): Solution => ({
  kernels,
  conjugates,
  convergence,
});

/** C̃⁽¹⁾ … C̃⁽ˡ⁾ given the kernels and C̃⁽ˡ⁾, layer by layer downwards. */
export function conjugatesBelow(
  { network }: Problem,
  kernels: readonly Matrix[],
  top: number,
  conjugate: Matrix,
  equations: LayerEquations,
  scale: number,
): (Matrix | undefined)[] {
  const conjugates: (Matrix | undefined)[] = Array.from({ length: network.hiddenLayers + 1 });
  let above = conjugate;
  conjugates[top] = above;
  for (let l = top - 1; l >= 1; l--) {
    above = equations.backward(l, scale * network.widths[l], kernels[l], above);
    conjugates[l] = above;
  }
  return conjugates;
}

/** One backward and one forward sweep over all layers: the map whose fixed point is sought. */
export function forwardBackwardSystem(
  problem: Problem,
  equations: LayerEquations,
  compute: Compute,
): KernelSystem<KernelsAlone> {
  const { hiddenLayers, widths } = problem.network;
  const system: KernelSystem<KernelsAlone> = {
    sweep(state, scale) {
      const kernels = kernelsOf(state);
      const top = gaussianOf(problem).conjugate(kernels[hiddenLayers], compute.algebra);
      const conjugates = conjugatesBelow(problem, kernels, hiddenLayers, top, equations, scale);
      const image = [kernels[0]];
      for (let l = 1; l <= hiddenLayers; l++) {
        image.push(equations.forward(l, scale * widths[l - 1], image[l - 1], conjugates[l] as Matrix));
      }
      return { image: stateOf(image), conjugates };
    },
  };
  const { samples } = equations;
  if (!samples) return system;
  return monteCarloSystem(system, samples);
}

/**
 * The maximum a posteriori kernels of all layers by width annealing (theory §4): the fixed point of one
 * backward and one forward sweep of the equations of all layers, with C̃⁽ᴸ⁾ = ½A⁻¹YYᵀA⁻¹ − (n/2)A⁻¹, A =
 * C⁽ᴸ⁾ + κ, on top. Every step yields its progress.
 * @param problem data, network, noise
 * @param nngp K⁽⁰⁾ … K⁽ᴸ⁾, where annealing starts, P×P each
 * @param equations of one layer
 * @param compute what to compute on
 * @param options tolerance, iterations, first guess
 * @throws InputError where not even very wide layers have a solution that can be iterated
 */
export function* solveForwardBackward(
  problem: Problem,
  nngp: readonly Matrix[],
  equations: LayerEquations,
  compute: Compute,
  options: SolverOptions<KernelsAlone>,
): Generator<Progress, Solution, void> {
  const system = forwardBackwardSystem(problem, equations, compute);
  const { hiddenLayers, widths } = problem.network;
  const unreachable = targetsTooLarge(problem, nngp[hiddenLayers]);
  const { state, scale, convergence } = yield* anneal(system, stateOf(nngp), widths, {
    ...options,
    unreachable,
  });
  const kernels = kernelsOf(state);
  const top = gaussianOf(problem).conjugate(kernels[hiddenLayers], compute.algebra);
  const conjugates = conjugatesBelow(problem, kernels, hiddenLayers, top, equations, scale);
  return { kernels, conjugates, convergence };
}
