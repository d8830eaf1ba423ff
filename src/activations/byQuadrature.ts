import type { Activation } from './activation.js';
import { expandInHermite, type Nonlinearity } from './hermiteExpansion.js';
import { pairByQuadrature } from './pairQuadrature.js';

/** The activation of a nonlinearity without closed forms: Hermite series, and quadrature where they converge slowly. */
export function byQuadrature(phi: Nonlinearity, formula: string, portable = true): Activation {
  return {
    name: phi.name,
    formula,
    portable,
    kinks: phi.kinks,
    value: (h, out) => phi.value(h, out),
    derivative: (h, out) => phi.derivative(h, out),
    prepare: (variances, algebra) => expandInHermite(phi, variances, algebra),
    pairByQuadrature: (a, b, c) => pairByQuadrature(phi, a, b, c),
  };
}

/** An elementwise function from one of a single number. */
export function elementwise(f: (h: number) => number): (h: Float64Array, out: Float64Array) => void {
  return (h, out) => {
    for (let i = 0; i < h.length; i++) out[i] = f(h[i]);
  };
}
