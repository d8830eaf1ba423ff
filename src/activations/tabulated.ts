import { InputError } from '../numerics/errors.js';
import type { Matrix } from '../numerics/matrix.js';
import type { Activation } from './activation.js';
import { defineActivation } from './defineActivation.js';

/** A function as Chebyshev series on pieces of the line. */
export interface Table {
  readonly name: string;
  /** ends of the pieces, ascending: one more than there are pieces */
  readonly edges: Float64Array;
  /** a row for each piece: φ(h) = Σ_k c_k T_k(t), t from −1 to 1 along the piece */
  readonly coefficients: Matrix;
  /** where φ or a derivative jumps; all of them are edges */
  readonly kinks: readonly number[];
}

/** The piece that holds h. */
function pieceOf(edges: Float64Array, h: number): number {
  let [low, high] = [0, edges.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (edges[middle] <= h) low = middle;
    else high = middle;
  }
  return low;
}

/** Σ_k c_k T_k(t) by Clenshaw's recurrence. */
function series(coefficients: Float64Array, t: number): number {
  let [b, last] = [0, 0];
  for (let k = coefficients.length - 1; k > 0; k--) [b, last] = [coefficients[k] + 2 * t * b - last, b];
  return coefficients[0] + t * b - last;
}

/** Coefficients of the derivative in t: c'_{k−1} = c'_{k+1} + 2k c_k, c'_0 halved. */
function differentiated(coefficients: Float64Array): Float64Array {
  const n = coefficients.length;
  const out = new Float64Array(n + 1);
  for (let k = n - 1; k > 0; k--) out[k - 1] = out[k + 1] + 2 * k * coefficients[k];
  out[0] /= 2;
  return out.subarray(0, Math.max(1, n - 1));
}

/**
 * An activation from a table of a function, as other programs make them of functions of theirs. The accuracy
 * is that of the table.
 * @throws InputError later, where φ is asked for outside of the table
 */
export function tabulated({ name, edges, coefficients, kinks }: Table): Activation {
  const { rows, columns, data } = coefficients;
  if (edges.length !== rows + 1)
    throw new InputError(`activation ${name}: ${edges.length} edges of ${rows} pieces`);
  const values = Array.from({ length: rows }, (_, i) => data.subarray(i * columns, (i + 1) * columns));
  const slopes = values.map(differentiated);
  // Looking what kind of function it is goes far out, and may find nothing there.
  let inUse = false;
  const at = (h: number, of: (piece: number, t: number, width: number) => number): number => {
    const inside = h >= edges[0] && h <= edges[rows];
    if (!inside && !inUse) return Number.NaN;
    if (!inside)
      throw new InputError(
        `activation ${name}: is asked for at ${h}, and its table has ${edges[0]} to ${edges[rows]}; lower weightVariance, or scale X`,
      );
    const piece = pieceOf(edges, h);
    const width = edges[piece + 1] - edges[piece];
    return of(piece, (2 * (h - edges[piece])) / width - 1, width);
  };
  const activation = defineActivation({
    name,
    kinks,
    value: (h) => at(h, (piece, t) => series(values[piece], t)),
    derivative: (h) => at(h, (piece, t, width) => (2 / width) * series(slopes[piece], t)),
  });
  inUse = true;
  return activation;
}
