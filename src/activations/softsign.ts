import { byQuadrature, elementwise } from './quadrature/byQuadrature.js';

/** φ'' jumps at 0, so that quadrature splits there. */
export const softsign = byQuadrature(
  {
    name: 'softsign',
    kinks: [0],
    value: elementwise((h) => h / (1 + Math.abs(h))),
    derivative: elementwise((h) => 1 / (1 + Math.abs(h)) ** 2),
  },
  'h/(1 + |h|)',
);
