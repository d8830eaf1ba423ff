// Elementary functions on pairs of doubles (f64x2). Accuracy of each is stated in ../elementary.ts and tested
// against 40-digit values. WebAssembly without relaxed SIMD has no fused multiply-add: polynomials are
// arranged so that the last addition is the only rounding that matters.
import { ERF_TABLE } from './tables';

// @ts-ignore: decorator
@inline function c2(x: f64): v128 {
  return f64x2.splat(x);
}

/**
 * Entry k of a table, in both lanes. Coefficients are loaded, not written as constants: engines build a
 * vector constant anew in every turn of a loop, at the price of several instructions, while a broadcast load
 * is one.
 */
// @ts-ignore: decorator
@inline function at(table: StaticArray<f64>, k: usize): v128 {
  return v128.load_splat<f64>(changetype<usize>(table) + (k << 3));
}

// @ts-ignore: decorator
@inline function add(a: v128, b: v128): v128 {
  return f64x2.add(a, b);
}

// @ts-ignore: decorator
@inline function sub(a: v128, b: v128): v128 {
  return f64x2.sub(a, b);
}

// @ts-ignore: decorator
@inline function mul(a: v128, b: v128): v128 {
  return f64x2.mul(a, b);
}

// @ts-ignore: decorator
@inline function mad(a: v128, b: v128, c: v128): v128 {
  return f64x2.add(f64x2.mul(a, b), c);
}

// @ts-ignore: decorator
@inline function signOf(x: v128): v128 {
  return v128.and(x, f64x2.splat(-0.0));
}

/** 2^(n) for integers n, |n| < 1023, given as doubles. */
// @ts-ignore: decorator
@inline function powerOfTwo(n: v128): v128 {
  const k = i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(n));
  return i64x2.shl(i64x2.add(k, i64x2.splat(1023)), 52);
}

/** 1/13! … 1/2!, 1; then 1/ln 2, and ln 2 in two parts, the first with trailing zeros. */
const EXP: StaticArray<f64> = [
  1.0 / 6227020800.0, 1.0 / 479001600.0, 1.0 / 39916800.0, 1.0 / 3628800.0,
  1.0 / 362880.0, 1.0 / 40320.0, 1.0 / 5040.0,
  1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0,
  1.4426950408889634, 6.93147180369123816490e-1, 1.90821492927058770002e-10,
];

/** e^x: x = n ln 2 + r, |r| ≤ ln 2 / 2, Taylor polynomial of degree 13 in r. */
// @ts-ignore: decorator
@inline export function exp2lanes(argument: v128): v128 {
  const x = f64x2.max(f64x2.min(argument, c2(710.0)), c2(-746.0));
  const n = f64x2.nearest(mul(x, at(EXP, 13)));
  const r = sub(sub(x, mul(n, at(EXP, 14))), mul(n, at(EXP, 15)));
  let p = at(EXP, 0);
  p = mad(p, r, at(EXP, 1));
  p = mad(p, r, at(EXP, 2));
  p = mad(p, r, at(EXP, 3));
  p = mad(p, r, at(EXP, 4));
  p = mad(p, r, at(EXP, 5));
  p = mad(p, r, at(EXP, 6));
  p = mad(p, r, at(EXP, 7));
  p = mad(p, r, at(EXP, 8));
  p = mad(p, r, at(EXP, 9));
  p = mad(p, r, at(EXP, 10));
  p = mad(p, r, at(EXP, 11));
  const e = add(at(EXP, 12), add(r, mul(mul(r, r), p)));
  // Two factors, so that results near the ends of the exponent range neither overflow nor flush too early.
  const half = f64x2.floor(mul(n, c2(0.5)));
  return mul(mul(e, powerOfTwo(half)), powerOfTwo(sub(n, half)));
}

/**
 * Where erf is 1, nodes a unit and their distance; then the factors of q_n, and 1/7 … 1/2 of the integrated
 * series.
 */
const ERF: StaticArray<f64> = [
  6.0, 64.0, 0.015625,
  -2.0, -1.0, -2.0 / 3.0, -0.5, -0.4, -1.0 / 3.0,
  1.0 / 7.0, 1.0 / 6.0, 0.2, 0.25, 1.0 / 3.0, 0.5,
];

/**
 * erf x for |x| = x0 + d, x0 = k/64 the nearest node: Taylor series of degree 7 in d, whose coefficients
 * follow from y = erf', y' = −2xy by (n+1) y_{n+1} = −2 (x0 y_n + y_{n−1}).
 */
// @ts-ignore: decorator
@inline export function erf2lanes(argument: v128): v128 {
  const magnitude = f64x2.pmin(at(ERF, 0), f64x2.abs(argument));
  const k = f64x2.nearest(mul(magnitude, at(ERF, 1)));
  const x0 = mul(k, at(ERF, 2));
  const d = sub(magnitude, x0);
  const index = i32x4.trunc_sat_f64x2_s_zero(k);
  const table = changetype<usize>(ERF_TABLE);
  const first = v128.load(table + (<usize>i32x4.extract_lane(index, 0) << 4));
  const second = v128.load(table + (<usize>i32x4.extract_lane(index, 1) << 4));
  const value = v128.shuffle<f64>(first, second, 0, 2);
  const slope = v128.shuffle<f64>(first, second, 1, 3);
  const q1 = mul(x0, at(ERF, 3));
  const q2 = sub(at(ERF, 4), mul(x0, q1));
  const q3 = mul(mad(x0, q2, q1), at(ERF, 5));
  const q4 = mul(mad(x0, q3, q2), at(ERF, 6));
  const q5 = mul(mad(x0, q4, q3), at(ERF, 7));
  const q6 = mul(mad(x0, q5, q4), at(ERF, 8));
  let p = mul(q6, at(ERF, 9));
  p = mad(p, d, mul(q5, at(ERF, 10)));
  p = mad(p, d, mul(q4, at(ERF, 11)));
  p = mad(p, d, mul(q3, at(ERF, 12)));
  p = mad(p, d, mul(q2, at(ERF, 13)));
  p = mad(p, d, mul(q1, at(ERF, 14)));
  const step = mul(slope, d);
  const result = add(value, add(step, mul(mul(step, d), p)));
  const nan = f64x2.ne(argument, argument);
  return v128.bitselect(argument, v128.or(result, signOf(argument)), nan);
}

/**
 * erf' x = (2/√π) e^{−x²}; x² is carried in two doubles, since its rounding error would be magnified x²
 * times.
 */
// @ts-ignore: decorator
@inline export function erfDerivative2lanes(x: v128): v128 {
  const square = mul(x, x);
  const high = v128.and(x, i64x2.splat(<i64>0xfffffffff8000000));
  const low = sub(x, high);
  const rest = mad(low, low, add(sub(mul(high, high), square), mul(mul(c2(2.0), high), low)));
  const e = exp2lanes(f64x2.neg(square));
  const corrected = sub(e, mul(e, rest));
  // Where the square overflows or the exponential vanishes the correction is meaningless (∞ − ∞).
  const finite = f64x2.lt(square, c2(745.0));
  const scaled = mul(v128.bitselect(corrected, c2(0.0), finite), c2(1.1283791670955126));
  return v128.bitselect(x, scaled, f64x2.ne(x, x));
}

/** Numerator and denominator of the rational approximation below. */
const TANH: StaticArray<f64> = [
  -9.64399179425052238628e-1, -9.92877231001918586564e1, -1.61468768441708447952e3,
  1.12811678491632931402e2, 2.23548839060100448583e3, 4.84406305325125486048e3,
];

/**
 * tanh x: rational approximation of (tanh x − x)/x³ for |x| < 0.625 (Cody and Waite 1980), else 1 −
 * 2/(e^{2x}+1).
 */
// @ts-ignore: decorator
@inline export function tanh2lanes(argument: v128): v128 {
  const x = f64x2.abs(argument);
  const z = mul(x, x);
  let p = at(TANH, 0);
  p = mad(p, z, at(TANH, 1));
  p = mad(p, z, at(TANH, 2));
  let q = add(z, at(TANH, 3));
  q = mad(q, z, at(TANH, 4));
  q = mad(q, z, at(TANH, 5));
  const small = add(x, mul(mul(x, z), f64x2.div(p, q)));
  const e = exp2lanes(add(x, x));
  const large = sub(c2(1.0), f64x2.div(c2(2.0), add(e, c2(1.0))));
  const result = v128.bitselect(small, large, f64x2.lt(x, c2(0.625)));
  return v128.or(v128.bitselect(x, result, f64x2.ne(x, x)), signOf(argument));
}

/** Numerator and denominator of the rational function below. */
const ASIN: StaticArray<f64> = [
  3.47933107596021167570e-5, 7.91534994289814532176e-4, -4.00555345006794114027e-2, 2.01212532134862925881e-1,
  -3.25565818622400915405e-1, 1.66666666666666657415e-1,
  7.70381505559019352791e-2, -6.88283971605453293030e-1, 2.02094576023350569471, -2.40339491173441421878, 1.0,
];

/**
 * (asin s − s)/s as a rational function of t = s², |s| ≤ ½ (the minimax approximation of fdlibm's e_asin).
 */
// @ts-ignore: decorator
@inline function asinRemainder(t: v128): v128 {
  let p = at(ASIN, 0);
  p = mad(p, t, at(ASIN, 1));
  p = mad(p, t, at(ASIN, 2));
  p = mad(p, t, at(ASIN, 3));
  p = mad(p, t, at(ASIN, 4));
  p = mul(mad(p, t, at(ASIN, 5)), t);
  let q = at(ASIN, 6);
  q = mad(q, t, at(ASIN, 7));
  q = mad(q, t, at(ASIN, 8));
  q = mad(q, t, at(ASIN, 9));
  return f64x2.div(p, mad(q, t, at(ASIN, 10)));
}

const HALF_PI: f64 = 1.57079632679489655800;
const HALF_PI_LOW: f64 = 6.12323399573676603587e-17;

// The square root of t is split, s = w + c, so that π/2 − 2s is formed without losing the last bits.
// @ts-ignore: decorator
@inline function rootHigh(s: v128): v128 {
  return v128.and(s, i64x2.splat(<i64>0xffffffff00000000));
}

// @ts-ignore: decorator
@inline function rootLow(t: v128, s: v128, w: v128): v128 {
  return f64x2.div(sub(t, mul(w, w)), f64x2.max(add(s, w), c2(1e-300)));
}

/**
 * ((asin s − s)/s)/s² in powers of s², lowest first: the Chebyshev fit on |s| ≤ ¼, where it errs by 6e-18 of
 * asin s.
 */
const ASIN_NEAR: StaticArray<f64> = [
  0.16666666666666658, 0.0750000000001768875, 0.0446428570835504177, 0.0303819520040953899,
  0.0223716872160263474,
  0.0173686867756920637, 0.0136697981470607157, 0.0143377619215329076,
];

/** (asin s − s)/s as a polynomial of t = s², |s| ≤ ¼, its halves and quarters formed side by side. */
// @ts-ignore: decorator
@inline function asinNear(t: v128): v128 {
  const t2 = mul(t, t);
  const a = mad(at(ASIN_NEAR, 1), t, at(ASIN_NEAR, 0));
  const b = mad(at(ASIN_NEAR, 3), t, at(ASIN_NEAR, 2));
  const c = mad(at(ASIN_NEAR, 5), t, at(ASIN_NEAR, 4));
  const d = mad(at(ASIN_NEAR, 7), t, at(ASIN_NEAR, 6));
  return mul(t, mad(mad(d, t2, c), mul(t2, t2), mad(b, t2, a)));
}

// @ts-ignore: decorator
@inline export function asin2lanes(argument: v128): v128 {
  const x = f64x2.abs(argument);
  const square = mul(x, x);
  // Correlations between different points are mostly small: then no root and at most one division is needed.
  // Each lane gets the formula of its own argument whatever stands in the other one, which may be a neighbour
  // or left over from an earlier call.
  const near = f64x2.lt(x, c2(0.25));
  const nearby = add(argument, mul(argument, asinNear(square)));
  if (i64x2.all_true(near)) return nearby;
  const inner = f64x2.lt(x, c2(0.5));
  if (i64x2.all_true(inner)) {
    return v128.bitselect(nearby, add(argument, mul(argument, asinRemainder(square))), near);
  }
  const t = v128.bitselect(square, mul(sub(c2(1.0), x), c2(0.5)), inner);
  const r = asinRemainder(t);
  const s = f64x2.sqrt(t);
  const w = rootHigh(s);
  const c = rootLow(t, s, w);
  const p = sub(mul(mul(c2(2.0), s), r), sub(c2(HALF_PI_LOW), mul(c2(2.0), c)));
  const q = sub(c2(0.5 * HALF_PI), mul(c2(2.0), w));
  const outer = sub(c2(0.5 * HALF_PI), sub(p, q));
  const result = v128.bitselect(add(x, mul(x, r)), outer, inner);
  return v128.bitselect(nearby, v128.xor(result, signOf(argument)), near);
}

// @ts-ignore: decorator
@inline export function acos2lanes(x: v128): v128 {
  const magnitude = f64x2.abs(x);
  const inner = f64x2.lt(magnitude, c2(0.5));
  const t = v128.bitselect(mul(x, x), mul(sub(c2(1.0), magnitude), c2(0.5)), inner);
  const r = asinRemainder(t);
  const s = f64x2.sqrt(t);
  const w = rootHigh(s);
  const c = rootLow(t, s, w);
  const middle = sub(c2(HALF_PI), sub(x, sub(c2(HALF_PI_LOW), mul(x, r))));
  const right = mul(c2(2.0), add(w, add(mul(r, s), c)));
  const left = sub(c2(2.0 * HALF_PI), mul(c2(2.0), add(s, sub(mul(r, s), c2(HALF_PI_LOW)))));
  const outer = v128.bitselect(right, left, f64x2.gt(x, c2(0.0)));
  return v128.bitselect(middle, outer, inner);
}
