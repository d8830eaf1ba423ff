import { addConstant, squaredRows } from '../numerics/entrywise.js';
import { type Matrix, release, scratch, zeros } from '../numerics/matrix.js';
import type { Taps } from '../problem/connection.js';
import type { InputMap, MomentMap, PointRows } from './layer.js';

/**
 * A convolution (theory §1): channels are independent given the kernel below, so that it is a dense layer
 * over (point, position) pairs whose map on second moments sums over the places δ of a patch,
 *
 *     𝒯[S]_{αμ,βν} = (g/|Δ|) Σ_δ S_{αμ+δ,βν+δ};
 *
 * places beyond an edge that is padded by zeros add nothing, and |Δ| counts them.
 */
export const convolution = (taps: Taps, gain: number): MomentMap => ({
  positions: taps.positions,
  positionsAbove: taps.positionsAbove,
  lift: (moments, into) => liftPatches(taps, gain / taps.size, moments, into),
  lower: (conjugate) => lowerPatches(taps, gain / taps.size, conjugate),
  positionWeights: () => patchWeights(taps, gain / taps.size),
  liftRows({ cross, own, blocks }: PointRows): PointRows {
    const factor = gain / taps.size;
    return {
      cross: liftPatches(taps, factor, cross),
      own: liftOwn(taps, factor, own),
      ...(blocks ? { blocks: liftPatches(taps, factor, blocks) } : {}),
    };
  },
});

/** W_μν, how often the patch above μ looks at ν, times a factor. */
function patchWeights({ positions, positionsAbove, size, taps }: Taps, factor: number): Matrix {
  const out = zeros(positionsAbove, positions);
  taps.forEach((below, k) => {
    if (below >= 0) out.data[Math.floor(k / size) * positions + below] += factor;
  });
  return out;
}

/** Σ_δ of a matrix over (point, position) pairs on both sides. */
function liftPatches(
  { positions, positionsAbove, size, taps }: Taps,
  factor: number,
  s: Matrix,
  target?: Matrix,
): Matrix {
  const [rows, columns] = [s.rows / positions, s.columns / positions];
  const out = target ?? zeros(rows * positionsAbove, columns * positionsAbove);
  if (target) out.data.fill(0);
  for (let row = 0; row < out.rows; row++) {
    const [a, mu] = [Math.floor(row / positionsAbove), row % positionsAbove];
    const into = out.data.subarray(row * out.columns, (row + 1) * out.columns);
    for (let place = 0; place < size; place++) {
      const below = taps[mu * size + place];
      if (below < 0) continue;
      const from = (a * positions + below) * s.columns;
      for (let b = 0, column = 0; b < columns; b++) {
        const start = from + b * positions;
        for (let k = place; k < taps.length; k += size, column++)
          if (taps[k] >= 0) into[column] += s.data[start + taps[k]];
      }
    }
    for (let column = 0; column < into.length; column++) into[column] *= factor;
  }
  return out;
}

/** The adjoint: what patches above ask for is added up at the positions below. */
function lowerPatches({ positions, positionsAbove, size, taps }: Taps, factor: number, t: Matrix): Matrix {
  const points = t.rows / positionsAbove;
  const out = zeros(points * positions);
  for (let row = 0; row < t.rows; row++) {
    const [a, mu] = [Math.floor(row / positionsAbove), row % positionsAbove];
    for (let place = 0; place < size; place++) {
      const below = taps[mu * size + place];
      if (below < 0) continue;
      const into = (a * positions + below) * out.columns;
      for (let b = 0, column = row * t.columns; b < points; b++) {
        const start = into + b * positions;
        for (let k = place; k < taps.length; k += size, column++) {
          if (taps[k] >= 0) out.data[start + taps[k]] += factor * t.data[column];
        }
      }
    }
  }
  return out;
}

function liftOwn(
  { positions, positionsAbove, size, taps }: Taps,
  factor: number,
  own: Float64Array,
): Float64Array {
  const out = new Float64Array((own.length / positions) * positionsAbove);
  for (let row = 0; row < out.length; row++) {
    const [a, mu] = [Math.floor(row / positionsAbove), row % positionsAbove];
    for (let k = mu * size; k < (mu + 1) * size; k++)
      if (taps[k] >= 0) out[row] += factor * own[a * positions + taps[k]];
  }
  return out;
}

/**
 * The patches of what has `width` numbers at every position, a row for each (point, position) above,
 * of |Δ|·width numbers, place by place.
 * @param below (points·positions) × width, or any matrix with the same numbers
 */
export function gatherPatches(
  { positions, positionsAbove, size, taps }: Taps,
  below: Float64Array,
  width: number,
  into?: Matrix,
): Matrix {
  const points = below.length / (positions * width);
  const out = into ?? scratch(points * positionsAbove, size * width);
  for (let row = 0, to = 0; row < out.rows; row++) {
    const [a, mu] = [Math.floor(row / positionsAbove), row % positionsAbove];
    for (let k = mu * size; k < (mu + 1) * size; k++, to += width) {
      if (taps[k] < 0) out.data.fill(0, to, to + width);
      else {
        const from = (a * positions + taps[k]) * width;
        for (let j = 0; j < width; j++) out.data[to + j] = below[from + j];
      }
    }
  }
  return out;
}

/** The adjoint: patches added up at their positions. */
export function scatterPatches(
  { positions, positionsAbove, size, taps }: Taps,
  patches: Matrix,
  into: Matrix,
): Matrix {
  const width = into.columns;
  into.data.fill(0);
  for (let row = 0, from = 0; row < patches.rows; row++) {
    const [a, mu] = [Math.floor(row / positionsAbove), row % positionsAbove];
    for (let k = mu * size; k < (mu + 1) * size; k++, from += width) {
      if (taps[k] < 0) continue;
      const to = (a * positions + taps[k]) * width;
      for (let j = 0; j < width; j++) into.data[to + j] += patches.data[from + j];
    }
  }
  return into;
}

/** C⁽⁰⁾ of a convolution of the images: (g₀/(|Δ|·channels)) times the overlaps of their patches, + β₀. */
export function convolutionInput(taps: Taps, gain: number, beta: number, withBlocks: boolean): InputMap {
  const patchesOf = (x: Matrix) => gatherPatches(taps, x.data, x.columns / taps.positions);
  return {
    positions: taps.positionsAbove,
    samePositions: patchesApart(taps, gain, beta),
    kernel(x, { algebra }) {
      const patches = patchesOf(x);
      return addConstant(algebra.syrk(patches, { alpha: gain / patches.columns }), beta);
    },
    rows(x, xTest, { algebra }) {
      const [known, fresh] = [patchesOf(x), patchesOf(xTest)];
      const alpha = gain / fresh.columns;
      const cross = addConstant(algebra.gemm(fresh, known, { transposeB: true, alpha }), beta);
      const rows = { cross, own: squaredRows(fresh).map((square) => alpha * square + beta) };
      return withBlocks ? { ...rows, blocks: blocksOf(fresh, taps.positionsAbove, alpha, beta) } : rows;
    },
  };
}

/** The same of pairs at the same position alone, a block for every position. */
function patchesApart(taps: Taps, gain: number, beta: number): Pick<InputMap, 'kernel' | 'rows'> {
  const { positionsAbove: positions } = taps;
  const patchesAt = (x: Matrix, mu: number) => {
    const at = taps.taps.subarray(mu * taps.size, (mu + 1) * taps.size);
    const one = { ...taps, positionsAbove: 1, taps: at };
    return gatherPatches(one, x.data, x.columns / taps.positions);
  };
  return {
    kernel(x, { algebra }) {
      const out = zeros(positions * x.rows, x.rows);
      for (let mu = 0; mu < positions; mu++) {
        const patches = patchesAt(x, mu);
        out.data.set(algebra.syrk(patches, { alpha: gain / patches.columns }).data, mu * x.rows ** 2);
        release(patches);
      }
      return addConstant(out, beta);
    },
    rows(x, xTest, { algebra }) {
      const cross = zeros(positions * xTest.rows, x.rows);
      const own = new Float64Array(cross.rows);
      for (let mu = 0; mu < positions; mu++) {
        const [known, fresh] = [patchesAt(x, mu), patchesAt(xTest, mu)];
        const alpha = gain / fresh.columns;
        const block = algebra.gemm(fresh, known, { transposeB: true, alpha });
        cross.data.set(block.data, mu * block.data.length);
        own.set(
          squaredRows(fresh).map((square) => alpha * square + beta),
          mu * xTest.rows,
        );
        release(known, fresh);
      }
      return { cross: addConstant(cross, beta), own };
    },
  };
}

/** Covariances among the positions of every point. */
function blocksOf({ rows, columns, data }: Matrix, positions: number, alpha: number, beta: number): Matrix {
  const blocks = zeros(rows, positions);
  for (let row = 0; row < rows; row++) {
    const first = row - (row % positions);
    for (let nu = 0; nu < positions; nu++) {
      let sum = 0;
      for (let j = 0; j < columns; j++) sum += data[row * columns + j] * data[(first + nu) * columns + j];
      blocks.data[row * positions + nu] = alpha * sum + beta;
    }
  }
  return blocks;
}
