import { elementary } from '../numerics/kernels/elementary.js';
import { normalDensities } from '../numerics/normal.js';
import type { Activation } from './activation.js';

/** The exact GELU h Φ(h), not its tanh approximation; closed forms in `pairs/gelu.ts`. */
export const gelu: Activation = {
  name: 'gelu',
  formula: 'h/2 (1 + erf(h/√2))',
  portable: true,
  value(h, out) {
    const cumulative = normalCumulative(h);
    for (let i = 0; i < h.length; i++) out[i] = h[i] * cumulative[i];
  },
  derivative(h, out) {
    const [cumulative, density] = [normalCumulative(h), normalDensities(h, new Float64Array(h.length))];
    for (let i = 0; i < h.length; i++) out[i] = cumulative[i] + h[i] * density[i];
  },
  prepare(variances) {
    const r = variances.map((a) => 1 / Math.sqrt(1 + a));
    return {
      kind: 'gelu',
      parameters: [],
      points: [r, variances.map((a, i) => a * r[i])],
      diagonal: variances.map(squareMean),
      diagonalSlope: variances.map(squareSlope),
    };
  },
};

/** ⟨φ²⟩ = a/4 + [a asin(a/A) + 2a²/(A√D)]/2π with A = 1 + a, D = 1 + 2a; tan of that angle is a/√D. */
function squareMean(a: number): number {
  const root = Math.sqrt(1 + 2 * a);
  return 0.25 * a + (a * Math.atan2(a, root) + (2 * a * (a / (1 + a))) / root) / (2 * Math.PI);
}

/** Its derivative: ¼ + [asin(a/A) + (5a/A − 2a²/A² − 2a²/(AD))/√D]/2π. */
function squareSlope(a: number): number {
  const d = 1 + 2 * a;
  const share = a / (1 + a);
  const rest = share * (5 - 2 * share - (2 * a) / d);
  return 0.25 + (Math.atan2(a, Math.sqrt(d)) + rest / Math.sqrt(d)) / (2 * Math.PI);
}

function normalCumulative(h: Float64Array): Float64Array {
  const result = new Float64Array(h.length);
  for (let i = 0; i < h.length; i++) result[i] = h[i] * Math.SQRT1_2;
  elementary('erf', result);
  for (let i = 0; i < h.length; i++) result[i] = 0.5 + 0.5 * result[i];
  return result;
}
