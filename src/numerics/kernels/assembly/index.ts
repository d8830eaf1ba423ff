// Entry of the WebAssembly module: loops over arrays in its memory. The caller copies slices in and out.
import { acos2lanes, asin2lanes, erf2lanes, erfDerivative2lanes, exp2lanes, tanh2lanes } from './elementary';

export { fillBits, fillNormals, fillUniforms, jump, loadState, storeState } from './normals';
export { multiplyPacked } from './product';

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
