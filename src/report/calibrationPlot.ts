import * as Plot from '@observablehq/plot';
import { middleLabel, render, THEORY_COLOURS } from './plots.js';

export interface CoveragePoint {
  readonly theory: string;
  /** probability of an interval, and the share of targets that it holds */
  readonly level: number;
  readonly share: number;
}

/**
 * Share of targets inside of intervals against the probability of these, a line a theory, around the diagonal
 * with the scatter of so many targets; or probabilities against what came true.
 */
export function calibrationPlot(
  points: readonly CoveragePoint[],
  theories: readonly string[],
  targets: number | undefined,
  labels = { x: 'probability of the interval', y: 'share of targets inside' },
): string {
  const levels = targets === undefined ? [] : [...new Set(points.map(({ level }) => level))];
  const scatter = levels.map((level) => ({
    level,
    error: 2 * Math.sqrt((level * (1 - level)) / (targets ?? 1)),
  }));
  const percent = (value: number) => `${Math.round(100 * value)} %`;
  return render({
    width: 440,
    height: 360,
    marginLeft: 64,
    marginRight: 20,
    marginBottom: 45,
    x: { domain: [0, 1], label: labels.x, tickFormat: percent, ticks: 5, ...middleLabel },
    y: {
      domain: [0, 1],
      label: labels.y,
      tickFormat: percent,
      ticks: 5,
      grid: true,
      labelOffset: 56,
      ...middleLabel,
    },
    color: { domain: [...theories], range: THEORY_COLOURS, legend: false },
    marks: [
      Plot.areaY(scatter, {
        x: 'level',
        y1: ({ level, error }) => Math.max(0, level - error),
        y2: ({ level, error }) => Math.min(1, level + error),
        fill: 'currentColor',
        fillOpacity: 0.08,
      }),
      Plot.link([0], { x1: 0, y1: 0, x2: 1, y2: 1, stroke: 'currentColor', strokeOpacity: 0.4 }),
      Plot.line(points, { x: 'level', y: 'share', z: 'theory', stroke: 'theory', strokeWidth: 2 }),
    ],
  });
}
