import { type Calibration, calibrationOf } from '../measures/calibration.js';
import { type ClassQuality, classQualityOf } from '../measures/classification.js';
import { type PredictionQuality, qualityOf } from '../measures/prediction.js';
import type { Matrix } from '../numerics/matrix.js';
import type { TestPrediction } from '../posterior/predict.js';
import { classCount } from '../problem/likelihoodName.js';
import type { Problem } from '../problem/problem.js';

/**
 * Measures at points whose targets are known: of numbers errors and coverage, of a likelihood of classes
 * those of probabilities.
 */
export type Quality = Partial<PredictionQuality & Calibration & ClassQuality>;

/** On training points; outputs of likelihoods of classes are no targets, only their side says something. */
export function trainQuality(problem: Problem, mean: Matrix): Quality {
  const { data } = problem;
  const quality = qualityOf(mean, data, undefined, data.targetScale?.deviation ?? 1);
  if (classCount(problem) === 0) return quality;
  return quality.accuracy === undefined ? {} : { accuracy: quality.accuracy };
}

/** At test points: errors, and how well the predictive distributions hold the targets. */
export function testQuality(
  problem: Problem,
  { mean, variance, probabilities }: TestPrediction,
  y: Matrix,
): Quality {
  if (probabilities) return classQualityOf(probabilities, y);
  const { data, noiseVariance } = problem;
  const unit = data.targetScale?.deviation ?? 1;
  const quality = qualityOf(mean, { y, classes: data.classes }, variance, unit);
  return { ...quality, ...calibrationOf(mean, variance, noiseVariance, y, unit) };
}
