import { byQuadrature } from './quadrature/byQuadrature.js';
import { logistic } from './sigmoid.js';

export const silu = byQuadrature(
  {
    name: 'silu',
    kinks: [],
    value(h, out) {
      const gate = new Float64Array(h.length);
      logistic(h, gate);
      for (let i = 0; i < h.length; i++) out[i] = h[i] * gate[i];
    },
    derivative(h, out) {
      const gate = new Float64Array(h.length);
      logistic(h, gate);
      for (let i = 0; i < h.length; i++) out[i] = gate[i] * (1 + h[i] * (1 - gate[i]));
    },
    both(h, value, derivative) {
      const gate = new Float64Array(h.length);
      logistic(h, gate);
      for (let i = 0; i < h.length; i++) {
        derivative[i] = gate[i] * (1 + h[i] * (1 - gate[i]));
        value[i] = h[i] * gate[i];
      }
    },
  },
  'h/(1 + exp(−h))',
);
