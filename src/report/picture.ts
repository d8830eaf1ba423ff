const FONT = 'system-ui, "Segoe UI", "Helvetica Neue", Arial, sans-serif';

/** One entry of a legend. */
export interface LegendEntry {
  readonly label: string;
  readonly colour: string;
}

/** Height of a line of a note, and the mean width of its characters. */
export const NOTE_LINE = 16;
const NOTE_CHARACTER = 6.6;

/** A note broken at its semicolons, so that each line fits a figure of this width. */
export function noteLines(note: string, width: number): string[] {
  const lines: string[] = [];
  for (const part of note.split('; ').filter(Boolean)) {
    const last = lines.at(-1);
    const fits = last !== undefined && NOTE_CHARACTER * (last.length + part.length + 2) < width - 32;
    if (fits) lines[lines.length - 1] = `${last}; ${part}`;
    else lines.push(part);
  }
  return lines;
}

/**
 * A plot as a file of its own: on white, with a font, a legend in its upper margin, and a note in the lower
 * one.
 */
export function standalone(svg: string, legend: readonly LegendEntry[], note = ''): string {
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg) ?? [];
  const end = svg.indexOf('>') + 1;
  const head = svg
    .slice(0, end)
    .replace(/ style="[^"]*"/, '')
    .replace(
      /^<svg/,
      `<svg xmlns="http://www.w3.org/2000/svg" color="#1d2330" style='font-family:${FONT};font-size:13px'`,
    );
  let x = 62;
  const entries = legend.map(({ label, colour }) => {
    const entry = `<g transform="translate(${x},22)"><circle r="5" fill="${colour}"/><text x="10" dy="0.35em" text-anchor="start" fill="currentColor">${label}</text></g>`;
    x += 30 + 7.2 * label.length;
    return entry;
  });
  const lines = noteLines(note, Number(width));
  const below = lines
    .map((line, k) => {
      const y = Number(height) - 8 - NOTE_LINE * (lines.length - 1 - k);
      return `<text x="${Number(width) - 16}" y="${y}" text-anchor="end" font-size="12" fill="#59606e">${line}</text>`;
    })
    .join('');
  const rest = svg.slice(end).replace(/<\/svg>\s*$/, `${below}</svg>`);
  return `${head}<rect width="${width}" height="${height}" fill="white"/>${entries.join('')}${rest}\n`;
}

/** Plots of one size row by row, below an empty margin. */
export function arranged(
  plots: readonly string[],
  columns: number,
  width: number,
  height: number,
  margin: number,
): string {
  const placed = plots.map((svg, k) =>
    svg.replace(
      /^<svg/,
      `<svg x="${width * (k % columns)}" y="${margin + height * Math.floor(k / columns)}"`,
    ),
  );
  const [right, bottom] = [width * columns, margin + height * Math.ceil(plots.length / columns)];
  return `<svg viewBox="0 0 ${right} ${bottom}" width="${right}" height="${bottom}">${placed.join('')}</svg>`;
}
