import { arcsinePairs } from './arcsine.js';
import { brokenLinePairs } from './brokenLine.js';
import { exponentialPairs } from './exponential.js';
import { exponentialLinearPairs } from './exponentialLinear.js';
import { geluPairs } from './gelu.js';
import { hermitePairs } from './hermite.js';
import type { PairFormula, PairKind } from './pairFormula.js';
import { piecewiseLinearPairs } from './piecewiseLinear.js';
import { signPairs } from './sign.js';
import { trigonometricPairs } from './trigonometric.js';

export const pairFormulas: Readonly<Record<PairKind, PairFormula>> = {
  arcsine: arcsinePairs,
  brokenLine: brokenLinePairs,
  exponential: exponentialPairs,
  exponentialLinear: exponentialLinearPairs,
  gelu: geluPairs,
  hermite: hermitePairs,
  piecewiseLinear: piecewiseLinearPairs,
  sign: signPairs,
  trigonometric: trigonometricPairs,
};
