import type { Matrix } from '../numerics/matrix.js';

/**
 * What the targets of a pair make of draws from the prior over its kernels: p(C|y) ∝ p(C) N(y|0, C + κ), one
 * factor an output.
 * @param kernels draws × 3: C_αα, C_αβ, C_ββ
 * @param targets 2×n
 * @returns weights that sum to 1
 */
export function posteriorWeights(
  { rows, data }: Matrix,
  targets: Matrix,
  noiseVariance: number,
): Float64Array {
  const n = targets.columns;
  const logs = Float64Array.from({ length: rows }, (_, s) => {
    const [a, c, b] = [data[3 * s] + noiseVariance, data[3 * s + 1], data[3 * s + 2] + noiseVariance];
    const determinant = a * b - c * c;
    let sum = -0.5 * n * Math.log(determinant);
    for (let k = 0; k < n; k++) {
      const [u, v] = [targets.data[k], targets.data[n + k]];
      sum -= (b * u * u - 2 * c * u * v + a * v * v) / (2 * determinant);
    }
    return sum;
  });
  const largest = logs.reduce((best, value) => Math.max(best, value));
  const weights = logs.map((value) => Math.exp(value - largest));
  const total = weights.reduce((sum, value) => sum + value, 0);
  return weights.map((value) => value / total);
}
