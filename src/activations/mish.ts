import { byQuadrature, elementwise } from './quadrature/byQuadrature.js';

/** tanh(ln(1 + eʰ)) = n/(n + 2) with n = eʰ(eʰ + 2), or the same with e^{−h} where eʰ is large. */
function gate(h: number): number {
  const e = Math.exp(-Math.abs(h));
  return h > 0 ? (1 + 2 * e) / (1 + 2 * e + 2 * e * e) : (e * (e + 2)) / (e * (e + 2) + 2);
}

/** (tanh ∘ softplus)' = (1 − gate²)/(1 + e^{−h}), with 1 − gate² from what is small. */
function gateSlope(h: number): number {
  const e = Math.exp(-Math.abs(h));
  if (h > 0) return (4 * e * e * (1 + e)) / (1 + 2 * e + 2 * e * e) ** 2;
  return (4 * e * (1 + e)) / (e * (e + 2) + 2) ** 2;
}

export const mish = byQuadrature(
  {
    name: 'mish',
    kinks: [],
    value: elementwise((h) => h * gate(h)),
    derivative: elementwise((h) => gate(h) + h * gateSlope(h)),
  },
  'h tanh(ln(1 + exp(h)))',
);
