import { activationOf } from './brokenLine.js';
import { elementwise } from './quadrature/byQuadrature.js';

/** A broken line with kinks at ±1: closed forms. */
export const hardTanh = activationOf(
  {
    name: 'hardTanh',
    kinks: [-1, 1],
    value: elementwise((h) => Math.max(-1, Math.min(1, h))),
    derivative: elementwise((h) => (Math.abs(h) < 1 ? 1 : Math.abs(h) === 1 ? 0.5 : 0)),
  },
  'max(−1, min(1, h))',
);
