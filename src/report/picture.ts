import { colourOf } from './plots.js';

const FONT = 'system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif';

/** A plot as a file of its own: on white, with a font, and a legend in its upper margin. */
export function standalone(svg: string, names: readonly string[]): string {
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  const end = svg.indexOf('>') + 1;
  const head = svg
    .slice(0, end)
    .replace(/ style="[^"]*"/, '')
    .replace(/^<svg/, `<svg xmlns="http://www.w3.org/2000/svg" color="#1d2330" style='font-family:${FONT};font-size:13px'`);
  let x = 62;
  const entries = names.map((name, k) => {
    const entry = `<g transform="translate(${x},22)"><circle r="5" fill="${colourOf(name, k)}"/><text x="10" dy="0.35em" text-anchor="start" fill="currentColor">${name}</text></g>`;
    x += 30 + 7.5 * name.length;
    return entry;
  });
  return `${head}<rect width="${width}" height="${height}" fill="white"/>${entries.join('')}${svg.slice(end)}\n`;
}
