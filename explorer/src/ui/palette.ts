type Colour = readonly [number, number, number];

/** Blue, nothing, red; nothing is the colour of the page. */
// biome-ignore format: a table
const LIGHT: readonly Colour[] = [[5, 48, 97], [67, 147, 195], [247, 247, 247], [214, 96, 77], [103, 0, 31]];
const DARK: readonly Colour[] = [
  [146, 197, 222],
  [49, 120, 178],
  [24, 28, 36],
  [190, 72, 54],
  [253, 200, 170],
];

/** What the page was told, or the reader's setting. */
export const isDark = (): boolean =>
  (document.documentElement.dataset.theme ??
    (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark';

const SHADES = 256;

/** Colour of a share from 0 to 1. */
function mixed(stops: readonly Colour[], share: number): Colour {
  const place = share * (stops.length - 1);
  const k = Math.min(stops.length - 2, Math.floor(place));
  const t = place - k;
  return [0, 1, 2].map((c) => Math.round(stops[k][c] * (1 - t) + stops[k + 1][c] * t)) as unknown as Colour;
}

/** Shades as pixels, in the order of bytes that canvases use: red first on every machine of today. */
const tableOf = (stops: readonly Colour[]): Uint32Array =>
  Uint32Array.from({ length: SHADES }, (_, k) => {
    const [red, green, blue] = mixed(stops, k / (SHADES - 1));
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });

const tables = { light: tableOf(LIGHT), dark: tableOf(DARK) };

/** Pixels of values, −limit to limit; what is not finite is transparent. */
export function diverging(
  values: ArrayLike<number>,
  limit: number,
  dark: boolean,
): Uint8ClampedArray<ArrayBuffer> {
  const table = dark ? tables.dark : tables.light;
  const pixels = new Uint32Array(values.length);
  const half = (SHADES - 1) / 2;
  for (let i = 0; i < values.length; i++) {
    const shade = Math.round(half + (half * values[i]) / limit);
    if (!Number.isNaN(shade)) pixels[i] = table[Math.max(0, Math.min(SHADES - 1, shade))];
  }
  return new Uint8ClampedArray(pixels.buffer);
}

/** Entries that a typical magnitude is judged by. */
const JUDGED = 4000;

/** The value below which most |entries| off the diagonal lie. */
export function typicalLimit(matrices: readonly Float64Array[], size: number): number {
  const stride = Math.max(1, Math.ceil((matrices.length * size * size) / JUDGED));
  const magnitudes: number[] = [];
  for (const data of matrices) {
    for (let k = 1; k < data.length; k += stride)
      if (Math.floor(k / size) !== k % size) magnitudes.push(Math.abs(data[k]));
  }
  const sorted = Float64Array.from(magnitudes).sort();
  return sorted[Math.floor(0.98 * (sorted.length - 1))] || 1;
}

/** The palette as a bar, or its red half. */
export function gradient(dark: boolean, half = false): string {
  const stops = (dark ? DARK : LIGHT).slice(half ? 2 : 0);
  return `linear-gradient(90deg, ${stops.map((colour) => `rgb(${colour.join(' ')})`).join(', ')})`;
}

/** One colour a curve (Okabe and Ito 2008). */
export const INFINITE_COLOUR = '#8891a0';
export const THEORY_COLOUR = '#d55e00';
export const NETWORKS_COLOUR = '#009e73';
export const PINNED_COLOUR = '#0072b2';
export const EDGE_COLOUR = '#d55e00';
export const PRIOR_COLOUR = '#0072b2';
