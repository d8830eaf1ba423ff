import { addConstant, squaredRows } from '../numerics/entrywise.js';
import type { InputMap } from './layer.js';

/** C⁽⁰⁾ = g₀XXᵀ/D + β₀ (theory §1): every input feeds every neuron. */
export const denseInput = (gain: number, beta: number): InputMap => ({
  gain,
  positions: 1,
  kernel: (x, { algebra }) => addConstant(algebra.syrk(x, { alpha: gain / x.columns }), beta),
  rows(x, xTest, { algebra }) {
    const scale = gain / x.columns;
    const cross = addConstant(algebra.gemm(xTest, x, { transposeB: true, alpha: scale }), beta);
    return { cross, own: squaredRows(xTest).map((square) => scale * square + beta) };
  },
});
