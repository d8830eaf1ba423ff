import { piecewiseLinear } from './piecewiseLinear.js';

export const relu = piecewiseLinear('relu', 'max(0, h)', 0);
