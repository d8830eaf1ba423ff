/**
 * Correlations that differ less from ±1 do so by rounding alone, which functions with kinks would enlarge to
 * its root.
 */
const SAME = 1e-15;

/** c/√(ab) within [−1, 1]; 0 for a point without variance. */
export function correlation(c: number, scale: number): number {
  const rho = scale === 0 ? 0 : c / scale;
  return rho > 1 - SAME ? 1 : rho < SAME - 1 ? -1 : rho;
}
