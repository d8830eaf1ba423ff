import * as Plot from '@observablehq/plot';
import { parseHTML } from '#linkedom';

/**
 * One colour a theory, in the order in which theories are shown (Okabe and Ito 2008: told apart by
 * colour-blind readers).
 */
export const THEORY_COLOURS = ['#888888', '#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];

export const colourOf = (_: unknown, k: number): string => THEORY_COLOURS[k % THEORY_COLOURS.length];

/** 0.001, 20, 3000: no prefixes of units. */
const plainNumber = (value: number) =>
  value >= 1e-4 && value < 1e6 ? String(Number(value.toPrecision(1))) : value.toExponential(0);

const style = { fontFamily: 'inherit', fontSize: '13px', background: 'none', overflow: 'visible' };

/** SVG of a plot. */
export function render(options: Plot.PlotOptions): string {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const figure = Plot.plot({ ...options, style, document: document as unknown as Document });
  return figure.outerHTML;
}

/** Names of the channels of points; `error` is the standard error of y. */
interface Channels<T> {
  readonly x: keyof T & string;
  readonly y: keyof T & string;
  readonly colour: keyof T & string;
  readonly fx?: keyof T & string;
}

/** Bars of one standard error. */
function errorBars<T extends { readonly error: number }>(
  points: readonly T[],
  { x, y, colour, fx }: Channels<T>,
): Plot.RuleX {
  return Plot.ruleX(points, {
    x,
    ...(fx ? { fx } : {}),
    y1: (point: T) => Number(point[y]) - point.error,
    y2: (point: T) => Number(point[y]) + point.error,
    stroke: colour,
    strokeWidth: 2,
  });
}

/** Lines through points with bars of one standard error. */
export function curves<T extends { readonly error: number }>(
  points: readonly T[],
  channels: Channels<T>,
  r = 4,
): Plot.Markish[] {
  const { x, y, colour, fx } = channels;
  const panel = fx ? { fx } : {};
  return [
    errorBars(points, channels),
    Plot.line(points, { x, y, ...panel, z: colour, stroke: colour, strokeWidth: 2 }),
    Plot.dot(points, { x, y, ...panel, fill: colour, r }),
  ];
}

export interface AlignmentPoint {
  readonly theory: string;
  readonly layer: number;
  readonly cka: number;
  readonly error: number;
}

export const middleLabel = { labelAnchor: 'center', labelArrow: 'none' } as const;

/** A tick for every layer that is there; layer 0 is the input. */
function layerAxis(points: readonly { readonly layer: number }[]): Plot.ScaleOptions {
  const ticks = [...new Set(points.map(({ layer }) => layer))];
  return {
    label: 'layer',
    ticks,
    tickFormat: (l: number) => (l === 0 ? 'input' : String(l)),
    inset: 12,
    ...middleLabel,
  };
}

/** Height of a label as a share of that of the plot. */
const LABEL_SHARE = 15 / 275;

/** The name of each line beside its last point, moved up where it would cover the one below. */
export function endLabels(
  points: readonly AlignmentPoint[],
): { theory: string; layer: number; at: number }[] {
  const last = Math.max(...points.map(({ layer }) => layer));
  const values = points.map(({ cka }) => cka);
  const gap = LABEL_SHARE * (Math.max(...values) - Math.min(...values) || 1);
  let floor = Number.NEGATIVE_INFINITY;
  return points
    .filter(({ layer }) => layer === last)
    .sort((a, b) => a.cka - b.cka)
    .map(({ theory, layer, cka }) => {
      const at = Math.max(cka, floor);
      floor = at + gap;
      return { theory, layer, at };
    });
}

/** Centred alignment with the targets against the layer, a line a theory, bars of one standard error. */
export function alignmentPlot(points: readonly AlignmentPoint[], theories: readonly string[]): string {
  return render({
    width: 560,
    height: 340,
    marginLeft: 60,
    marginRight: 110,
    marginBottom: 45,
    x: layerAxis(points),
    y: { label: 'CKA with YYᵀ', grid: true, nice: true, ...middleLabel },
    color: { domain: [...theories], range: THEORY_COLOURS },
    marks: [
      ...curves(points, { x: 'layer', y: 'cka', colour: 'theory' }),
      Plot.text(endLabels(points), {
        x: 'layer',
        y: 'at',
        text: 'theory',
        fill: 'theory',
        textAnchor: 'start',
        dx: 10,
      }),
    ],
  });
}

/** A measure against the layer without labels of its own: one panel of a figure that has a legend. */
export function layerPlot(
  points: readonly AlignmentPoint[],
  theories: readonly string[],
  label: string,
): string {
  return render({
    width: 440,
    height: 340,
    marginLeft: 72,
    marginRight: 20,
    marginBottom: 45,
    x: layerAxis(points),
    y: { label, grid: true, nice: true, labelOffset: 64, ...middleLabel },
    color: { domain: [...theories], range: THEORY_COLOURS },
    marks: [...curves(points, { x: 'layer', y: 'cka', colour: 'theory' })],
  });
}

/** How far each layer moved from its kernel at infinite width, a line a theory. */
export function changePlot(
  points: readonly { theory: string; layer: number; change: number }[],
  theories: readonly string[],
): string {
  return render({
    width: 440,
    height: 340,
    marginLeft: 60,
    marginRight: 30,
    marginBottom: 45,
    x: layerAxis(points),
    y: { label: '‖C − K‖/‖K‖', grid: true, nice: true, zero: true, ...middleLabel },
    color: { domain: [...theories], range: THEORY_COLOURS },
    marks: [
      Plot.line(points, { x: 'layer', y: 'change', z: 'theory', stroke: 'theory', strokeWidth: 2 }),
      Plot.dot(points, { x: 'layer', y: 'change', fill: 'theory', r: 4 }),
    ],
  });
}

export interface AlongPoint {
  readonly theory: string;
  /** of the key on the axis */
  readonly value: number;
  /** name of its panel */
  readonly layer: string;
  readonly cka: number;
  readonly error: number;
}

/** Values over so wide a range that a logarithmic axis serves them. */
export const isWide = (values: readonly number[]) =>
  Math.min(...values) > 0 && Math.max(...values) > 8 * Math.min(...values);

/** A panel a layer: lines for theories, points with bars of one standard error for networks. */
export function alongPlot(
  points: readonly AlongPoint[],
  names: readonly string[],
  networks: string,
  label: string,
): string {
  const layers = [...new Set(points.map(({ layer }) => layer))];
  const lines = points.filter(({ theory }) => theory !== networks);
  const dots = points.filter(({ theory }) => theory === networks);
  const ticks = [...new Set(points.map(({ value }) => value))];
  const every = Math.ceil(ticks.length / 5);
  return render({
    width: 80 + 330 * layers.length,
    height: 350,
    marginLeft: 62,
    marginRight: 20,
    marginTop: 68,
    marginBottom: 45,
    x: {
      type: isWide(ticks) ? 'log' : 'linear',
      label,
      axis: null,
      inset: 10,
    },
    fx: { label: null, axis: 'top', domain: layers, padding: 0.08 },
    y: { label: 'CKA with YYᵀ', grid: true, nice: true, ...middleLabel },
    color: { domain: [...names], range: names.map(colourOf) },
    marks: [
      // Given as texts: the axis of a logarithm would leave out what is no power of ten.
      Plot.axisX(
        ticks.filter((_, k) => k % every === 0),
        { text: (value: number) => String(Number(value.toPrecision(3))), label, ...middleLabel },
      ),
      Plot.line(lines, { x: 'value', y: 'cka', fx: 'layer', z: 'theory', stroke: 'theory', strokeWidth: 2 }),
      Plot.dot(lines, { x: 'value', y: 'cka', fx: 'layer', fill: 'theory', r: 2.5 }),
      errorBars(dots, { x: 'value', y: 'cka', colour: 'theory', fx: 'layer' }),
      Plot.dot(dots, { x: 'value', y: 'cka', fx: 'layer', fill: 'theory', stroke: 'white', r: 5 }),
    ],
  });
}

export interface SpectrumPoint {
  readonly theory: string;
  readonly rank: number;
  readonly eigenvalue: number;
}

/** Eigenvalues of the centred kernel of one layer against their rank, both logarithmic. */
export function spectrumPlot(
  points: readonly SpectrumPoint[],
  theories: readonly string[],
  title: string,
): string {
  return render({
    width: 360,
    height: 280,
    marginLeft: 64,
    marginBottom: 42,
    title,
    x: { type: 'log', label: 'rank', ...middleLabel, ticks: 4, tickFormat: ',' },
    y: {
      type: 'log',
      label: 'eigenvalue of HCH',
      grid: true,
      labelAnchor: 'center',
      labelArrow: 'none',
      labelOffset: 56,
      ticks: 5,
      tickFormat: plainNumber,
    },
    color: { domain: [...theories], range: THEORY_COLOURS },
    marks: [
      Plot.line(points, { x: 'rank', y: 'eigenvalue', z: 'theory', stroke: 'theory', strokeWidth: 1.8 }),
    ],
  });
}

export interface PredictionPoint {
  readonly x: number;
  readonly target: number;
  readonly mean: number;
  readonly deviation: number;
}

/** Mean and standard deviation of the output at test points, beside the targets. */
export function predictionPlot(
  points: readonly PredictionPoint[],
  colour: string,
  title: string,
  label: string,
  shown = 'output',
): string {
  const byTarget = points.toSorted((a, b) => a.x - b.x);
  return render({
    width: 480,
    height: 260,
    marginLeft: 60,
    marginBottom: 42,
    title,
    x: { label, nice: true, ...middleLabel },
    y: { label: shown, grid: true, nice: true, ...middleLabel },
    marks: [
      Plot.line(byTarget, { x: 'x', y: 'target', stroke: 'currentColor', strokeWidth: 1.2 }),
      Plot.ruleX(points, {
        x: 'x',
        y1: (d: PredictionPoint) => d.mean - d.deviation,
        y2: (d: PredictionPoint) => d.mean + d.deviation,
        stroke: colour,
        strokeOpacity: 0.45,
      }),
      Plot.dot(points, { x: 'x', y: 'mean', fill: colour, r: 2.6 }),
    ],
  });
}
