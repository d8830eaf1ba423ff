/** Terms beyond this fraction e^−DIGITS of the largest are left out. */
const DIGITS = 41;
/** Γ's argument is raised to this before Stirling's series, which then is exact to rounding. */
const LARGE = 12;
/** Nodes that one density may take; only products of very narrow layers far below their mean come near. */
const MOST_NODES = 200_000;

/** Σ B_2k/(2k(2k−1) z^{2k−1}): ln Γ(z) − [(z − ½) ln z − z + ½ ln 2π] for Re z ≥ 12, to rounding. */
function stirlingRest(re: number, im: number): [number, number] {
  const norm = re * re + im * im;
  const [x, y] = [re / norm, -im / norm];
  const [x2, y2] = [x * x - y * y, 2 * x * y];
  let [a, b] = [0, 0];
  for (const coefficient of STIRLING) [a, b] = [coefficient + x2 * a - y2 * b, x2 * b + y2 * a];
  return [x * a - y * b, x * b + y * a];
}
const STIRLING = [-691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12];

/** ln(1 + z): modulus and argument. */
function log1p(re: number, im: number): [number, number] {
  const square = re * (2 + re) + im * im;
  return [
    Math.abs(square) < 0.5 ? 0.5 * Math.log1p(square) : Math.log(Math.hypot(1 + re, im)),
    Math.atan2(im, 1 + re),
  ];
}

/**
 * ln E[Gᶻ] of G ~ Gamma(n, rate n): ln Γ(n+z) − ln Γ(n) − z ln n, without the cancellation of its terms; Re
 * z > −n.
 */
function logMoment(n: number, re: number, im: number): [number, number] {
  const shift = Math.max(0, Math.ceil(LARGE - Math.min(n, n + re)));
  const large = n + shift;
  const [l, phase] = log1p(re / large, im / large);
  const power = large + re - 0.5;
  const [upRe, upIm] = stirlingRest(large + re, im);
  let a = power * l - im * phase - re + upRe - stirlingRest(large, 0)[0] + re * Math.log1p(shift / n);
  let b = power * phase + im * l - im + upIm + im * Math.log1p(shift / n);
  for (let j = 0; j < shift; j++) {
    const [c, d] = log1p(re / (n + j), im / (n + j));
    a -= c;
    b -= d;
  }
  return [a, b];
}

/**
 * ψ(n + c) − ln n, ψ'(n + c) and ψ''(n + c): mean, variance and third cumulant of ln G under the tilt Gᶜ; the
 * last to a per cent.
 */
function tiltedCumulants(n: number, c: number): [number, number, number] {
  let z = n + c;
  let [mean, variance, third] = [0, 0, 0];
  for (; z < LARGE; z++) {
    mean -= 1 / z;
    variance += 1 / (z * z);
    third -= 2 / (z * z * z);
  }
  const w = 1 / (z * z);
  mean += -0.5 / z - w * (1 / 12 - w * (1 / 120 - w * (1 / 252 - w * (1 / 240 - w / 132))));
  variance += 1 / z + 0.5 * w + (w / z) * (1 / 6 - w * (1 / 30 - w * (1 / 42 - w * (1 / 30 - (w * 5) / 66))));
  const ratio = (z - n) / n;
  return [mean + (Math.abs(ratio) < 0.5 ? Math.log1p(ratio) : Math.log(z / n)), variance, third - w - w / z];
}

/**
 * A place on the real axis of the transform: the tilt Q^c, a = c + min n > 0, under which ln Q has mean x and
 * a variance.
 */
export interface Tilt {
  readonly a: number;
  readonly c: number;
  readonly x: number;
  readonly variance: number;
  /** ln of the density of ln Q at x by the saddle alone, good to a few per cent over √N */
  readonly roughLogDensity: number;
}

export interface DensityAt {
  /** ln of the density of ln Q */
  readonly logDensity: number;
  /** below[l − 1] = E[Q_1 ⋯ Q_{l−1} | Q], l = 1 … L + 1: one at first, Q at last */
  readonly below: Float64Array;
  /** above[l] = E[Q_{l+1} ⋯ Q_L | Q], l = 0 … L: Q at first, one at last */
  readonly above: Float64Array;
}

/**
 * The distribution of Q = ∏Q_l, independent Q_l ~ Gamma(N_l/2, rate N_l/2): squared lengths of random
 * directions carried through L layers. Its Mellin transform is known, M(s) = E[Qˢ] = ∏ Γ(n_l+s)/(Γ(n_l)
 * n_lˢ), n_l = N_l/2, and so is that of products reweighed by a factor, E[Q_k Qˢ] = (1 + s/n_k) M(s). The
 * densities are inverse transforms along a parabola close to the path of steepest descent from the saddle,
 * where the integrand neither oscillates nor cancels: they have relative errors of rounding however far in a
 * tail, for any number of layers (trapezoidal sums of analytic functions converge geometrically; Trefethen
 * and Weideman 2014).
 */
export class GammaProduct {
  private readonly groups: readonly (readonly [n: number, times: number])[];
  private readonly least: number;

  /** @param widths N_1 … N_L, positive */
  constructor(private readonly widths: readonly number[]) {
    const counts = new Map<number, number>();
    for (const width of widths) counts.set(width / 2, (counts.get(width / 2) ?? 0) + 1);
    this.groups = [...counts];
    this.least = Math.min(...counts.keys());
  }

  private cumulants(c: number): [number, number, number] {
    let [mean, variance, third] = [0, 0, 0];
    for (const [n, times] of this.groups) {
      const [m, v, t] = tiltedCumulants(n, c);
      mean += times * m;
      variance += times * v;
      third += times * t;
    }
    return [mean, variance, third];
  }

  private logTransform(re: number, im: number): [number, number] {
    let [a, b] = [0, 0];
    for (const [n, times] of this.groups) {
      const [x, y] = logMoment(n, re, im);
      a += times * x;
      b += times * y;
    }
    return [a, b];
  }

  /** @param a distance of the line from the first pole of the transform, positive */
  tilt(a: number): Tilt {
    const c = a - this.least;
    const [x, variance] = this.cumulants(c);
    const roughLogDensity = this.logTransform(c, 0)[0] - c * x - 0.5 * Math.log(2 * Math.PI * variance);
    return { a, c, x, variance, roughLogDensity };
  }

  /** The line through the saddle, where the mean of ln Q is x; any one near it would do. */
  private saddle(x: number): number {
    let [low, high] = [-60, 60];
    for (let k = 0; k < 56; k++) {
      const middle = 0.5 * (low + high);
      if (this.cumulants(Math.exp(middle) - this.least)[0] < x) low = middle;
      else high = middle;
    }
    return Math.exp(0.5 * (low + high));
  }

  /** The density of x = ln Q and the conditional means of partial products. */
  at(x: number): DensityAt {
    const layers = this.widths.length;
    if (layers === 1) {
      const q = Math.exp(x);
      return {
        logDensity: logGammaDensity(x, this.least),
        below: Float64Array.of(1, q),
        above: Float64Array.of(q, 1),
      };
    }
    const a = this.saddle(x);
    const c = a - this.least;
    const [, variance, third] = this.cumulants(c);
    // Where |M(s) e^−sx| falls fastest: s = c + it − bt² to second order.
    const bend = -third / (6 * variance);
    const step = (2 * Math.PI) / (10 * Math.sqrt(variance) + 38 / a);
    const [top] = this.logTransform(c, 0);
    const products = new PartialProducts(this.widths, c);
    let mass = 0;
    for (let k = 0; k < MOST_NODES; k++) {
      const t = k * step;
      const real = c - bend * t * t;
      const [re, im] = this.logTransform(real, t);
      const logSize = re - top + bend * t * t * x;
      const size = (k === 0 ? 1 : 2) * Math.exp(logSize);
      const angle = im - t * x;
      // ds/(i dt) = 1 + 2ibt
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      const z = [size * (cos - 2 * bend * t * sin), size * (sin + 2 * bend * t * cos)] as const;
      mass += z[0];
      if (logSize + products.add(real, t, z) < -DIGITS) break;
    }
    const { below, above } = products;
    for (let l = 0; l <= layers; l++) {
      below[l] /= mass;
      above[l] /= mass;
    }
    below[layers] = Math.exp(x);
    above[0] = Math.exp(x);
    return { logDensity: top - c * x + Math.log((mass * step) / (2 * Math.PI)), below, above };
  }
}

/** Sums of Re[z ∏_{k<l}(1+s/n_k)] and Re[z ∏_{k>l}(1+s/n_k)] over nodes s. */
class PartialProducts {
  readonly below: Float64Array;
  readonly above: Float64Array;

  constructor(
    private readonly widths: readonly number[],
    private readonly c: number,
  ) {
    this.below = new Float64Array(widths.length + 1);
    this.above = new Float64Array(widths.length + 1);
  }

  /** Adds a node; the logarithm of how much the largest product has grown since s = c. */
  add(re: number, im: number, [zRe, zIm]: readonly [number, number]): number {
    const { widths, c, below, above } = this;
    const last = widths.length;
    let [a, b, d, e] = [zRe, zIm, zRe, zIm];
    let growth = 0;
    for (let k = 0; k < last; k++) {
      const [n, m] = [0.5 * widths[k], 0.5 * widths[last - 1 - k]];
      below[k] += a;
      above[last - k] += d;
      [a, b] = [(a * (n + re) - b * im) / n, (b * (n + re) + a * im) / n];
      [d, e] = [(d * (m + re) - e * im) / m, (e * (m + re) + d * im) / m];
      growth += Math.max(0, Math.log(Math.hypot(n + re, im) / (n + c)));
    }
    return growth;
  }
}

/**
 * ln of the density of x = ln G, G ~ Gamma(n, rate n): n ln n − ln Γ(n) + n(x − eˣ) without the cancellation
 * of its terms.
 */
export function logGammaDensity(x: number, n: number): number {
  const norm =
    n < LARGE ? n * Math.log(n) - n - logGamma(n) : 0.5 * Math.log(n / (2 * Math.PI)) - stirlingRest(n, 0)[0];
  return norm - n * (Math.expm1(x) - x);
}

/** ln Γ(z) for z > 0. */
export function logGamma(z: number): number {
  let [large, shift] = [z, 0];
  for (; large < LARGE; large++) shift -= Math.log(large);
  return (
    shift + (large - 0.5) * Math.log(large) - large + 0.5 * Math.log(2 * Math.PI) + stirlingRest(large, 0)[0]
  );
}
