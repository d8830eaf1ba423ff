import type { Activation } from './activation.js';
import { elementwise } from './quadrature/byQuadrature.js';

/** φ(h) = h for h > 0, slope · h below (theory §2; Cho and Saul 2009): the family of ReLU. */
export function piecewiseLinear(name: string, formula: string, slope: number): Activation {
  const middle = 0.5 * (1 + slope);
  const square = 0.5 * (1 + slope * slope);
  return {
    name,
    formula,
    portable: true,
    linear: slope === 1,
    value: elementwise((h) => (h > 0 ? h : slope * h)),
    derivative: elementwise((h) => (h > 0 ? 1 : h < 0 ? slope : middle)),
    prepare: (variances) => ({
      kind: 'piecewiseLinear',
      parameters: [slope],
      points: [variances.map(Math.sqrt)],
      diagonal: variances.map((a) => square * a),
      diagonalSlope: variances.map(() => square),
    }),
  };
}
