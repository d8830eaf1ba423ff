import { erfcx } from '../numerics/erfcx.js';
import type { Activation } from './activation.js';
import { exponentialTail, meanOfElu } from './pairs/exponentialLinear.js';
import { elementwise } from './quadrature/byQuadrature.js';
import { pairByQuadrature } from './quadrature/pairQuadrature.js';

/**
 * φ(h) = scale · h for h > 0, scale · alpha (eʰ − 1) below (Clevert et al. 2016): the family of ELU, in
 * closed form up to one smooth integral.
 */
export function exponentialLinear(name: string, formula: string, alpha: number, scale: number): Activation {
  const middle = 0.5 * scale * (1 + alpha);
  const functions = {
    name,
    kinks: [0],
    value: elementwise((h) => scale * (h > 0 ? h : alpha * Math.expm1(h))),
    derivative: elementwise((h) => (h > 0 ? scale : h < 0 ? scale * alpha * Math.exp(h) : middle)),
  };
  return {
    ...functions,
    formula,
    portable: true,
    prepare: (variances) => {
      const sigma = variances.map(Math.sqrt);
      return {
        kind: 'exponentialLinear',
        parameters: [alpha, scale],
        points: [sigma, sigma.map(exponentialTail), sigma.map(meanOfElu)],
        diagonal: sigma.map((s) => scale * scale * (0.5 * s * s + alpha * alpha * squareBelow(s))),
        diagonalSlope: sigma.map((s) => scale * scale * diagonalSlope(s, alpha)),
      };
    },
    pairByQuadrature: (a, b, c) => pairByQuadrature(functions, a, b, c),
  };
}

/**
 * ⟨φ'² + φφ''⟩ at scale one; a point without variance stays at the kink, where φ' is the mean of its two
 * sides.
 */
const diagonalSlope = (s: number, alpha: number): number =>
  s === 0 ? 0.25 * (1 + alpha) ** 2 : 0.5 + alpha * alpha * (2 * exponentialTail(2 * s) - exponentialTail(s));

/** Standard deviations below which the power series is used instead of a difference that cancels. */
const SMALL = 0.3;

/** ⟨(eʰ − 1)² 1(h < 0)⟩, from erfcx(x) = Σ (−x)ⁿ/Γ(n/2 + 1) where it is small. */
function squareBelow(s: number): number {
  const x = s * Math.SQRT1_2;
  if (s > SMALL) return 0.5 * (erfcx(2 * x) - 2 * erfcx(x) + 1);
  let [before, gamma, sum] = [2 / Math.sqrt(Math.PI), 1, 0];
  for (let n = 2; n < 30; n++) {
    sum += 0.5 * (2 ** n - 2) * (-x) ** n * gamma;
    [before, gamma] = [gamma, before / ((n + 1) / 2)];
  }
  return sum;
}
