/** What a logistic function is on average under a normal distribution. */
export interface LogisticMoments {
  /** ln Z, Z = ⟨σ(f)⟩ for f ~ N(mean, variance) */
  readonly logNormaliser: number;
  /** mean and variance of f weighted by σ(f), as z = (f − mean)/√variance */
  readonly shift: number;
  readonly spread: number;
}

/** Half the range of z, and the distance of nodes where σ is smoother than the normal density. */
const RANGE = 9;
const STEP = 0.5;

/** ln σ(f) = −ln(1 + e^−f) */
export const logSigmoid = (f: number): number =>
  f > 0 ? -Math.log1p(Math.exp(-f)) : f - Math.log1p(Math.exp(f));

/**
 * Z, and the first two moments of σ(f) N(f | mean, variance)/Z, by the trapezoidal rule, which converges
 * exponentially: the poles of σ are π/√variance from the axis, and steps of ½/√variance leave exp(−4π²),
 * 1e-17.
 */
export function logisticMoments(mean: number, variance: number): LogisticMoments {
  const deviation = Math.sqrt(Math.max(0, variance));
  const step = Math.min(STEP, STEP / deviation);
  // Where σ decays like e^f the weight moves up, as far as f is negative.
  const peak = mean < 0 && deviation > 0 ? Math.min(deviation, -mean / deviation) : 0;
  const count = Math.ceil((2 * RANGE + peak) / step);
  let [top, total, first, second] = [Number.NEGATIVE_INFINITY, 0, 0, 0];
  for (let k = 0; k <= count; k++) {
    const z = k * step - RANGE;
    const exponent = logSigmoid(mean + deviation * z) - 0.5 * z * z;
    if (exponent > top) {
      const factor = Math.exp(top - exponent);
      [total, first, second, top] = [total * factor, first * factor, second * factor, exponent];
    }
    const weight = Math.exp(exponent - top);
    total += weight;
    first += weight * z;
    second += weight * z * z;
  }
  const shift = first / total;
  return {
    logNormaliser: top + Math.log((total * step) / Math.sqrt(2 * Math.PI)),
    shift,
    spread: second / total - shift * shift,
  };
}
