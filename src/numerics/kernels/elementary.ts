import { SLICE, wasmKernels } from './wasmKernels.js';

/**
 * Elementwise functions over arrays, two doubles at a time. Largest error against 40-digit values, in units
 * of the last place, over the whole range (test/numerics/elementary.test.ts):
 *
 * | erf | erfDerivative | exp | tanh | asin | acos |
 * | --- | --- | --- | --- | --- | --- |
 * | 1.5 | 2 | 1.5 | 2 | 1 | 1 |
 *
 * NaN gives NaN; |x| > 1 gives NaN in asin and acos. exp flushes results below 2⁻¹⁰⁷⁴ to zero.
 */
export type ElementaryName = 'erf' | 'erfDerivative' | 'exp' | 'tanh' | 'asin' | 'acos';

/** out[i] = f(x[i]); `out` may be `x`. */
export function elementary(name: ElementaryName, x: Float64Array, out: Float64Array = x): Float64Array {
  const { exports, input, output } = wasmKernels();
  const apply = exports[name];
  const length = x.length;
  for (let start = 0; start < length; start += SLICE) {
    const count = Math.min(SLICE, length - start);
    const whole = start === 0 && count === length;
    input.values.set(whole ? x : x.subarray(start, start + count));
    // An odd count computes one stale entry more, which is never read.
    apply(input.pointer, output.pointer, count);
    if (count < 24) for (let i = 0; i < count; i++) out[start + i] = output.values[i];
    else out.set(count === SLICE ? output.values : output.values.subarray(0, count), start);
  }
  return out;
}
