import { InputError } from '../numerics/errors.js';
import { allocate } from '../numerics/matrix.js';
import type { Activation } from './activation.js';
import { STEP } from './pairs/hermite.js';
import { elementwise } from './quadrature/byQuadrature.js';
import { tails } from './quadrature/hermiteExpansion.js';
import { pairByQuadrature } from './quadrature/pairQuadrature.js';

const MAX_DEGREE = 12;

/**
 * φ(h) = hⁿ, 1 ≤ n ≤ 12: a finite Hermite series, hⁿ = Σ_k n!/(2^k k! (n−2k)!) σⁿ He_{n−2k}(h/σ), so exact.
 */
export function monomial(degree = 2): Activation {
  if (!Number.isInteger(degree) || degree < 1 || degree > MAX_DEGREE) {
    throw new InputError(`monomial(${degree}): the degree must be a whole number from 1 to ${MAX_DEGREE}`);
  }
  const name = `monomial(${degree})`;
  const orders = STEP * Math.ceil((degree + 2) / STEP);
  const value = elementwise((h) => h ** degree);
  const derivative = elementwise((h) => degree * h ** (degree - 1));
  const phi = { name, kinks: [], value, derivative };
  return {
    name,
    formula: `h^${degree}`,
    portable: true,
    value,
    derivative,
    pairByQuadrature: (a, b, c) => pairByQuadrature(phi, a, b, c),
    prepare(variances) {
      const sigma = variances.map(Math.sqrt);
      const ofValue = coefficients(degree, orders);
      const ofSlope = coefficients(degree - 1, orders);
      const a = allocate(sigma.length * orders);
      const b = allocate(sigma.length * orders);
      for (let i = 0; i < sigma.length; i++) {
        for (let n = 0; n < orders; n++) {
          a[i * orders + n] = ofValue[n] * sigma[i] ** degree;
          b[i * orders + n] = degree * ofSlope[n] * sigma[i] ** (degree - 1);
        }
      }
      const square = variances.map((v) => v ** degree * oddFactorial(2 * degree - 1));
      const slopeSquare = variances.map(
        (v) => degree * degree * v ** (degree - 1) * oddFactorial(2 * degree - 3),
      );
      return {
        kind: 'hermite',
        parameters: [orders, degree % 2],
        points: [sigma, a, b, tails(a, square, orders), tails(b, slopeSquare, orders)],
        diagonal: square,
        diagonalSlope: variances.map((v) => degree * v ** (degree - 1) * oddFactorial(2 * degree - 1)),
      };
    },
  };
}

/** (2m−1)!! for an odd argument; 1 for −1. */
const oddFactorial = (n: number): number => (n <= 1 ? 1 : n * oddFactorial(n - 2));

const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));

/** Coefficients of zⁿ in He_m/√m!. */
function coefficients(degree: number, orders: number): Float64Array {
  const result = new Float64Array(orders);
  for (let k = 0; 2 * k <= degree; k++) {
    const m = degree - 2 * k;
    result[m] = (factorial(degree) / (2 ** k * factorial(k) * factorial(m))) * Math.sqrt(factorial(m));
  }
  return result;
}
