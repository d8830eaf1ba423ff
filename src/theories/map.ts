import type { CrossCovariance } from '../activations/crossGaussian.js';
import { layerOf, untreated } from '../architecture/architecture.js';
import { type Layer, lift, liftRows, lowered } from '../architecture/layer.js';
import { gaussianOf } from '../likelihood/gaussian.js';
import type { Compute } from '../numerics/compute.js';
import { addScaled, copy, type Matrix } from '../numerics/matrix.js';
import { nngpKernels } from '../prior/nngpKernels.js';
import { activationOf, isLinear, type Network, type Problem } from '../problem/problem.js';
import type { KernelSystem } from './annealing.js';
import { legendreCost } from './evidence.js';
import { beyondSaddle } from './firstOrder/beyondSaddle.js';
import { fluctuationMatrices } from './firstOrder/births.js';
import { evidenceWith, type Fluctuations, withFluctuationError, withFluctuations } from './firstOrder/fluctuations.js';
import { forwardBackwardSystem, type LayerEquations, type Solution, solutionOf } from './forwardBackward.js';
import { type KernelsAlone, kernelsOf, releaseUnknowns, stateOf } from './kernelState.js';
import { solveLinear } from './linearAscent.js';
import { extendLinear, linearEquations, linearEvidence } from './linearMap.js';
import { newRows, padded } from './newPoints.js';
import { explainSingular } from './output.js';
import { createPosterior, type KernelPosterior, type PosteriorFields } from './posterior.js';
import type { Extend } from './predict.js';
import { targetsTooLarge } from './reach.js';
import { type SampledEquations, type StateReader, solveSampled } from './sampledSolution.js';
import { restoredSamples, tiltedState } from './saving/tiltedState.js';
import { testCovariances } from './testCovariances.js';
import { DEFAULT_TOLERANCE, type Theory, type TheoryOptions } from './theory.js';
import { linearTilt } from './tilted/tilt.js';
import type { TiltedMeasure } from './tilted/tiltedMeasure.js';
import { carriedCount, sampleCount, TiltedSamples, tiltedMatrices } from './tilted/tiltedSamples.js';

/** a ← g a + β */
export function affine(a: Matrix, g: number, beta: number): Matrix {
  for (let i = 0; i < a.data.length; i++) a.data[i] = g * a.data[i] + beta;
  return a;
}

/** (a − β)/g, as a new matrix */
export const withoutAffine = (a: Matrix, g: number, beta: number): Matrix => affine(copy(a), 1 / g, -beta / g);

/** ⟨φφᵀ⟩ of a layer from the kernel above it, where that has all of it. */
export const momentsBelow = ({ map, beta }: Layer, kernel: Matrix): Matrix | undefined =>
  map.gain === undefined ? undefined : withoutAffine(kernel, map.gain, beta);

const affineRows = ({ cross, own }: CrossCovariance, g: number, beta: number): CrossCovariance => ({
  cross: affine(cross, g, beta),
  own: own.map((value) => g * value + beta),
});

/** C⁽ˡ⁾ = g⟨φφᵀ⟩ + β and C̃⁽ˡ⁾ = (N/2) sym(⟨∇F hᵀ⟩C⁻¹), averages in the measure tilted by F = (g/N) φᵀC̃φ (theory §4). */
export function tiltedEquations({ network }: Problem, samples: TiltedSamples): LayerEquations {
  return {
    samples,
    forward(l, width, below, conjugate) {
      const measure = tiltedLayer(network, l, width, below, conjugate, samples);
      return lift(layerOf(network, l), measure.secondMoment());
    },
    backward: (l, width, kernel, above) => tiltedLayer(network, l + 1, width, kernel, above, samples).conjugate(width),
  };
}

/** The measure of layer l of this width, tilted by F = (1/N) ⟨C̃, 𝒯[φφᵀ]⟩. */
function tiltedLayer(
  network: Network,
  l: number,
  width: number,
  below: Matrix,
  conjugate: Matrix,
  samples: TiltedSamples,
): TiltedMeasure {
  const { form, factor } = lowered(layerOf(network, l), conjugate);
  return samples.measure(l, below, factor / width, linearTilt(form));
}

/**
 * Images of C⁽¹⁾ … C⁽ᵗᵒᵖ⁾ and C̃⁽¹⁾ … C̃⁽ᵗᵒᵖ⁾ from one measure a layer, downwards: each layer's image comes from the kernel below as it is, not from
 * its image, which takes a second measure.
 *
 * @param conjugate C̃⁽ᵗᵒᵖ⁾
 */
export function tiltedDownwards(
  { network }: Problem,
  samples: TiltedSamples,
  kernels: readonly Matrix[],
  top: number,
  conjugate: Matrix,
  scale: number,
) {
  const images = [...kernels];
  const conjugates: (Matrix | undefined)[] = Array.from({ length: network.hiddenLayers + 1 });
  let above = conjugate;
  for (let l = top; l >= 1; l--) {
    const width = scale * network.widths[l - 1];
    const measure = tiltedLayer(network, l, width, kernels[l - 1], above, samples);
    conjugates[l] = above;
    images[l] = lift(layerOf(network, l), measure.secondMoment());
    if (l > 1) above = measure.conjugate(width);
  }
  return { images, conjugates };
}

/** Σ_{l ≤ top} [tr C̃⁽ˡ⁾C⁽ˡ⁾ − W_l]: what the kernels of the first `top` layers cost in the prior. */
export function hiddenCost(
  { network }: Problem,
  kernels: readonly Matrix[],
  conjugates: readonly (Matrix | undefined)[],
  top: number,
  scale: number,
  samples: TiltedSamples,
): number {
  let cost = 0;
  for (let l = 1; l <= top; l++) {
    const width = scale * network.widths[l - 1];
    const conjugate = conjugates[l] as Matrix;
    const measure = tiltedLayer(network, l, width, kernels[l - 1], conjugate, samples);
    cost += legendreCost(conjugate, kernels[l], layerOf(network, l).beta, width, measure.logNormaliser());
  }
  return cost;
}

/** Sets of samples that the rows of new points are averaged over. */
const ROW_SETS = 8;

/** Rows of new points as means over several sets of samples, the same in every call. */
export function meanRows(samples: TiltedSamples, rows: () => CrossCovariance): CrossCovariance {
  const [first, ...others] = samples.overAgain(ROW_SETS, rows);
  for (const { cross, own } of others) {
    addScaled(first.cross, 1, cross);
    for (let t = 0; t < own.length; t++) first.own[t] += own[t];
  }
  return affineRows(first, 1 / ROW_SETS, 0);
}

/** ⟨φφᵀ⟩ as a mean over several sets of samples, the same in every call. */
function meanMoment(samples: TiltedSamples, moment: () => Matrix): Matrix {
  const [first, ...others] = samples.overAgain(ROW_SETS, moment);
  for (const other of others) addScaled(first, 1, other);
  return affine(first, 1 / ROW_SETS, 0);
}

/** New points in layer l, moved by the training points alone (theory §6). */
export function extendTilted(network: Network, { kernels, conjugates, convergence }: Solution, samples: TiltedSamples): Extend {
  return (l, below) => {
    const layer = layerOf(network, l);
    const measure = () => tiltedLayer(network, l, convergence.widths[l - 1], kernels[l - 1], conjugates[l] as Matrix, samples);
    const known = momentsBelow(layer, kernels[l]) ?? meanMoment(samples, () => measure().secondMoment());
    return liftRows(
      layer,
      meanRows(samples, () => measure().secondMomentRows(below, undefined, known)),
    );
  };
}

/** New points among each other by the forward equation of all points. */
function covariancesBy(
  equations: LayerEquations,
  problem: Problem,
  { conjugates, convergence }: Solution,
  xTest: Matrix,
  compute: Compute,
): Matrix[] {
  const forward = (l: number, below: Matrix) =>
    equations.forward(l, convergence.widths[l - 1], below, padded(conjugates[l] as Matrix, newRows(problem, l, xTest)));
  return testCovariances(problem, xTest, forward, compute);
}

function* solveTilted(problem: Problem, nngp: Matrix[], compute: Compute, options: TheoryOptions) {
  const { network, data } = problem;
  const { hiddenLayers: top, widths } = network;
  const equations = (count: number, carried = false): SampledEquations<KernelsAlone> => {
    const samples = new TiltedSamples((l) => activationOf(network, l), compute, count, options.seed ?? 0, carried);
    const system: KernelSystem<KernelsAlone> = {
      ...forwardBackwardSystem(problem, tiltedEquations(problem, samples), compute),
      follow(state, scale) {
        const kernels = kernelsOf(state);
        const conjugate = gaussianOf(problem).conjugate(kernels[top], compute.algebra);
        const { images, conjugates } = tiltedDownwards(problem, samples, kernels, top, conjugate, scale);
        return { image: stateOf(images), conjugates };
      },
    };
    const reader: StateReader<KernelsAlone> = {
      samples,
      y: data.y,
      unreachable: targetsTooLarge(problem, nngp[top]),
      evaluate(state, scale) {
        const { conjugates, image } = system.sweep(state, scale);
        releaseUnknowns(image);
        const kernels = kernelsOf(state);
        const cost = hiddenCost(problem, kernels, conjugates, top, scale, samples);
        return { conjugates, evidence: gaussianOf(problem).logEvidence(kernels[top], compute.algebra) - cost };
      },
    };
    return { system, reader };
  };
  const count = sampleCount(problem, options);
  const { settled, samples, conjugates, ...told } = yield* solveSampled(
    equations,
    count,
    carriedCount(problem),
    stateOf(nngp),
    widths,
    options,
    options.start && stateOf(options.start),
  );
  const solution: Solution = { kernels: kernelsOf(settled.state), conjugates, convergence: settled.convergence };
  return { solution, samples, told };
}

/** Whether the equations have closed forms: dense linear layers. */
const isClosed = (network: Network): boolean => isLinear(network) && untreated(network, '') === undefined;

/** Predictions and kernels of new points of a solution in closed form. */
function linearPosterior(fields: PosteriorFields, fluctuations: Fluctuations, compute: Compute): KernelPosterior {
  const { problem } = fields;
  const solution = solutionOf(fields);
  const equations = linearEquations(problem, compute);
  const posterior = createPosterior(fields, extendLinear(problem, solution, equations, compute), compute);
  const covariances = (xTest: Matrix) => covariancesBy(equations, problem, solution, xTest, compute);
  return withFluctuations({ ...posterior, testCovariances: covariances }, fluctuations);
}

/** The same by averages over these samples. */
function tiltedPosterior(
  fields: PosteriorFields,
  samples: TiltedSamples,
  fluctuations: Fluctuations,
  compute: Compute,
  { seed = 0 }: TheoryOptions,
): KernelPosterior {
  const { problem } = fields;
  const { network } = problem;
  const solution = solutionOf(fields);
  const posterior = createPosterior(fields, extendTilted(network, solution, samples), compute);
  const again = () => tiltedEquations(problem, new TiltedSamples((l) => activationOf(network, l), compute, samples.size, seed));
  const covariances = (xTest: Matrix) => covariancesBy(again(), problem, solution, xTest, compute);
  const state = () => tiltedState(samples);
  return withFluctuations({ ...posterior, testCovariances: covariances, state }, fluctuations);
}

/** Maximum a posteriori kernels: the full forward-backward equations (theory §4), in closed form for the linear activation. */
export const map: Theory = {
  name: 'map',
  uses: ['samples', 'tolerance', 'maxIterations', 'start', 'seed'],
  summary: 'maximum a posteriori kernels: the full forward-backward equations',
  treats: ['activations', 'convolution'],
  matrices: (problem, options) =>
    12 * problem.network.hiddenLayers +
    16 +
    fluctuationMatrices(problem) +
    (isClosed(problem.network) ? 0 : tiltedMatrices(problem, options)),
  *iterate(problem, compute, options) {
    const { network, data } = problem;
    const nngp = nngpKernels(network, data.x, compute);
    const fluctuationsOf = ({ convergence }: Solution) =>
      beyondSaddle(problem, nngp, convergence.widths[0] / network.widths[0], compute, { seed: options.seed ?? 0 });
    const evidenceOf = (saddle: number, { kernels }: Solution, fluctuations: Fluctuations) =>
      evidenceWith(saddle, fluctuations, fluctuations.nextOrder(kernels[network.hiddenLayers]));
    try {
      if (isClosed(network)) {
        const equations = linearEquations(problem, compute);
        const { tolerance = DEFAULT_TOLERANCE, maxIterations = 500 } = options;
        const solution = yield* solveLinear(problem, nngp[0], equations, compute, { tolerance, maxIterations });
        const fluctuations = fluctuationsOf(solution);
        const evidence = evidenceOf(linearEvidence(problem, solution, compute), solution, fluctuations);
        const fields = { theory: 'map', problem, nngp, ...solution, ...evidence };
        return linearPosterior(fields, fluctuations, compute);
      }
      const { solution, samples, told } = yield* solveTilted(problem, nngp, compute, options);
      const { details } = told;
      const fluctuations = fluctuationsOf(solution);
      const uncertainty = withFluctuationError(told.uncertainty, fluctuations, solution.kernels);
      const evidence = evidenceOf(told.logEvidence, solution, fluctuations);
      const fields = {
        theory: 'map',
        problem,
        nngp,
        ...solution,
        ...evidence,
        ...(uncertainty ? { uncertainty } : {}),
        ...(details ? { details } : {}),
      };
      return tiltedPosterior(fields, samples, fluctuations, compute, options);
    } catch (error) {
      throw explainSingular(error, problem, nngp[network.hiddenLayers]);
    }
  },
  restore(fields, state, compute, options) {
    const { problem, nngp, convergence } = fields;
    const { network } = problem;
    const scale = convergence.widths[0] / network.widths[0];
    const fluctuations = beyondSaddle(problem, nngp, scale, compute, { seed: options.seed ?? 0 });
    if (isClosed(network)) return linearPosterior(fields, fluctuations, compute);
    const samples = restoredSamples(state, problem, compute);
    return tiltedPosterior(fields, samples, fluctuations, compute, options);
  },
};
