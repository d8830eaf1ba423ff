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
