import * as Plot from '@observablehq/plot';
import { standalone } from './picture.js';
import { colourOf, middleLabel, render } from './plots.js';

/** One curve of a figure: means over rows that agree in x, with one standard error of that mean, or of the rows' own. */
export interface SweepPoint {
  readonly colour: string;
  readonly x: number;
  readonly y: number;
  readonly error: number;
}

/** Values over so wide a range that a logarithmic axis serves them. */
const isWide = (values: readonly number[]) => Math.min(...values) > 0 && Math.max(...values) > 8 * Math.min(...values);

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
      Plot.ruleX(points, {
        x: 'x',
        y1: (point: SweepPoint) => point.y - point.error,
        y2: (point: SweepPoint) => point.y + point.error,
        stroke: 'colour',
        strokeWidth: 2,
      }),
      Plot.line(points, { x: 'x', y: 'y', stroke: 'colour', strokeWidth: 2, sort: 'x' }),
      Plot.dot(points, { x: 'x', y: 'y', fill: 'colour', r: 3.5 }),
    ],
  });
  return standalone(
    svg,
    names.filter((label) => label !== '').map((label, k) => ({ label, colour: colourOf(label, k) })),
  );
}
