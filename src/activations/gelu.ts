import { elementary } from '../numerics/kernels/elementary.js';
import { normalDensities } from '../numerics/normal.js';
import { byQuadrature } from './quadrature/byQuadrature.js';

/** The exact GELU h Φ(h), not its tanh approximation. */
export const gelu = byQuadrature(
  {
    name: 'gelu',
    kinks: [],
    value(h, out) {
      const cumulative = normalCumulative(h);
      for (let i = 0; i < h.length; i++) out[i] = h[i] * cumulative[i];
    },
    derivative(h, out) {
      const [cumulative, density] = [normalCumulative(h), normalDensities(h, new Float64Array(h.length))];
      for (let i = 0; i < h.length; i++) out[i] = cumulative[i] + h[i] * density[i];
    },
    both(h, value, derivative) {
      const [cumulative, density] = [normalCumulative(h), normalDensities(h, new Float64Array(h.length))];
      for (let i = 0; i < h.length; i++) {
        derivative[i] = cumulative[i] + h[i] * density[i];
        value[i] = h[i] * cumulative[i];
      }
    },
  },
  'h/2 (1 + erf(h/√2))',
);

function normalCumulative(h: Float64Array): Float64Array {
  const result = new Float64Array(h.length);
  for (let i = 0; i < h.length; i++) result[i] = h[i] * Math.SQRT1_2;
  elementary('erf', result);
  for (let i = 0; i < h.length; i++) result[i] = 0.5 + 0.5 * result[i];
  return result;
}
