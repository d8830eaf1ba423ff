import type { Activation } from './activation.js';
import { piecewiseLinear } from './piecewiseLinear.js';

/** φ(h) = h. Four-point function by Wick's theorem. */
export const linear: Activation = {
  ...piecewiseLinear('linear', 'h', 1),
  fourPoint: (c) => c[1] * c[11] + c[2] * c[7] + c[3] * c[6],
};
