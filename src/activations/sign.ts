import type { Activation } from './activation.js';
import { elementwise } from './quadrature/byQuadrature.js';

/**
 * φ(h) = sign(h). Its derivative vanishes almost everywhere, yet kernels respond: ⟨φ'φ'⟩ is that of a step.
 */
export const sign: Activation = {
  name: 'sign',
  formula: 'sign(h)',
  portable: true,
  discontinuous: true,
  value: elementwise(Math.sign),
  derivative: elementwise(() => 0),
  prepare: (variances) => ({
    kind: 'sign',
    parameters: [],
    points: [variances.map(Math.sqrt)],
    diagonal: variances.map((a) => (a > 0 ? 1 : 0)),
    diagonalSlope: variances.map(() => 0),
  }),
};
