import type { RunFolder } from './runFolder.js';

/** A figure of a run, as NAME.svg and NAME.png. */
export async function writeFigure(folder: RunFolder, name: string, svg: string): Promise<void> {
  // Loaded late: drawing needs fonts and a module of megabytes.
  const { toPng } = await import('./png.js');
  await folder.write(`${name}.svg`, svg);
  await folder.write(`${name}.png`, await toPng(svg));
}
