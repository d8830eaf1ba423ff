// Tables that the SIMD kernels look up, computed in 256-bit fixed point (erf) or to rounding (ziggurat).
// Nothing here is measured or copied: every entry follows from its definition.

const BITS = 256n;
const ONE = 1n << BITS;

const multiply = (a, b) => (a * b) >> BITS;
const divide = (a, b) => (a << BITS) / b;

function toNumber(fixed) {
  // Keep 64 significant bits, let Number() round once.
  const negative = fixed < 0n;
  let magnitude = negative ? -fixed : fixed;
  let exponent = -Number(BITS);
  const length = magnitude.toString(2).length;
  if (length > 1000) throw new RangeError('fixed-point value out of range');
  if (length > 64) {
    const shift = BigInt(length - 64);
    const sticky = magnitude & ((1n << shift) - 1n) ? 1n : 0n;
    magnitude = (magnitude >> shift) | sticky;
    exponent += length - 64;
  }
  const value = Number(magnitude) * 2 ** exponent;
  return negative ? -value : value;
}

function exponential(x) {
  let term = ONE;
  let sum = ONE;
  for (let n = 1n; term !== 0n; n++) {
    term = multiply(term, x) / n;
    sum += term;
  }
  return sum;
}

function arctanInverse(q) {
  let power = ONE / q;
  let sum = power;
  for (let n = 3n, sign = -1n; power !== 0n; n += 2n, sign = -sign) {
    power /= q * q;
    sum += (sign * power) / n;
  }
  return sum;
}

function squareRoot(x) {
  const target = x << BITS;
  let root = 1n << (BITS / 2n + BITS / 2n + 2n);
  for (;;) {
    const next = (root + target / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

const PI = 4n * (4n * arctanInverse(5n) - arctanInverse(239n));
const TWO_OVER_SQRT_PI = divide(2n * ONE, squareRoot(PI));

/** Pairs [erf(k/64), erf'(k/64)] for k = 0..384, from erf x = (2/√π) e^{-x²} Σ 2ⁿ x^{2n+1}/(2n+1)!!. */
export function erfTable() {
  const table = [];
  for (let k = 0n; k <= 384n; k++) {
    const x = (k << BITS) / 64n;
    const square = multiply(x, x);
    const derivative = multiply(TWO_OVER_SQRT_PI, divide(ONE, exponential(square)));
    let term = x;
    let sum = x;
    for (let n = 3n; term !== 0n; n += 2n) {
      term = (multiply(term, square) * 2n) / n;
      sum += term;
    }
    table.push(toNumber(multiply(derivative, sum)), toNumber(derivative));
  }
  return table;
}

const density = (x) => Math.exp(-0.5 * x * x);

/** ∫_r^∞ e^{-x²/2} dx by its continued fraction, for r > 2. */
function tailArea(r) {
  let fraction = r;
  for (let k = 200; k >= 1; k--) fraction = r + k / fraction;
  return density(r) / fraction;
}

function layers(r, count) {
  const area = r * density(r) + tailArea(r);
  const x = [area / density(r), r];
  for (let i = 2; i < count; i++) {
    const height = density(x[i - 1]) + area / x[i - 1];
    if (height >= 1) return { x, excess: 1 };
    x.push(Math.sqrt(-2 * Math.log(height)));
  }
  const last = x[count - 1];
  return { x, excess: density(last) + area / last - 1 };
}

/**
 * Edges x_0 > x_1 = r > … > x_255, x_256 = 0 of a 256-layer ziggurat for the normal density (Marsaglia and
 * Tsang 2000).
 */
export function zigguratTable(count = 256) {
  let low = 3;
  let high = 4.5;
  for (let i = 0; i < 200; i++) {
    const middle = 0.5 * (low + high);
    if (layers(middle, count).excess > 0) low = middle;
    else high = middle;
  }
  const { x } = layers(high, count);
  return [...x, 0];
}
