import { activationOf } from './brokenLine.js';
import { elementwise } from './quadrature/byQuadrature.js';

/** A broken line with kinks at 0 and 6: closed forms. */
export const relu6 = activationOf(
  {
    name: 'relu6',
    kinks: [0, 6],
    value: elementwise((h) => Math.max(0, Math.min(6, h))),
    derivative: elementwise((h) => (h > 0 && h < 6 ? 1 : h === 0 || h === 6 ? 0.5 : 0)),
  },
  'min(6, max(0, h))',
);
