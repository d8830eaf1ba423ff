import { standalone } from './picture.js';
import { colourOf, curves, isWide, middleLabel, render } from './plots.js';

/** One curve of a figure: means over rows that agree in x, with one standard error of that mean, or of the rows' own. */
export interface SweepPoint {
  readonly colour: string;
  readonly x: number;
  readonly y: number;
  readonly error: number;
}

/** y against x, a line for each colour, bars of one standard error. An SVG file. */
export function sweepFigure(points: readonly SweepPoint[], x: string, y: string): string {
  const names = [...new Set(points.map(({ colour }) => colour))];
  const svg = render({
    width: 640,
    height: 420,
    marginLeft: 72,
    marginTop: 48,
    marginBottom: 45,
    marginRight: 24,
    x: { type: isWide(points.map((point) => point.x)) ? 'log' : 'linear', label: x, tickFormat: '~g', inset: 10, ...middleLabel },
    y: { label: y, grid: true, nice: true, labelOffset: 62, ...middleLabel },
    color: { domain: names, range: names.map(colourOf) },
    marks: [
      ...curves(
        points.toSorted((a, b) => a.x - b.x),
        { x: 'x', y: 'y', colour: 'colour' },
        3.5,
      ),
    ],
  });
  return standalone(
    svg,
    names.filter((label) => label !== '').map((label, k) => ({ label, colour: colourOf(label, k) })),
  );
}
