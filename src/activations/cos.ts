import type { Activation } from './activation.js';
import { elementwise } from './quadrature/byQuadrature.js';
import { trigonometric } from './trigonometric.js';

export const cos: Activation = {
  ...trigonometric(1),
  name: 'cos',
  formula: 'cos(h)',
  value: elementwise(Math.cos),
  derivative: elementwise((h) => -Math.sin(h)),
};
