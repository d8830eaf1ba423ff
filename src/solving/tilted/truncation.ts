/** No weight counts for more than this power of the number of samples times the mean. */
export const TRUNCATION = 0.6;

/**
 * Weights no larger than `limit`, divided by their sum, in place: a few far samples must not carry averages
 * (truncated importance sampling, Ionides 2008).
 */
export function truncated(weights: Float64Array, limit: number): Float64Array {
  let sum = 0;
  for (let s = 0; s < weights.length; s++) sum += weights[s] = Math.min(weights[s], limit);
  for (let s = 0; s < weights.length; s++) weights[s] /= sum;
  return weights;
}
