import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { initWasm, Resvg } from '@resvg/resvg-wasm';

const require = createRequire(import.meta.url);

/** Fonts that come along in fonts/ of the package, so that a picture is the same on every machine. */
const FONTS = ['DejaVuSans.ttf', 'DejaVuSans-Bold.ttf'];
/** Pixels a unit of the SVG: sharp in print at the size of a column. */
const SCALE = 2;

let fonts: Promise<Uint8Array[]> | undefined;

async function prepare(): Promise<Uint8Array[]> {
  await initWasm(await readFile(require.resolve('@resvg/resvg-wasm/index_bg.wasm')));
  return Promise.all(FONTS.map((name) => readFile(new URL(`../../fonts/${name}`, import.meta.url))));
}

/** The picture of an SVG file as the bytes of a PNG file, two pixels a unit. */
export async function toPng(svg: string): Promise<Uint8Array> {
  fonts ??= prepare();
  const options = { fontBuffers: await fonts, defaultFontFamily: 'DejaVu Sans', loadSystemFonts: false };
  const picture = new Resvg(svg, { font: options, fitTo: { mode: 'zoom', value: SCALE } });
  try {
    return picture.render().asPng();
  } finally {
    picture.free();
  }
}
