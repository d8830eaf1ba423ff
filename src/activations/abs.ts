import { piecewiseLinear } from './piecewiseLinear.js';

export const abs = piecewiseLinear('abs', '|h|', -1);
