import type { Activation } from './activation.js';
import { elementwise } from './quadrature/byQuadrature.js';
import { trigonometric } from './trigonometric.js';

export const sin: Activation = {
  ...trigonometric(-1),
  name: 'sin',
  formula: 'sin(h)',
  value: elementwise(Math.sin),
  derivative: elementwise(Math.cos),
};
