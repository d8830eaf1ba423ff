import type { Matrix } from '../numerics/matrix.js';
import { addConstant, type InputMap } from './layer.js';

/** C⁽⁰⁾ = g₀XXᵀ/D + β₀ (theory §1): every input feeds every neuron. */
export const denseInput = (gain: number, beta: number): InputMap => ({
  gain,
  positions: 1,
  kernel: (x, { algebra }) => addConstant(algebra.syrk(x, { alpha: gain / x.columns }), beta),
  rows(x, xTest, { algebra }) {
    const scale = gain / x.columns;
    const cross = addConstant(algebra.gemm(xTest, x, { transposeB: true, alpha: scale }), beta);
    return { cross, own: squares(xTest).map((square) => scale * square + beta) };
  },
});

/** |x|² of every row */
function squares({ rows, columns, data }: Matrix): Float64Array {
  const out = new Float64Array(rows);
  for (let t = 0, i = 0; t < rows; t++) for (let j = 0; j < columns; j++, i++) out[t] += data[i] ** 2;
  return out;
}
