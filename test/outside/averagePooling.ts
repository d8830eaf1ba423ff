import type { MomentMap, OwnKind } from 'finite-width/architecture';
import { InputError, type Matrix, zeros } from 'finite-width/numerics';

/** factor · sums over blocks of size × size; rows are (point, position) pairs, point by point */
function pooled(
  { rows, columns, data }: Matrix,
  size: number,
  factor: number,
  out = zeros(rows / size, columns / size),
): Matrix {
  out.data.fill(0);
  for (let i = 0; i < data.length; i++) {
    const [row, column] = [Math.floor(i / columns), i % columns];
    out.data[Math.floor(row / size) * out.columns + Math.floor(column / size)] += factor * data[i];
  }
  return out;
}

/** The adjoint. */
function spread(above: Matrix, size: number, factor: number): Matrix {
  const out = zeros(above.rows * size, above.columns * size);
  for (let i = 0; i < out.data.length; i++) {
    const [row, column] = [Math.floor(i / out.columns), i % out.columns];
    out.data[i] = factor * above.data[Math.floor(row / size) * above.columns + Math.floor(column / size)];
  }
  return out;
}

/** Where the mean of its window has entry i of what is below. */
const at = (i: number, { columns }: Matrix, size: number): number =>
  Math.floor(i / (size * columns)) * columns + (i % columns);

/**
 * Means over windows of `size` positions, and from each position of these a dense layer with the same weights
 * everywhere: 𝒯[S]_{αμ,βν} = (g/size²) Σ_{δε} S_{α,size·μ+δ; β,size·ν+ε}.
 */
export const averagePooling = (size: number): OwnKind => ({
  name: 'average pooling',
  positionsAbove(positions) {
    if (positions % size === 0) return positions / size;
    throw new InputError(`average pooling: ${positions} positions are no windows of ${size}`);
  },
  moments(gain, positions): MomentMap {
    const factor = gain / size ** 2;
    const positionsAbove = positions / size;
    return {
      positions,
      positionsAbove,
      lift: (moments, into) => pooled(moments, size, factor, into),
      lower: (conjugate) => spread(conjugate, size, factor),
      liftRows({ cross, blocks }) {
        // Of each new point the covariances among its own positions, T·positions rows.
        if (!blocks) throw new Error('means over positions need their covariances');
        const own = pooled(blocks, size, factor);
        const variances = Float64Array.from(
          { length: own.rows },
          (_, i) => own.data[i * own.columns + (i % positionsAbove)],
        );
        return { cross: pooled(cross, size, factor), own: variances, blocks: own };
      },
    };
  },
  weights: {
    fanIn: (width) => width,
    gather(below, _, means) {
      means.data.fill(0);
      for (let i = 0; i < below.data.length; i++) means.data[at(i, means, size)] += below.data[i] / size;
    },
    scatter(asked, _, below) {
      for (let i = 0; i < below.data.length; i++) below.data[i] = asked.data[at(i, asked, size)] / size;
    },
  },
});
