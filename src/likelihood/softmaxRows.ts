import type { Matrix } from '../numerics/matrix.js';

/** π_c = e^{f_c}/Σe^{f}, row by row; returns Σ_rows ln Σ_c e^{f_c} */
export function softmaxRows({ rows, columns, data }: Matrix, into: Matrix): number {
  let logarithms = 0;
  for (let i = 0; i < rows; i++) {
    const from = i * columns;
    let most = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < columns; c++) most = Math.max(most, data[from + c]);
    let total = 0;
    for (let c = 0; c < columns; c++) {
      into.data[from + c] = Math.exp(data[from + c] - most);
      total += into.data[from + c];
    }
    for (let c = 0; c < columns; c++) into.data[from + c] /= total;
    logarithms += most + Math.log(total);
  }
  return logarithms;
}
