/**
 * Density of values by bins.
 * @param values of draws
 * @param weights of draws, or none for equal ones
 * @returns left edges and heights
 */
export function histogram(values, weights, from, to, bins) {
  const heights = new Float64Array(bins);
  let total = 0;
  values.forEach((value, k) => {
    const weight = weights ? weights[k] : 1;
    total += weight;
    const bin = Math.floor(((value - from) / (to - from)) * bins);
    if (bin >= 0 && bin < bins) heights[bin] += weight;
  });
  const step = (to - from) / bins;
  return Array.from(heights, (height, k) => [from + k * step, height / (total * step)]);
}

/** A histogram as the corners of its outline. */
export const outline = (bars, step) =>
  bars.flatMap(([x, height]) => [
    [x, height],
    [x + step, height],
  ]);
