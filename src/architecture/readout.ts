import { type Matrix, zeros } from '../numerics/matrix.js';
import type { MomentMap, PointRows } from './layer.js';

/**
 * What becomes of the positions below a dense layer or the outputs (theory §1): every position a feature with
 * a weight of its own (`flatten`), 𝒯[S]_{α,β} = (g/S) Σ_μ S_{αμ,βμ}, or their mean (`average`), (g/S²) Σ_{μν}
 * S_{αμ,βν}.
 */
export function readout(kind: 'flatten' | 'average', positions: number, gain: number): MomentMap {
  const factor = kind === 'flatten' ? gain / positions : gain / positions ** 2;
  /** whether the pair of these positions counts */
  const counts = (mu: number, nu: number): boolean => kind === 'average' || mu === nu;
  return {
    positions,
    positionsAbove: 1,
    lift: (moments, into) => sumBlocks(moments, positions, factor, counts, into),
    lower(conjugate) {
      const out = zeros(conjugate.rows * positions);
      for (let row = 0, i = 0; row < out.rows; row++) {
        for (let column = 0; column < out.columns; column++, i++) {
          if (!counts(row % positions, column % positions)) continue;
          const above = Math.floor(row / positions) * conjugate.columns + Math.floor(column / positions);
          out.data[i] = factor * conjugate.data[above];
        }
      }
      return out;
    },
    lowerVectors: (a) => (kind === 'average' ? repeated : apart)(a, positions, Math.sqrt(factor)),
    weights: kind === 'average' ? 1 : positions,
    liftRows({ cross, own, blocks }: PointRows): PointRows {
      const lifted = sumBlocks(cross, positions, factor, counts);
      if (kind === 'average') {
        if (!blocks) throw new Error('an average over positions needs their covariances');
        return { cross: lifted, own: sumBlocks(blocks, positions, factor, counts).data.slice() };
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

/** factor · Σ over the pairs of positions that count */
function sumBlocks(
  s: Matrix,
  positions: number,
  factor: number,
  counts: (mu: number, nu: number) => boolean,
  target?: Matrix,
): Matrix {
  const out = target ?? zeros(s.rows / positions, s.columns / positions);
  if (target) out.data.fill(0);
  for (let row = 0, i = 0; row < s.rows; row++) {
    const into = Math.floor(row / positions) * out.columns;
    for (let column = 0; column < s.columns; column++, i++) {
      if (counts(row % positions, column % positions))
        out.data[into + Math.floor(column / positions)] += factor * s.data[i];
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
