import { logGamma } from './gammaProduct.js';
import type { Objective } from './lbfgs.js';
import { type LinearAlgebra, logDeterminant } from './linearAlgebra.js';
import { type Matrix, zeros } from './matrix.js';
import { curvature, peak } from './peak.js';
import { RandomStream } from './random.js';

/** Draws of a density e^−f with the logarithms of their weights: the mean of the weights is ∫e^−f. */
export interface WeightedDraws {
  readonly points: readonly Float64Array[];
  readonly logWeights: Float64Array;
}

/** A multivariate t distribution around the minimum of f, whose scale has the curvature of f there. */
interface Proposal {
  readonly centre: Float64Array;
  /** Cholesky factor of the precision */
  readonly factor: Matrix;
  readonly freedom: number;
}

/** Draws of e^−f by importance from a t distribution fitted to its peak (Geweke 1989). */
export function drawAround(
  f: Objective,
  start: Float64Array,
  count: number,
  seed: number,
  algebra: LinearAlgebra,
): WeightedDraws {
  const centre = peak(f, start);
  const proposal = { centre, factor: curvature(f, centre, algebra), freedom: 8 + centre.length };
  const stream = RandomStream.fromSeed(seed);
  const gradient = new Float64Array(centre.length);
  const points: Float64Array[] = [];
  const logWeights = new Float64Array(count);
  for (let s = 0; s < count; s++) {
    const { point, logDensity } = draw(proposal, stream, algebra);
    points.push(point);
    logWeights[s] = -f(point, gradient) - logDensity;
  }
  return { points, logWeights };
}

function draw({ centre, factor, freedom }: Proposal, stream: RandomStream, algebra: LinearAlgebra) {
  const d = centre.length;
  const normals = stream.normals(new Float64Array(d + freedom));
  let chi = 0;
  for (let k = d; k < normals.length; k++) chi += normals[k] ** 2;
  const direction: Matrix = zeros(d, 1);
  let length = 0;
  for (let k = 0; k < d; k++) {
    direction.data[k] = normals[k] / Math.sqrt(chi / freedom);
    length += direction.data[k] ** 2;
  }
  algebra.solveTriangular(factor, direction, { transpose: true });
  const point = centre.map((value, k) => value + direction.data[k]);
  const constant =
    logGamma(0.5 * (freedom + d)) - logGamma(0.5 * freedom) - 0.5 * d * Math.log(freedom * Math.PI);
  const logDensity =
    constant + 0.5 * logDeterminant(factor) - 0.5 * (freedom + d) * Math.log1p(length / freedom);
  return { point, logDensity };
}
