// Entry of the WebAssembly module: loops over arrays in its memory. The caller copies slices in and out.
import { correlation2lanes } from './correlation';
import { acos2lanes, asin2lanes, erf2lanes, erfDerivative2lanes, exp2lanes, tanh2lanes } from './elementary';

export { fillBits, fillNormals, fillUniforms, jump, loadState, storeState } from './normals';
export { multiplyPacked } from './product';
export { seriesRow } from './series';

// Arrays are padded to an even count by the caller.

export function erf(x: usize, out: usize, count: i32): void {
  const end = x + (<usize>count << 3);
  for (; x < end; x += 16, out += 16) v128.store(out, erf2lanes(v128.load(x)));
}

export function erfDerivative(x: usize, out: usize, count: i32): void {
  const end = x + (<usize>count << 3);
  for (; x < end; x += 16, out += 16) v128.store(out, erfDerivative2lanes(v128.load(x)));
}

export function exp(x: usize, out: usize, count: i32): void {
  const end = x + (<usize>count << 3);
  for (; x < end; x += 16, out += 16) v128.store(out, exp2lanes(v128.load(x)));
}

export function tanh(x: usize, out: usize, count: i32): void {
  const end = x + (<usize>count << 3);
  for (; x < end; x += 16, out += 16) v128.store(out, tanh2lanes(v128.load(x)));
}

export function asin(x: usize, out: usize, count: i32): void {
  const end = x + (<usize>count << 3);
  for (; x < end; x += 16, out += 16) v128.store(out, asin2lanes(v128.load(x)));
}

export function acos(x: usize, out: usize, count: i32): void {
  const end = x + (<usize>count << 3);
  for (; x < end; x += 16, out += 16) v128.store(out, acos2lanes(v128.load(x)));
}

/**
 * out = linear c + weight σσ' [√(1−x²) + (π/2 + asin x) x] + shift with x = c/σσ': a row of the kernel of
 * functions with one kink, at the origin.
 */
export function angularRow(
  c: usize, sigma: usize, out: usize, count: i32, own: f64, linear: f64, weight: f64, shift: f64,
): void {
  const ones = f64x2.splat(1.0);
  const quarters = f64x2.splat(0.5 * Math.PI);
  const end = c + (<usize>count << 3);
  for (; c < end; c += 16, sigma += 16, out += 16) {
    const covariance = v128.load(c);
    const scale = f64x2.mul(f64x2.splat(own), v128.load(sigma));
    const x = correlation2lanes(covariance, scale);
    const sine = f64x2.sqrt(f64x2.mul(f64x2.sub(ones, x), f64x2.add(ones, x)));
    const angular = f64x2.add(sine, f64x2.mul(f64x2.add(quarters, asin2lanes(x)), x));
    const sum = f64x2.add(f64x2.mul(f64x2.splat(linear), covariance), f64x2.splat(shift));
    v128.store(out, f64x2.add(f64x2.mul(f64x2.mul(f64x2.splat(weight), scale), angular), sum));
  }
}

/**
 * out = factor [c (π/2 + asin s) + √(1−s²) q ownQ + s² r ownR/√(1−s²)] + shift with s = c r ownR: a row of the
 * kernel of GELU.
 */
export function geluRow(
  c: usize, r: usize, q: usize, out: usize, count: i32, ownR: f64, ownQ: f64, factor: f64, shift: f64,
): void {
  const ones = f64x2.splat(1.0);
  const quarters = f64x2.splat(0.5 * Math.PI);
  const end = c + (<usize>count << 3);
  for (; c < end; c += 16, r += 16, q += 16, out += 16) {
    const covariance = v128.load(c);
    const roots = f64x2.mul(f64x2.splat(ownR), v128.load(r));
    const s = f64x2.mul(covariance, roots);
    const cosine = f64x2.sqrt(f64x2.mul(f64x2.sub(ones, s), f64x2.add(ones, s)));
    const angular = f64x2.mul(covariance, f64x2.add(quarters, asin2lanes(s)));
    const smooth = f64x2.mul(cosine, f64x2.mul(f64x2.splat(ownQ), v128.load(q)));
    const rest = f64x2.div(f64x2.mul(f64x2.mul(s, s), roots), cosine);
    const sum = f64x2.add(angular, f64x2.add(smooth, rest));
    v128.store(out, f64x2.add(f64x2.mul(f64x2.splat(factor), sum), f64x2.splat(shift)));
  }
}

/** out = factor asin(scale c r) + shift, entry by entry: a row of the arcsine kernel. */
export function arcsineRow(
  c: usize, r: usize, out: usize, count: i32, scale: f64, factor: f64, shift: f64,
): void {
  const scales = f64x2.splat(scale);
  const factors = f64x2.splat(factor);
  const shifts = f64x2.splat(shift);
  const end = c + (<usize>count << 3);
  for (; c < end; c += 16, r += 16, out += 16) {
    const u = f64x2.mul(f64x2.mul(scales, v128.load(c)), v128.load(r));
    v128.store(out, f64x2.add(f64x2.mul(factors, asin2lanes(u)), shifts));
  }
}
