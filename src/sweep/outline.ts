import { architectureOf } from '../architecture/architecture.js';
import { networkOf } from '../problem/createProblem.js';
import { likelihoodNameOf } from '../problem/likelihoodName.js';
import type { Problem } from '../problem/problem.js';
import type { ProblemSpec } from '../problem/schema.js';

/** Of data, before anybody has loaded them. */
export interface Size {
  /** P */
  readonly samples: number;
  /** D */
  readonly dimension: number;
  /** n, columns of the targets */
  readonly outputs: number;
  /** of an input that is an image, channels last */
  readonly image?: readonly number[] | undefined;
}

/**
 * The problem of a task without its numbers: enough to count matrices and operations.
 * @throws InputError for layers that do not fit the inputs
 */
export function outline(spec: ProblemSpec, { samples, dimension, outputs, image }: Size): Problem {
  const empty = (rows: number, columns: number) => ({ rows, columns, data: new Float64Array(0) });
  const network = networkOf(spec.network, image);
  // Shapes of images and patches have to fit.
  architectureOf(network);
  const likelihood = likelihoodNameOf(spec);
  return {
    data: { x: empty(samples, dimension), y: empty(samples, outputs), description: 'outline' },
    network,
    noiseVariance: spec.noiseVariance ?? 0,
    ...(likelihood === 'gaussian' ? {} : { likelihood }),
  };
}
