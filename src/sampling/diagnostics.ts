import { elementary } from '../numerics/kernels/elementary.js';

/** How far several chains can be trusted about one quantity. */
export interface Diagnosis {
  readonly mean: number;
  /** over all draws, unbiased */
  readonly deviation: number;
  /** Monte Carlo standard error of the mean */
  readonly error: number;
  /**
   * rank-normalised split R̂, of location and of spread the larger: near 1 when chains agree; infinite when
   * none moves and they stand apart
   */
  readonly rhat: number;
  /** effective draws for the bulk of the distribution */
  readonly bulk: number;
  /** effective draws for the 5 % and the 95 % quantile, the smaller */
  readonly tail: number;
}

/** Variance within chains, relative to that between them, that rounding leaves of none. */
const MOTIONLESS = 1e-24;

/** R̂ for people. */
export const readableRhat = (rhat: number): string =>
  rhat < 1e3 ? rhat.toFixed(3) : rhat < 1e6 ? rhat.toPrecision(3) : '∞';

type Chains = readonly Float64Array[];

/**
 * Diagnostics of Vehtari, Gelman, Simpson, Carpenter and Bürkner (2021), as ArviZ computes them.
 * @param chains draws of one quantity, all of the same length, at least four
 */
export function diagnose(chains: Chains): Diagnosis {
  const draws = chains.length * chains[0].length;
  const all = pooled(chains);
  const mean = all[0] + all.reduce((sum, value) => sum + (value - all[0]) / draws, 0);
  const deviation = Math.sqrt(
    all.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (draws - 1),
  );
  if (!(deviation > 1e-14 * Math.abs(mean)))
    return { mean, deviation: 0, error: 0, rhat: 1, bulk: draws, tail: draws };
  const sorted = all.toSorted();
  const halves = split(chains);
  const ranks = normalScores(halves);
  const median = quantile(pooled(halves).sort(), 0.5);
  const folded = normalScores(halves.map((chain) => chain.map((value) => Math.abs(value - median))));
  const below = (q: number) =>
    effectiveDraws(split(chains.map((chain) => chain.map((value) => (value <= q ? 1 : 0)))));
  return {
    mean,
    deviation,
    error: deviation / Math.sqrt(effectiveDraws(halves)),
    rhat: Math.max(potentialScaleReduction(ranks), potentialScaleReduction(folded)),
    bulk: effectiveDraws(ranks),
    tail: Math.min(below(quantile(sorted, 0.05)), below(quantile(sorted, 0.95))),
  };
}

function pooled(chains: Chains): Float64Array {
  const all = new Float64Array(chains.length * chains[0].length);
  chains.forEach((chain, k) => {
    all.set(chain, k * chain.length);
  });
  return all;
}

/** First and last half of every chain; the middle draw of an odd number is left out. */
function split(chains: Chains): Float64Array[] {
  const half = Math.floor(chains[0].length / 2);
  return chains.flatMap((chain) => [chain.slice(0, half), chain.slice(chain.length - half)]);
}

/** Linear interpolation between order statistics. */
function quantile(sorted: Float64Array, q: number): number {
  const at = q * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}

/** Φ⁻¹((r − 3/8)/(S + 1/4)), r the rank of a draw among all S, ties averaged (Blom 1958). */
function normalScores(chains: Chains): Float64Array[] {
  const all = pooled(chains);
  const order = Int32Array.from(all, (_, i) => i).sort((a, b) => all[a] - all[b]);
  const scores = new Float64Array(all.length);
  for (let from = 0; from < order.length; ) {
    let to = from + 1;
    while (to < order.length && all[order[to]] === all[order[from]]) to++;
    const score = normalQuantile((0.5 * (from + 1 + to) - 0.375) / (all.length + 0.25));
    for (let i = from; i < to; i++) scores[order[i]] = score;
    from = to;
  }
  const length = chains[0].length;
  return chains.map((_, k) => scores.slice(k * length, (k + 1) * length));
}

/** Φ⁻¹(p) by Newton's method from the leading behaviour. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  // Φ(z) ≈ e^{−z²/2}/(…) far out, and nearly linear in the middle.
  const t = Math.sqrt(-2 * Math.log(p));
  let z = -(
    t -
    (2.515517 + 0.802853 * t + 0.010328 * t * t) /
      (1 + 1.432788 * t + 0.189269 * t * t + 0.001308 * t * t * t)
  );
  const x = new Float64Array(2);
  for (let k = 0; k < 4; k++) {
    x[0] = z / Math.SQRT2;
    const cumulative = 0.5 * (1 + elementary('erf', x)[0]);
    z -= (cumulative - p) / (Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI));
  }
  return z;
}

const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
};

function varianceOf(values: ArrayLike<number>): number {
  const mean = meanOf(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - mean) * (values[i] - mean);
  return sum / (values.length - 1);
}

/** √(V̂/W) (Gelman and Rubin 1992). */
function potentialScaleReduction(chains: Chains): number {
  const n = chains[0].length;
  const between = chains.length > 1 ? n * varianceOf(chains.map(meanOf)) : 0;
  const within = meanOf(chains.map(varianceOf));
  // Chains that do not move, up to rounding: apart for ever, or all in one place.
  if (!(within > MOTIONLESS * between)) return between > 0 ? Number.POSITIVE_INFINITY : 1;
  return Math.sqrt((between / within + n - 1) / n);
}

/** Mean over chains of the autocovariance at one lag, normalised by the number of draws. */
function autocovariance(chains: Chains, means: readonly number[], lag: number): number {
  let total = 0;
  chains.forEach((chain, k) => {
    let sum = 0;
    for (let i = lag; i < chain.length; i++) sum += (chain[i] - means[k]) * (chain[i - lag] - means[k]);
    total += sum / chain.length;
  });
  return total / chains.length;
}

/** Draws divided by the autocorrelation time, by Geyer's (1992) initial monotone sequence over all chains. */
export function effectiveDraws(chains: Chains): number {
  const n = chains[0].length;
  const draws = n * chains.length;
  const means = chains.map(meanOf);
  const within = (autocovariance(chains, means, 0) * n) / (n - 1);
  const total = (within * (n - 1)) / n + (chains.length > 1 ? varianceOf(means) : 0);
  if (!(total > 0)) return draws;
  const rho = (lag: number) => 1 - (within - autocovariance(chains, means, lag)) / total;
  const sequence = [1, rho(1)];
  let [even, odd] = [1, sequence[1]];
  let t = 1;
  for (; t < n - 3 && even + odd > 0; t += 2) {
    [even, odd] = [rho(t + 1), rho(t + 2)];
    if (even + odd < 0) continue;
    sequence[t + 1] = even;
    sequence[t + 2] = odd;
  }
  const last = t - 2;
  if (even > 0) sequence[last + 1] = even;
  for (let k = 1; k <= last - 2; k += 2) {
    if (sequence[k + 1] + sequence[k + 2] <= sequence[k - 1] + sequence[k]) continue;
    sequence[k + 1] = sequence[k + 2] = 0.5 * (sequence[k - 1] + sequence[k]);
  }
  let time = -1;
  for (let k = 0; k <= last; k++) time += 2 * (sequence[k] ?? 0);
  time += sequence[last + 1] ?? 0;
  return draws / Math.max(time, 1 / Math.log10(draws));
}
