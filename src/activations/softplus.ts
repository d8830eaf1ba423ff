import { byQuadrature, elementwise } from './quadrature/byQuadrature.js';
import { logistic } from './sigmoid.js';

export const softplus = byQuadrature(
  {
    name: 'softplus',
    kinks: [],
    value: elementwise((h) => Math.max(h, 0) + Math.log1p(Math.exp(-Math.abs(h)))),
    derivative: logistic,
  },
  'ln(1 + exp(h))',
);
