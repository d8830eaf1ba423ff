import { type Matrix, zeros } from '../numerics/matrix.js';
import type { MomentMap, PointRows } from './layer.js';

/**
 * What becomes of the positions below a dense layer or the outputs (theory §1): every position a feature with
 * a weight of its own (`flatten`), 𝒯[S]_{α,β} = (g/S) Σ_μ S_{αμ,βμ}, or their mean (`average`), (g/S²) Σ_{μν}
 * S_{αμ,βν}.
 */
export function readout(kind: 'flatten' | 'average', positions: number, gain: number): MomentMap {
  const factor = kind === 'flatten' ? gain / positions : gain / positions ** 2;
  /** how much the pair of positions (μ, ν) counts */
  const weights = Float64Array.from({ length: positions ** 2 }, (_, i) =>
    kind === 'average' || i % (positions + 1) === 0 ? factor : 0,
  );
  return {
    positions,
    positionsAbove: 1,
    lift: (moments, into) => sumPositions(moments, positions, weights, into),
    lower(conjugate) {
      const out = zeros(conjugate.rows * positions);
      for (let row = 0, i = 0; row < out.rows; row++) {
        for (let column = 0; column < out.columns; column++, i++) {
          const weight = weights[(row % positions) * positions + (column % positions)];
          if (weight === 0) continue;
          const above = Math.floor(row / positions) * conjugate.columns + Math.floor(column / positions);
          out.data[i] = weight * conjugate.data[above];
        }
      }
      return out;
    },
    lowerVectors: (a) => (kind === 'average' ? repeated : apart)(a, positions, Math.sqrt(factor)),
    ...(kind === 'average'
      ? {}
      : {
          positionWeights: () => ({
            rows: 1,
            columns: positions,
            data: new Float64Array(positions).fill(factor),
          }),
        }),
    weights: kind === 'average' ? 1 : positions,
    liftRows({ cross, own, blocks }: PointRows): PointRows {
      const lifted = sumPositions(cross, positions, weights);
      if (kind === 'average') {
        if (!blocks) throw new Error('an average over positions needs their covariances');
        return { cross: lifted, own: sumPositions(blocks, positions, weights).data.slice() };
      }
      const sums = new Float64Array(own.length / positions);
      own.forEach((value, i) => {
        sums[Math.floor(i / positions)] += factor * value;
      });
      return { cross: lifted, own: sums };
    },
  };
}

/** Every row `positions` times, times a factor. */
function repeated(a: Matrix, positions: number, factor: number): Matrix {
  const out = zeros(a.rows * positions, a.columns);
  for (let i = 0; i < out.data.length; i++) {
    const row = Math.floor(i / (positions * a.columns));
    out.data[i] = factor * a.data[row * a.columns + (i % a.columns)];
  }
  return out;
}

/** Every row and every column for each position, zero between different ones, times a factor. */
function apart(a: Matrix, positions: number, factor: number): Matrix {
  const out = zeros(a.rows * positions, a.columns * positions);
  for (let i = 0; i < a.data.length; i++) {
    const [row, column] = [Math.floor(i / a.columns), i % a.columns];
    for (let mu = 0; mu < positions; mu++)
      out.data[(row * positions + mu) * out.columns + column * positions + mu] = factor * a.data[i];
  }
  return out;
}

/**
 * Σ_μν x_μν s_iμ,jν of a matrix over (point, position) pairs on both sides.
 * @param x S×S numbers
 */
export function sumPositions(s: Matrix, positions: number, x: Float64Array, target?: Matrix): Matrix {
  const out = target ?? zeros(s.rows / positions, s.columns / positions);
  if (target) out.data.fill(0);
  for (let row = 0, i = 0; row < s.rows; row++) {
    const into = Math.floor(row / positions) * out.columns;
    const from = (row % positions) * positions;
    for (let column = 0; column < s.columns; column++, i++) {
      const weight = x[from + (column % positions)];
      if (weight !== 0) out.data[into + Math.floor(column / positions)] += weight * s.data[i];
    }
  }
  return out;
}

/** The mean over positions of what has `columns` numbers at each. */
export function averagePositions(below: Matrix, positions: number, into: Matrix): Matrix {
  into.data.fill(0);
  for (let row = 0, i = 0; row < below.rows; row++) {
    const to = Math.floor(row / positions) * below.columns;
    for (let j = 0; j < below.columns; j++, i++) into.data[to + j] += below.data[i] / positions;
  }
  return into;
}

/** Its adjoint. */
export function spreadPositions(above: Matrix, positions: number, into: Matrix): Matrix {
  for (let row = 0, i = 0; row < into.rows; row++) {
    const from = Math.floor(row / positions) * above.columns;
    for (let j = 0; j < into.columns; j++, i++) into.data[i] = above.data[from + j] / positions;
  }
  return into;
}
