import { architectureOf } from '../architecture/architecture.js';
import type { InputMap } from '../architecture/layer.js';
import { kernelOfPoints, layerAlignment, uncentredAlignment } from '../measures/alignment.js';
import type { Compute } from '../numerics/compute.js';
import { type Matrix, relativeDistance } from '../numerics/matrix.js';
import { type Inputs, newInputs } from '../problem/toMatrix.js';
import type { PosteriorFields, SavedState } from './fields.js';
import { kernelRows } from './kernelRows.js';
import { joined } from './later.js';
import { predictTest, predictTraining, type TestPrediction } from './predict.js';
import { type Extend, keepingLast, type PathOf, pathBy } from './rowPath.js';

/** C⁽⁰⁾ … C⁽ᴸ⁾ between training points and new ones. */
export interface TestKernels {
  /** one a layer, 0..L, P×T each */
  readonly kernels: readonly Matrix[];
  /** Monte Carlo standard errors, P×T each, where known */
  readonly errors?: readonly Matrix[];
}

/**
 * What a theory says about a problem: the kernels of all layers given the data, and what follows from them.
 */
export interface KernelPosterior extends PosteriorFields {
  /** centred alignment of every layer with YYᵀ, 0..L; NaN if all targets are equal */
  alignment(): number[];
  /** ⟨C⁽ˡ⁾, YYᵀ⟩/(‖C⁽ˡ⁾‖‖YYᵀ‖) of every layer, 0..L */
  uncentredAlignment(): number[];
  /** ‖C⁽ˡ⁾ − K⁽ˡ⁾‖/‖K⁽ˡ⁾‖ of every layer */
  change(): number[];
  /** mean on the training points: C(C+κ)⁻¹Y, P×n */
  trainMean(): Matrix;
  /** What predictions need beyond the fields, for a file (`savePosterior`). */
  state?(): SavedState;
  /** the options that it was solved with */
  readonly options?: Readonly<Record<string, unknown>>;
  /**
   * Weights of the networks that were kept of `sampled`, neurons × inputs, as in networks.npz
   * (docs/problem-file.md, Results).
   */
  networks?(): Readonly<Record<string, Matrix>>;
  /** Monte Carlo standard error of `trainMean`, P×n, where known */
  readonly trainMeanError?: Matrix;
  /**
   * Mean (T×n) and variance (T) of the noiseless output on new inputs (theory §6): C_*(C + κ)⁻¹Y and C_** −
   * C_*(C + κ)⁻¹C_*ᵀ at fixed kernels.
   * @param xTest T×D, whatever `createProblem` takes as inputs
   * @throws InputError for another number of columns than X has, or entries that are not finite
   */
  predict(xTest: Inputs): TestPrediction;
  /**
   * C⁽⁰⁾ … C⁽ᴸ⁾ between the training points and new inputs, P×T each: rows of the same equations, whose new
   * points ask nothing of the kernels (theory §6). Of `sampled`: means over the networks that were kept;
   * undefined for convolutions and residual blocks.
   * @param xTest T×D, whatever `createProblem` takes as inputs
   * @throws InputError for another number of columns than X has, or entries that are not finite
   */
  testKernels(xTest: Inputs): TestKernels | undefined;
  /**
   * The same among the new inputs, T×T each; of theories that know new points together and not one by one.
   * Averages over samples are taken again, for all points.
   * @param xTest T×D, whatever `createProblem` takes as inputs
   * @throws InputError as `testKernels`
   */
  testCovariances?(xTest: Inputs): readonly Matrix[];
}

/** The posterior with its new inputs checked, and taken in any form. */
export const withCheckedInputs = (posterior: KernelPosterior): KernelPosterior =>
  joined(posterior, {
    ...(posterior.testCovariances
      ? {
          testCovariances: (xTest: Inputs) =>
            posterior.testCovariances?.(newInputs(xTest, posterior.problem)) as Matrix[],
        }
      : {}),
    predict: (xTest: Inputs) => posterior.predict(newInputs(xTest, posterior.problem)),
    testKernels: (xTest: Inputs) => posterior.testKernels(newInputs(xTest, posterior.problem)),
  });

/**
 * A posterior from kernels that are known, with predictions by Gaussian-process regression (theory §6): mean
 * C_*(C + κ)⁻¹Y.
 * @param fields what the theory found
 * @param extend covariances of new points, layer by layer
 * @param compute what predictions are computed on
 * @param input what the first rows of new points come from, of the architecture of the kernels
 * @throws InputError later, by its methods, for inputs of another shape, and where kernel and noise are
 *   singular
 */
export function createPosterior(
  fields: PosteriorFields,
  extend: Extend,
  compute: Compute,
  input: InputMap = architectureOf(fields.problem.network).input,
): KernelPosterior {
  const { hiddenLayers } = fields.problem.network;
  const pathOf = pathBy(fields.problem, extend, compute, hiddenLayers, input);
  return posteriorAlong(fields, keepingLast(pathOf), compute);
}

/** The same from the rows of new points in all layers. */
export function posteriorAlong(fields: PosteriorFields, pathOf: PathOf, compute: Compute): KernelPosterior {
  const { problem, kernels, nngp } = fields;
  const y = problem.data.y;
  return joined(fields, {
    alignment: () => kernels.map((kernel) => layerAlignment(kernel, y)),
    uncentredAlignment: () => kernels.map((kernel) => uncentredAlignment(kernelOfPoints(kernel, y.rows), y)),
    change: () => kernels.map((kernel, l) => relativeDistance(kernel, nngp[l])),
    trainMean: () => predictTraining(fields, compute),
    predict: (xTest: Inputs) => predictTest(fields, pathOf, xTest as Matrix, compute),
    testKernels: (xTest: Inputs) => ({ kernels: kernelRows(problem, pathOf, xTest as Matrix) }),
  });
}
