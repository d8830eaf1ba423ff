// What the Node and the browser entry share: the whole core, without any file or thread.
export type { Activation } from './activations/activation.js';
export { type ActivationDefinition, defineActivation } from './activations/defineActivation.js';
export { kernelOf } from './activations/operators/kernel.js';
export { pullback, pushforward } from './activations/operators/response.js';
export { activationByName, activationNames } from './activations/registry.js';
export { type CriticalPoint, criticalLine, criticalPoints } from './criticality/criticalLine.js';
export { type PhaseDiagram, phaseDiagram } from './criticality/diagram.js';
export type { FixedPoint, Layers } from './criticality/meanField.js';
export { type Phase, type PhaseName, phaseAt } from './criticality/phase.js';
export { ising } from './datasets/ising.js';
export { loadData } from './datasets/loadData.js';
export { type Digits, mnist } from './datasets/mnist.js';
export type { Sources } from './datasets/sources.js';
export { teacher } from './datasets/teacher.js';
export { xor } from './datasets/xor.js';
export { type CsvTable, readCsv } from './formats/csvTable.js';
export type { NpyArray } from './formats/npy.js';
export { readNpz, writeNpz } from './formats/npz.js';
export {
  centredAlignment,
  kernelAlignment,
  samePositionsOf,
  uncentredAlignment,
} from './measures/alignment.js';
export { type ClassQuality, classQualityOf } from './measures/classification.js';
export { type PredictionQuality, qualityOf, type Targets } from './measures/prediction.js';
export { centredSpectrum, effectiveRank } from './measures/spectrum.js';
export { type TargetSpectrum, targetSpectrum } from './measures/targetSpectrum.js';
export { type Compute, portableCompute } from './numerics/compute.js';
export { InputError, MemoryError, NotPositiveDefiniteError } from './numerics/errors.js';
export type {
  Eigensystem,
  LinearAlgebra,
  ProductOptions,
  SymmetricProductOptions,
} from './numerics/linearAlgebra.js';
export { fromRows, type Matrix, relativeDistance, zeros } from './numerics/matrix.js';
export { RandomStream } from './numerics/random.js';
export { type DriveOptions, drive, type Steps } from './numerics/steps.js';
export type { Convergence, SavedState, Uncertainty } from './posterior/fields.js';
export type { KernelPosterior, TestKernels } from './posterior/posterior.js';
export type { TestPrediction } from './posterior/predict.js';
export { type Drawn, type DrawnMoments, drawKernels } from './prior/drawKernels.js';
export { type CovarianceOptions, type EntryCovariance, entryCovariance } from './prior/entryCovariance.js';
export { nngpKernels } from './prior/nngpKernels.js';
export {
  drawnKurtosis,
  drawOutputs,
  mixtureDensity,
  outputKurtosis,
  type PairDensity,
} from './prior/outputs.js';
export { type FollowedPair, followPair, twoRows } from './prior/pair.js';
export { type LayerMoments, priorMoments } from './prior/priorMoments.js';
export { tangentKernels } from './prior/tangentKernels.js';
export type { ColumnScale, TargetScale } from './problem/columnScale.js';
export { type DataInput, preparedInputs } from './problem/createData.js';
export {
  createProblem,
  type LayerInput,
  type NetworkInput,
  type ProblemInput,
} from './problem/createProblem.js';
export type { DataSpec, FileSpec, IsingSpec, MnistSpec, TeacherSpec, XorSpec } from './problem/dataSchema.js';
export type { InputMetric } from './problem/inputMetric.js';
export type { LabelsOption } from './problem/labels.js';
export type { LikelihoodName } from './problem/likelihoodName.js';
export type { LayerSpec, ListHint, NetworkSpec } from './problem/networkSchema.js';
export { preset, presetNames } from './problem/presets.js';
export type { Data, DataColumns, Network, Preparation, Problem } from './problem/problem.js';
export { type ProblemSpec, parseProblem } from './problem/schema.js';
export type { StandardizeOption } from './problem/standardize.js';
export type { Convolution, LayerStructure, Readout, Structure } from './problem/structure.js';
export type { Inputs } from './problem/toMatrix.js';
export type { Variation } from './problem/variations.js';
export { warningsOf } from './problem/warnings.js';
export { type NamedDiagnosis, type RunProgress, SamplingRun, type Snapshot } from './sampling/run.js';
export { type SamplingChoices, type SamplingSettings, samplingSettings } from './sampling/settings.js';
export type { Progress } from './solving/progress.js';
export {
  jointLogPosterior,
  posteriorAlong,
  type Rate,
  type RateOptions,
  rateFunction,
} from './solving/rateFunction.js';
export { expectedErrorOf } from './theories/auto/expectedErrorOf.js';
export { evidenceErrorOf } from './theories/evidenceError.js';
export {
  type OptionsOf,
  type TheoryName,
  type TheoryOptions,
  theories,
  theoryByName,
} from './theories/registry.js';
export { sampledPosterior } from './theories/sampled.js';
export { restorePosterior } from './theories/saving/restorePosterior.js';
export { savePosterior } from './theories/saving/savePosterior.js';
export type { SolveOptions, Solving } from './theories/solve.js';
export type { Theory } from './theories/theory.js';
