import * as Plot from '@observablehq/plot';
import { NOTE_LINE, noteLines, standalone } from './picture.js';
import { middleLabel, render } from './plots.js';

/** One theory on one problem. */
export interface ValidityCell {
  readonly theory: string;
  readonly layers: number;
  /** P/N */
  readonly ratio: number;
  /** name of the panel */
  readonly panel: string;
  /** relative error, signed or not; undefined where there is no solution */
  readonly error: number | undefined;
}

/** Shares that one step of colour stands for: good, fair, poor, wrong. */
const STEPS = [0.01, 0.03, 0.06, 0.15, 0.4];
const COLOURS = ['#1a7f5a', '#6fb98f', '#cfe3b4', '#f6dd8e', '#ee9b5a', '#c8452f'];
const NOTHING = '#d9dce3';

const stepOf = (error: number): number => STEPS.filter((step) => Math.abs(error) >= step).length;
/** Two digits at most, in per cent; the sign where it has one. */
const shown = (error: number): string => {
  const percent = 100 * error;
  if (Math.abs(percent) >= 1000) return '>999';
  return String(Math.abs(percent) < 1 ? Number(percent.toFixed(1)) : Math.round(percent));
};

/**
 * Errors of theories in per cent: a panel for every kind of problem and number of layers, P/N to the right,
 * theories below each other. An SVG file.
 */
export function validityFigure(
  cells: readonly ValidityCell[],
  theories: readonly string[],
  caption: string,
): string {
  const panels = [...new Set(cells.map(({ panel }) => panel))];
  const ratios = [...new Set(cells.map(({ ratio }) => ratio))].sort((a, b) => a - b);
  const depths = [...new Set(cells.map(({ layers }) => layers))].sort((a, b) => a - b);
  const known = cells.flatMap((cell) => (cell.error === undefined ? [] : [{ ...cell, error: cell.error }]));
  const place = { x: 'ratio', y: 'theory', fx: 'panel', fy: 'layers' } as const;
  const width = 162 + 186 * panels.length;
  const below = NOTE_LINE * noteLines(caption, width).length;
  const svg = render({
    width,
    height: 126 + depths.length * (24 * theories.length + 16) + below,
    marginLeft: 124,
    marginTop: 66,
    marginBottom: 62 + below,
    marginRight: 66,
    padding: 0.06,
    x: { type: 'band', domain: ratios, label: 'P/N', tickSize: 0, labelOffset: 40, ...middleLabel },
    y: { type: 'band', domain: [...theories], label: null, tickSize: 0 },
    fx: { domain: panels, label: null, axis: 'top', padding: 0.06 },
    fy: { domain: depths, label: null, tickFormat: (layers: number) => `L = ${layers}`, padding: 0.05 },
    marks: [
      Plot.cell(cells, { ...place, fill: NOTHING }),
      Plot.cell(known, { ...place, fill: ({ error }) => COLOURS[stepOf(error)] }),
      Plot.text(known, {
        ...place,
        text: ({ error }) => shown(error),
        fontSize: 11.5,
        fill: ({ error }) => ([0, 5].includes(stepOf(error)) ? 'white' : '#1d2330'),
      }),
    ],
  });
  const range = (k: number) =>
    k === 0
      ? `below ${100 * STEPS[0]} %`
      : k === STEPS.length
        ? `above ${100 * STEPS[k - 1]} %`
        : `to ${100 * STEPS[k]} %`;
  const legend = COLOURS.map((colour, k) => ({ label: range(k), colour }));
  return standalone(svg, [...legend, { label: 'no solution', colour: NOTHING }], caption);
}
