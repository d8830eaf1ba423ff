import { elementary } from '../numerics/kernels/elementary.js';
import { byQuadrature } from './quadrature/byQuadrature.js';

export const tanh = byQuadrature(
  {
    name: 'tanh',
    kinks: [],
    value: (h, out) => elementary('tanh', h, out),
    derivative(h, out) {
      elementary('tanh', h, out);
      for (let i = 0; i < out.length; i++) out[i] = (1 - out[i]) * (1 + out[i]);
    },
    both(h, value, derivative) {
      elementary('tanh', h, value);
      for (let i = 0; i < value.length; i++) derivative[i] = (1 - value[i]) * (1 + value[i]);
    },
  },
  'tanh(h)',
);
