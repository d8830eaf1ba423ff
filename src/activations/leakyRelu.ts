import type { Activation } from './activation.js';
import { piecewiseLinear } from './piecewiseLinear.js';

export const leakyRelu = (slope = 0.01): Activation =>
  piecewiseLinear(`leakyRelu(${slope})`, `h > 0 ? h : ${slope} h`, slope);
