import { exponentialLinear } from './exponentialLinear.js';

export const elu = exponentialLinear('elu', 'h > 0 ? h : exp(h) − 1', 1, 1);
