// finite-width/theories: the theories by name, and what a theory of one's own is made of.
export type { Ingredient } from '../architecture/architecture.js';
export type { PointRows } from '../architecture/layer.js';
export { type GaussianLikelihood, type GaussianOutput, gaussianOf } from '../likelihood/gaussian.js';
export type { Likelihood, OutputGiven, OutputPrediction } from '../likelihood/likelihood.js';
export { likelihoodOf } from '../likelihood/likelihoodOf.js';
export type { Bounds, Interval } from '../numerics/bounds.js';
export type { PosteriorFields } from '../posterior/fields.js';
export { createPosterior, type KernelPosterior } from '../posterior/posterior.js';
export type { TestPrediction } from '../posterior/predict.js';
export type { Extend } from '../posterior/rowPath.js';
export { nextKernel, nextRows, nngpKernels, nngpRows } from '../prior/nngpKernels.js';
export { type LayerEquations, type Solution, solveForwardBackward } from '../solving/forwardBackward.js';
export type { Progress } from '../solving/progress.js';
export { checkMemory } from '../theories/checkMemory.js';
export { secondsOf } from '../theories/cost.js';
export { exactLinear } from '../theories/exactLinear.js';
export { linearResponse } from '../theories/linearResponse.js';
export { map } from '../theories/map.js';
export { multiscale } from '../theories/multiscale.js';
export { nngp } from '../theories/nngp.js';
export {
  choiceOption,
  groupOption,
  type NoOptions,
  type OptionTable,
  type OptionTexts,
  programOption,
  realOption,
  type TheoryOption,
  type ValuesOf,
  wholeOption,
} from '../theories/option.js';
export { perturbative } from '../theories/perturbative.js';
export {
  auto,
  type OptionsOf,
  type TheoryName,
  type TheoryOptions,
  theories,
  theoryByName,
} from '../theories/registry.js';
export { refusalOf } from '../theories/requirements.js';
export { rescaling } from '../theories/rescaling.js';
export { sampled, sampledPosterior } from '../theories/sampled.js';
export { fourPoint, groupedSamples, seed, selfConsistent } from '../theories/sharedOptions.js';
export type { CostModel, Theory } from '../theories/theory.js';
