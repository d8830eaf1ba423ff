/**
 * Density of values by bins.
 * @param values of draws
 * @param weights of draws
 * @returns left edges and heights
 */
export function histogram(values, weights, from, to, bins) {
  const heights = new Float64Array(bins);
  let total = 0;
  values.forEach((value, k) => {
    const weight = weights[k];
    total += weight;
    const bin = Math.floor(((value - from) / (to - from)) * bins);
    if (bin >= 0 && bin < bins) heights[bin] += weight;
  });
  const step = (to - from) / bins;
  return Array.from(heights, (height, k) => [from + k * step, height / (total * step)]);
}
