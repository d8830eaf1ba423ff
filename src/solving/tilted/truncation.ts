/** No weight counts for more than this power of the number of samples times the mean. */
export const TRUNCATION = 0.6;
/** A lower one: what averages move by between both says how far they are from those of whole weights. */
export const LOWER_TRUNCATION = 0.4;
/**
 * How far, in steps from the lower power to the other: right for weights whose tails have index 0.7, beyond
 * which importance sampling is not believed (Vehtari et al. 2024), and too much for lighter ones. Where no
 * weight is truncated there is no step.
 */
export const BEYOND_TRUNCATION = 0.75;

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
