import { layerOf } from '../../architecture/architecture.js';
import type { Compute } from '../../numerics/compute.js';
import { sumOf } from '../../numerics/entrywise.js';
import { logDeterminant } from '../../numerics/linearAlgebra.js';
import { copy, diagonal, inner, type Matrix } from '../../numerics/matrix.js';
import type { Problem } from '../../problem/problem.js';
import { conjugatesBelow } from '../forwardBackward.js';
import { kernelsOf, stateOf } from '../kernelState.js';
import type { Conjugates, KernelSystem } from '../kernelSystem.js';
import { askedOf, type FieldState, measureAt, outputImage, outputMeasure } from './outputFields.js';
import { conjugateOf } from './tiltedConjugate.js';
import { hiddenCost, tiltedDownwards, tiltedEquations } from './tiltedEquations.js';
import { monteCarloSystem, type TiltedSamples } from './tiltedSamples.js';

/** The equations of `multiscale` (theory §5) with averages over samples. */
export function multiscaleSystem(
  problem: Problem,
  samples: TiltedSamples,
  compute: Compute,
): KernelSystem<FieldState> {
  const { network } = problem;
  const { hiddenLayers, widths } = network;
  const equations = tiltedEquations(problem, samples);
  const system: KernelSystem<FieldState> = {
    sweep(state, scale) {
      const width = scale * widths[hiddenLayers - 1];
      const conjugates = hiddenConjugates(problem, state, scale, samples, compute);
      const image = [state.input];
      for (let l = 1; l < hiddenLayers; l++) {
        image.push(equations.forward(l, scale * width, image[l - 1], conjugates[l] as Matrix));
      }
      const measure = measureAt(problem, image[hiddenLayers - 1], state.output, width, samples, compute);
      const { kernel, ...output } = outputImage(problem, measure);
      return { image: { ...stateOf([...image, kernel]), output }, conjugates };
    },
    follow(state, scale, held) {
      const width = scale * widths[hiddenLayers - 1];
      const kernels = kernelsOf(state);
      const measure = measureAt(problem, kernels[hiddenLayers - 1], state.output, width, samples, compute);
      const { kernel, ...output } = outputImage(problem, measure);
      if (hiddenLayers === 1) return { image: { ...stateOf([state.input, kernel]), output }, conjugates: [] };
      const conjugate = conjugateOf(measure, width);
      const below = tiltedDownwards(problem, samples, kernels, hiddenLayers - 1, conjugate, scale, held);
      const images = [...below.images.slice(0, hiddenLayers), kernel];
      return { image: { ...stateOf(images), output }, conjugates: below.conjugates };
    },
  };
  return monteCarloSystem(system, samples);
}

/** C̃⁽¹⁾ … C̃⁽ᴸ⁻¹⁾: the last from the tilt F, those below as in `map`. */
function hiddenConjugates(
  problem: Problem,
  state: FieldState,
  scale: number,
  samples: TiltedSamples,
  compute: Compute,
): (Matrix | undefined)[] {
  const { hiddenLayers, widths } = problem.network;
  if (hiddenLayers === 1) return [undefined, undefined];
  const width = scale * widths[hiddenLayers - 1];
  const kernels = kernelsOf(state);
  const measure = measureAt(problem, kernels[hiddenLayers - 1], state.output, width, samples, compute);
  return conjugatesBelow(
    problem,
    kernels,
    hiddenLayers - 1,
    conjugateOf(measure, width),
    tiltedEquations(problem, samples),
    scale,
  );
}

/**
 * ln p(Y|X) of theory §5's Gaussian fields: stationary in a, B and the kernels exactly at the equations
 * above, −tr aᵀY + ½κ‖a‖² + ½β|1ᵀa|² − (n/2)[ln det B + tr((κ + β 11ᵀ)B⁻¹) − P + P ln 2π] + N ln⟨e^F⟩ −
 * Σ_{l<L}[tr C̃C − W].
 */
export function multiscaleEvidence(
  problem: Problem,
  state: FieldState,
  scale: number,
  held: Conjugates,
  samples: TiltedSamples,
  compute: Compute,
) {
  const { network, data, noiseVariance } = problem;
  const l = network.hiddenLayers;
  const { width, beta } = layerOf(network, l);
  const [p, n] = [data.y.rows, data.y.columns];
  const { output } = state;
  const kernels = kernelsOf(state);
  const conjugates = held.length > 0 ? [...held] : hiddenConjugates(problem, state, scale, samples, compute);
  const hidden = hiddenCost(problem, kernels, conjugates, l - 1, scale, samples);
  const factor = compute.algebra.cholesky(copy(output.precision));
  const asked = askedOf(problem, output, compute);
  const { dual, inverse } = asked;
  const { measure, conjugate } = outputMeasure(
    problem,
    kernels[l - 1],
    asked,
    scale * width,
    samples,
    compute,
  );
  conjugates[l] = conjugate();
  const sums = new Float64Array(n);
  for (let i = 0; i < dual.data.length; i++) sums[i % n] += dual.data[i];
  const biased = sums.reduce((sum, value) => sum + value * value, 0);
  const saddle = 0.5 * (noiseVariance * inner(dual, dual) + beta * biased) - inner(dual, data.y);
  const trace = diagonal(inverse).reduce((sum, value) => sum + value, 0);
  const spread = noiseVariance * trace + beta * sumOf(inverse);
  const fluctuations = logDeterminant(factor) + spread - p + p * Math.log(2 * Math.PI);
  const evidence = saddle - 0.5 * n * fluctuations + scale * width * measure.logNormaliser() - hidden;
  return { conjugates, evidence };
}
