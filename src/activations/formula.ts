import { InputError } from '../numerics/errors.js';
import type { Activation } from './activation.js';
import { activationOf } from './brokenLine.js';
import { BLOCK, compile, type Node } from './formula/compile.js';
import { parsed } from './formula/parse.js';

/**
 * Where kinks are looked for, and the function must be finite: beyond it Gaussian averages of ordinary
 * variances see nothing.
 */
const REACH = 40;
const SCAN = 8001;
const MOST_KINKS = 40;
const LARGEST = 1e100;

const scanned = Float64Array.from({ length: SCAN }, (_, k) => -REACH + (2 * REACH * k) / (SCAN - 1));

/** Where the arguments of abs, relu, max and min change sign, to all digits. */
function kinksOf(hinges: readonly Node[]): number[] {
  const found = hinges.flatMap((hinge) => {
    const { value } = hinge(scanned, false);
    const at = (x: number) => hinge(Float64Array.of(x), false).value[0];
    return Array.from(value).flatMap((v, k) => {
      if (v === 0) return [scanned[k]];
      if (k + 1 === SCAN || value[k + 1] === 0 || Math.sign(v) === Math.sign(value[k + 1])) return [];
      return [bisected(at, scanned[k], scanned[k + 1])];
    });
  });
  return [...new Set(found)].sort((a, b) => a - b);
}

function bisected(f: (x: number) => number, from: number, to: number): number {
  const sign = Math.sign(f(from));
  let [a, b] = [from, to];
  for (let k = 0; k < 60; k++) {
    const middle = 0.5 * (a + b);
    if (Math.sign(f(middle)) === sign) a = middle;
    else b = middle;
  }
  return 0.5 * (a + b);
}

/** What is wrong with a value, or with the slope where the value is right; undefined if nothing is. */
function fault(value: number, slope: number): string | undefined {
  if (Number.isNaN(value)) return 'it is not a number';
  if (!Number.isFinite(value)) return 'it is infinite';
  if (Math.abs(value) >= LARGEST)
    return `it is ${value.toPrecision(2)}, beyond ±${LARGEST.toExponential().replace('+', '')},`;
  return Number.isNaN(slope) ? 'its slope is not a number' : undefined;
}

/** Refuses what no Gaussian average is defined of. */
function checkFinite(node: Node, text: string): void {
  const { value, slope } = node(scanned, true);
  for (let k = 0; k < SCAN; k++) {
    const wrong = fault(value[k], slope?.[k] ?? 0);
    if (wrong === undefined) continue;
    const at = Number(scanned[k].toPrecision(4));
    throw new InputError(
      `formula "${text}": ${wrong} at x = ${at}; value and slope must be finite wherever |x| ≤ ${REACH}`,
    );
  }
}

/**
 * The activation that a formula in x stands for, such as `tanh(x) + 0.1*x` or `max(x, -0.5)`: derivatives by
 * the chain rule, Gaussian expectations by quadrature that splits at the kinks of abs, relu, max and min.
 * @throws InputError that says what is wrong with it
 */
export function formulaActivation(name: string): Activation {
  const { node, hinges } = compile(parsed(name), name);
  checkFinite(node, name);
  const kinks = kinksOf(hinges);
  if (kinks.length > MOST_KINKS)
    throw new InputError(`formula "${name}": has ${kinks.length} kinks; at most ${MOST_KINKS} are treated`);
  const functions = {
    name,
    kinks,
    value: inBlocks((h, out) => out.set(node(h, false).value)),
    derivative: inBlocks((h, out) => out.set(node(h, true).slope as Float64Array)),
    both: inBlocks((h, value, derivative) => {
      const dual = node(h, true);
      value.set(dual.value);
      derivative.set(dual.slope as Float64Array);
    }),
  };
  return activationOf(functions, name.replaceAll(/\bx\b/g, 'h'));
}

/** Block by block, so that what is between the operators stays in the cache and costs no fresh memory. */
function inBlocks<Arrays extends Float64Array[]>(
  f: (...arrays: Arrays) => void,
): (...arrays: Arrays) => void {
  return (...arrays) => {
    const { length } = arrays[0];
    for (let start = 0; start < length; start += BLOCK)
      f(...(arrays.map((array) => array.subarray(start, start + BLOCK)) as Arrays));
  };
}

/** Whether a text is meant as a formula: it speaks of x. */
export const looksLikeFormula = (text: string): boolean => /(^|[^\w])x([^\w]|$)/.test(text);
