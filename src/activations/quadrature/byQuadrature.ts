import type { LinearAlgebra } from '../../numerics/linearAlgebra.js';
import type { Activation } from '../activation.js';
import type { Nonlinearity } from '../nonlinearity.js';
import { expandInHermite } from './hermiteExpansion.js';
import { type PairQuadrature, pairByQuadrature } from './pairQuadrature.js';

/** Expansions that are remembered: those of the layers of one sweep through a network. */
const REMEMBERED = 8;
/** Longer ones take more memory than time. */
const LONGEST = 512;

/**
 * Remembers the latest results of a function of variances: in one sweep through the layers the kernel, its
 * responses and its four-point functions ask for the same expansion again and again.
 */
function remembering<Result>(
  f: (variances: Float64Array, algebra: LinearAlgebra) => Result,
): (variances: Float64Array, algebra: LinearAlgebra) => Result {
  let known: { readonly variances: Float64Array; readonly result: Result }[] = [];
  const same = (a: Float64Array, b: Float64Array) =>
    a.length === b.length && a.every((value, i) => value === b[i]);
  return (variances, algebra) => {
    if (variances.length > LONGEST) return f(variances, algebra);
    const found = known.find((entry) => same(entry.variances, variances));
    if (found) return found.result;
    const result = f(variances, algebra);
    known = [{ variances: variances.slice(), result }, ...known.slice(0, REMEMBERED - 1)];
    return result;
  };
}

/**
 * Pairs that are remembered: a kernel, what is pushed forward and what is pulled back through it ask for the
 * same ones.
 */
const MOST_PAIRS = 20_000;

function rememberingPairs(phi: Nonlinearity): (a: number, b: number, c: number) => PairQuadrature {
  const known = new Map<string, PairQuadrature>();
  return (a, b, c) => {
    const key = `${a} ${b} ${c}`;
    const found = known.get(key);
    if (found) return found;
    const result = pairByQuadrature(phi, a, b, c);
    if (known.size >= MOST_PAIRS) known.clear();
    known.set(key, result);
    return result;
  };
}

/**
 * The activation of a nonlinearity without closed forms: Hermite series, and quadrature where they converge
 * slowly (theory §2).
 * @param phi φ, φ' and where they jump
 * @param formula φ in one line, for people
 * @param portable whether other threads find it by its name; false for what is not in the registry
 * @throws InputError later, where an expectation is used, if quadrature does not converge
 */
export function byQuadrature(phi: Nonlinearity, formula: string, portable = true): Activation {
  return {
    name: phi.name,
    formula,
    portable,
    kinks: phi.kinks,
    value: (h, out) => phi.value(h, out),
    derivative: (h, out) => phi.derivative(h, out),
    prepare: remembering((variances, algebra) => expandInHermite(phi, variances, algebra)),
    pairByQuadrature: rememberingPairs(phi),
  };
}

/** An elementwise function from one of a single number. */
export function elementwise(f: (h: number) => number): (h: Float64Array, out: Float64Array) => void {
  return (h, out) => {
    for (let i = 0; i < h.length; i++) out[i] = f(h[i]);
  };
}
