/** Points in equal ratios from `from` to `to`. */
export function geometric(from: number, to: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, k) => from * (to / from) ** (k / (count - 1)));
}

/** The same with `perDecade` points a factor of ten. */
export const logarithmic = (from: number, to: number, perDecade: number): Float64Array =>
  geometric(from, to, Math.round(perDecade * Math.log10(to / from)) + 1);

/**
 * The root of f between a and b, where it changes sign, to the last bits, by Brent's (1973) safeguard in its
 * simplest form: secants, halved when they are slow.
 */
export function rootBetween(f: (x: number) => number, a: number, b: number): number {
  let [fa, fb] = [f(a), f(b)];
  for (let k = 0; k < 200 && fa !== 0 && fb !== 0; k++) {
    if (Math.abs(b - a) <= 4e-16 * Math.max(Math.abs(a), Math.abs(b))) break;
    const secant = b - (fb * (b - a)) / (fb - fa);
    const middle = 0.5 * (a + b);
    const inside = (secant - middle) * (secant - (Math.abs(fa) < Math.abs(fb) ? a : b)) <= 0;
    const x = k % 3 !== 2 && inside ? secant : middle;
    const fx = f(x);
    if (Math.sign(fx) === Math.sign(fa)) [a, fa] = [x, fx];
    else [b, fb] = [x, fx];
  }
  return Math.abs(fa) < Math.abs(fb) ? a : b;
}

/**
 * Roots of f between neighbouring points of a grid, in their order.
 * @param values f on the grid, where it is known already
 */
export function rootsOn(f: (x: number) => number, grid: Float64Array, values = grid.map(f)): number[] {
  const roots: number[] = [];
  for (let k = 0; k < grid.length; k++) {
    if (values[k] === 0) roots.push(grid[k]);
    else if (k > 0 && values[k] * values[k - 1] < 0) roots.push(rootBetween(f, grid[k - 1], grid[k]));
  }
  return roots;
}
