import type { Matrix } from '../numerics/matrix.js';
import { type LikelihoodName, likelihoodNameOf } from '../problem/likelihoodName.js';
import type { Problem } from '../problem/problem.js';
import { GaussianLikelihood } from './gaussian.js';
import type { Likelihood } from './likelihood.js';
import { LogisticLikelihood } from './logistic.js';
import { SoftmaxLikelihood } from './softmax.js';

/** The likelihood of a name for targets Y, P×n. */
export function likelihoodFor(name: LikelihoodName, y: Matrix, noiseVariance: number): Likelihood {
  if (name === 'logistic') return new LogisticLikelihood(y);
  return name === 'softmax' ? new SoftmaxLikelihood(y) : new GaussianLikelihood(y, noiseVariance);
}

/** The likelihood of a problem's targets. */
export const likelihoodOf = (problem: Problem): Likelihood =>
  likelihoodFor(likelihoodNameOf(problem), problem.data.y, problem.noiseVariance);

/** P×P matrices alive at once beside the kernel while outputs are found, beyond those of Gaussian noise. */
export const outputMatrices = ({ likelihood, data }: Problem): number =>
  likelihood === 'softmax' ? 3 * data.y.columns : likelihood === 'logistic' ? 2 : 0;
