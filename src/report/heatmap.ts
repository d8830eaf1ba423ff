import { interpolateRdBu, interpolateYlGnBu } from 'd3-scale-chromatic';
import { encode } from 'fast-png';
import type { Matrix } from '../numerics/matrix.js';

/** Pixels along a side at most; larger matrices are averaged over blocks. */
const MAX_PIXELS = 400;

type Palette = readonly (readonly number[])[];

const paletteOf = (interpolate: (share: number) => string): Palette =>
  Array.from({ length: 256 }, (_, i) => (interpolate(i / 255).match(/\d+/g) ?? []).map(Number));

const diverging = paletteOf((share) => interpolateRdBu(1 - share));
const sequential = paletteOf(interpolateYlGnBu);

/**
 * The value below which `share` of |entries| off the diagonal lie: a colour range that a few large entries do
 * not spoil.
 */
export function typicalMagnitude(matrices: readonly Matrix[], share = 0.98): number {
  const magnitudes: number[] = [];
  for (const { data, rows } of matrices) {
    const stride = Math.max(1, Math.floor((rows * rows) / 20000));
    for (let p = 0; p < data.length; p += stride)
      if (Math.floor(p / rows) !== p % rows) magnitudes.push(Math.abs(data[p]));
  }
  magnitudes.sort((a, b) => a - b);
  return magnitudes[Math.floor(share * (magnitudes.length - 1))] || 1;
}

/**
 * A symmetric matrix as a PNG data URI: blue −limit, white 0, red +limit, rows and columns in the given
 * order.
 */
export const heatmap = (matrix: Matrix, order: ArrayLike<number>, limit: number): string =>
  paint(matrix, order, [-limit, limit], diverging);

/** The same for values of one sign: pale at `low`, dark blue at `high`. */
export const intensityMap = (
  matrix: Matrix,
  order: ArrayLike<number>,
  range: readonly [number, number],
): string => paint(matrix, order, range, sequential);

function paint(
  matrix: Matrix,
  order: ArrayLike<number>,
  [low, high]: readonly [number, number],
  palette: Palette,
): string {
  const size = Math.min(MAX_PIXELS, matrix.rows);
  const pixels = new Uint8Array(size * size * 3);
  const edge = (k: number) => Math.floor((k * matrix.rows) / size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let sum = 0;
      let count = 0;
      for (let a = edge(i); a < edge(i + 1); a++) {
        for (let b = edge(j); b < edge(j + 1); b++, count++)
          sum += matrix.data[order[a] * matrix.rows + order[b]];
      }
      const shade = Math.max(0, Math.min(255, Math.round((255 * (sum / count - low)) / (high - low))));
      pixels.set(palette[shade], (i * size + j) * 3);
    }
  }
  const png = encode({ width: size, height: size, data: pixels, channels: 3 });
  let text = '';
  for (let p = 0; p < png.length; p += 8192) text += String.fromCharCode(...png.subarray(p, p + 8192));
  return `data:image/png;base64,${btoa(text)}`;
}

/** Points sorted by their targets (first output first), points of a class in their given order. */
export function orderByClass(y: Matrix): Int32Array {
  const order = Int32Array.from({ length: y.rows }, (_, i) => i);
  return order.sort((a, b) => {
    for (let k = 0; k < y.columns; k++) {
      const difference = y.data[b * y.columns + k] - y.data[a * y.columns + k];
      if (difference !== 0) return difference;
    }
    return a - b;
  });
}
