import { NOTE_LINE, noteLines, standalone } from './picture.js';
import { colourOf, curves, isWide, middleLabel, render } from './plots.js';

/** One place of a curve: a mean over seeds with one standard error of it, or a single result with its own. */
export interface SweepPoint {
  readonly colour: string;
  /** name of its panel; empty if there is one panel */
  readonly panel: string;
  readonly x: number;
  readonly y: number;
  readonly error: number;
}

/**
 * y against x, a line for each colour, a panel for each facet, bars of one standard error; `note` says below
 * of what. An SVG file.
 */
export function sweepFigure(points: readonly SweepPoint[], x: string, y: string, note: string): string {
  const names = [...new Set(points.map(({ colour }) => colour))];
  const panels = [...new Set(points.map(({ panel }) => panel))];
  const faceted = panels.length > 1 || panels[0] !== '';
  const width = faceted ? Math.max(640, 96 + 300 * panels.length) : 640;
  const below = NOTE_LINE * noteLines(note, width).length;
  const svg = render({
    width,
    height: 424 + below,
    marginLeft: 72,
    marginTop: faceted ? 68 : 48,
    marginBottom: 50 + below,
    marginRight: 24,
    x: {
      type: isWide(points.map((point) => point.x)) ? 'log' : 'linear',
      label: x,
      tickFormat: '~g',
      inset: 10,
      labelOffset: 38,
      ...(faceted ? { ticks: 5 } : {}),
      ...middleLabel,
    },
    ...(faceted ? { fx: { label: null, axis: 'top', domain: panels, padding: 0.08 } } : {}),
    y: { label: y, grid: true, nice: true, labelOffset: 62, ...middleLabel },
    color: { domain: names, range: names.map(colourOf) },
    marks: curves(
      points.toSorted((a, b) => a.x - b.x),
      { x: 'x', y: 'y', colour: 'colour', ...(faceted ? { fx: 'panel' as const } : {}) },
      3.5,
    ),
  });
  return standalone(
    svg,
    names.filter((label) => label !== '').map((label, k) => ({ label, colour: colourOf(label, k) })),
    note,
  );
}
