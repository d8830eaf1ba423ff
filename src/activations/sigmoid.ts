import { elementary } from '../numerics/kernels/elementary.js';
import { byQuadrature } from './quadrature/byQuadrature.js';

/** out = 1/(1 + e^{−h}) = ½(1 + tanh(h/2)). */
export function logistic(h: Float64Array, out: Float64Array): void {
  for (let i = 0; i < h.length; i++) out[i] = 0.5 * h[i];
  elementary('tanh', out);
  for (let i = 0; i < h.length; i++) out[i] = 0.5 + 0.5 * out[i];
}

export const sigmoid = byQuadrature(
  {
    name: 'sigmoid',
    kinks: [],
    value: logistic,
    derivative(h, out) {
      logistic(h, out);
      for (let i = 0; i < out.length; i++) out[i] *= 1 - out[i];
    },
    both(h, value, derivative) {
      logistic(h, value);
      for (let i = 0; i < value.length; i++) derivative[i] = value[i] * (1 - value[i]);
    },
  },
  '1/(1 + exp(−h))',
);
