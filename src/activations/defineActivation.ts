import { checkFunction, checkNumbers, checkObject, checkText } from '../numerics/arguments.js';
import { InputError } from '../numerics/errors.js';
import type { Activation } from './activation.js';
import { activationOf } from './brokenLine.js';
import { elementwise } from './quadrature/byQuadrature.js';

/** A function φ of one number with what is known of it. */
export interface ActivationDefinition {
  /** for people and results; no name of the registry is needed */
  readonly name: string;
  /** φ of one number */
  readonly value: (h: number) => number;
  /** φ'; by sixth-order differences (error about 1e−11 for smooth φ) if omitted */
  readonly derivative?: (h: number) => number;
  /** where φ or its derivative jumps: quadrature splits there */
  readonly kinks?: readonly number[];
}

/**
 * Any function as an activation. Its Gaussian expectations are computed by Hermite series and quadrature to
 * 1e−10, and every use checks that (theory §2).
 * @param definition φ of one number with its name; its derivative and kinks where they are known
 * @throws InputError if φ is not finite at the origin; later, where an expectation is used, if quadrature
 *   does not converge
 */
export function defineActivation(definition: ActivationDefinition): Activation {
  checkObject('activation', definition, 'must be an object { name, value, derivative, kinks }');
  const { name, value, derivative, kinks = [] } = definition as unknown as ActivationDefinition;
  checkText('activation: name', name);
  if (typeof value !== 'function')
    throw new InputError(`activation ${name}: \`value\` must be a function of one number`);
  if (derivative !== undefined) checkFunction(`activation ${name}: derivative`, derivative);
  checkNumbers(`activation ${name}: kinks`, kinks);
  if (!Number.isFinite(value(0)))
    throw new InputError(`activation ${name}: φ(0) is ${value(0)}; φ must be finite everywhere`);
  const slope = derivative ?? ((h: number) => difference(value, h, kinks));
  const discontinuous = kinks.some((kink) => jumpsAt(value, kink));
  const functions = { name, kinks, value: elementwise(value), derivative: elementwise(slope) };
  return { ...activationOf(functions, name, false), ...(discontinuous ? { discontinuous } : {}) };
}

function jumpsAt(f: (h: number) => number, kink: number): boolean {
  const step = 1e-9 * Math.max(1, Math.abs(kink));
  return Math.abs(f(kink + step) - f(kink - step)) > 1e-4 * Math.max(1, Math.abs(f(kink + step)));
}

/** Sixth-order central difference, with a step that stays on one side of the nearest kink. */
function difference(f: (h: number) => number, h: number, kinks: readonly number[]): number {
  const nearest = kinks.reduce((best, kink) => Math.min(best, Math.abs(h - kink)), Number.POSITIVE_INFINITY);
  const d = Math.min(4e-3 * Math.max(1, Math.abs(h) / 8), nearest > 0 ? nearest / 3.5 : 4e-3);
  const odd = (k: number) => f(h + k * d) - f(h - k * d);
  return (45 * odd(1) - 9 * odd(2) + odd(3)) / (60 * d);
}
