import * as Plot from '@observablehq/plot';
import { NOTE_LINE, noteLines, standalone } from './picture.js';
import { middleLabel, render } from './plots.js';

/** One theory on one problem. */
export interface ValidityCell {
  readonly theory: string;
  readonly layers: number;
  /** P/N */
  readonly ratio: number;
  /** of the points, names a group of rows of panels */
  readonly data: string;
  /** of network and scaling, names a column of panels */
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

const valuesOf = <T>(cells: readonly ValidityCell[], of: (cell: ValidityCell) => T): T[] => [
  ...new Set(cells.map(of)),
];

/** Names of columns, those first that most problems have: the others leave gaps. */
function orderedBy(cells: readonly ValidityCell[]): string[] {
  const count = (name: string) =>
    cells.filter(({ panel }) => panel.split(',')[0] === name.split(',')[0]).length;
  const names = valuesOf(cells, ({ panel }) => panel);
  return names.sort((a, b) => count(b) - count(a) || a.localeCompare(b));
}

/**
 * Errors of theories in per cent: a row of panels for every data set and number of layers, a column for every
 * activation and scaling, P/N to the right in each, theories below each other. An SVG file.
 */
export function validityFigure(
  cells: readonly ValidityCell[],
  theories: readonly string[],
  caption: string,
): string {
  const panels = orderedBy(cells);
  const ratios = valuesOf(cells, ({ ratio }) => ratio).sort((a, b) => a - b);
  const rowOf = ({ data, layers }: ValidityCell) => `${data}, L = ${layers}`;
  const rows = valuesOf(cells, rowOf).sort();
  const known = cells.flatMap((cell) => (cell.error === undefined ? [] : [{ ...cell, error: cell.error }]));
  const place = { x: 'ratio', y: 'theory', fx: 'panel', fy: rowOf } as const;
  const width = 220 + (27 * ratios.length + 10) * panels.length;
  const below = NOTE_LINE * noteLines(caption, width).length;
  const svg = render({
    width,
    height: 126 + rows.length * (20 * theories.length + 14) + below,
    marginLeft: 118,
    marginTop: 66,
    marginBottom: 62 + below,
    marginRight: 112,
    padding: 0.06,
    x: { type: 'band', domain: ratios, axis: null },
    y: { type: 'band', domain: [...theories], axis: null },
    fx: { domain: panels, label: null, axis: 'top', padding: 0.06 },
    fy: { domain: rows, label: null, axis: 'right', padding: 0.06 },
    marks: [
      // On the outside alone: by default axes stand at every gap.
      Plot.axisX({ facetAnchor: 'bottom', label: 'P/N', tickSize: 0, labelOffset: 40, ...middleLabel }),
      Plot.axisY({ facetAnchor: 'left', label: null, tickSize: 0 }),
      Plot.cell(cells, { ...place, fill: NOTHING }),
      Plot.cell(known, { ...place, fill: ({ error }) => COLOURS[stepOf(error)] }),
      Plot.text(known, {
        ...place,
        text: ({ error }) => shown(error),
        fontSize: 11,
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
