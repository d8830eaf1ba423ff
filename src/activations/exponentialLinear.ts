import type { Activation } from './activation.js';
import { byQuadrature, elementwise } from './byQuadrature.js';

/** φ(h) = scale · h for h > 0, scale · alpha (eʰ − 1) below (Clevert et al. 2016): the family of ELU, split at its kink. */
export function exponentialLinear(name: string, formula: string, alpha: number, scale: number): Activation {
  const middle = 0.5 * scale * (1 + alpha);
  const functions = {
    name,
    kinks: [0],
    value: elementwise((h) => scale * (h > 0 ? h : alpha * Math.expm1(h))),
    derivative: elementwise((h) => (h > 0 ? scale : h < 0 ? scale * alpha * Math.exp(h) : middle)),
  };
  return byQuadrature(functions, formula);
}
