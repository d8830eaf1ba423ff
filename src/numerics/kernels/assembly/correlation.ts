/** As in activations/pairs/correlation.ts. */
const SAME: f64 = 1e-15;

/** c/(σσ') within [−1, 1], two at a time; 0 for a point without variance. */
// @ts-ignore: decorator
@inline export function correlation2lanes(c: v128, scale: v128): v128 {
  const one = f64x2.splat(1.0);
  let rho = f64x2.div(c, scale);
  rho = v128.bitselect(one, rho, f64x2.gt(rho, f64x2.splat(1.0 - SAME)));
  rho = v128.bitselect(f64x2.neg(one), rho, f64x2.lt(rho, f64x2.splat(SAME - 1.0)));
  return v128.bitselect(f64x2.splat(0.0), rho, f64x2.eq(scale, f64x2.splat(0.0)));
}
