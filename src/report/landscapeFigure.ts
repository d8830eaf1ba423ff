import * as Plot from '@observablehq/plot';
import type { CriticalPoint } from '../criticality/criticalLine.js';
import type { Matrix } from '../numerics/matrix.js';
import { arranged, standalone } from './picture.js';
import { middleLabel, render } from './plots.js';

/** One map of a landscape. */
export interface Panel {
  readonly title: string;
  /** bias variances × weight variances; NaN where nothing is known */
  readonly values: Matrix;
}

const WIDTH = 360;
const HEIGHT = 290;
const TOP = 40;
const EDGE = '#d55e00';
const LEVELS = 10;

interface Axes {
  readonly weightVariances: Float64Array;
  readonly biasVariances: Float64Array;
}

const heading = { dy: -18, fontSize: 12.5, fill: 'currentColor' } as const;

/** Numbers of a scale in three digits at most. */
const short = (value: number): string => String(Number(value.toPrecision(2)));

function panelPlot(
  { title, values }: Panel,
  { weightVariances: gs, biasVariances: betas }: Axes,
  line: readonly CriticalPoint[],
): string {
  const [x1, x2, y1, y2] = [gs[0], gs[gs.length - 1], betas[0], betas[betas.length - 1]];
  const [dx, dy] = [(x2 - x1) / (gs.length - 1), (y2 - y1) / (betas.length - 1)];
  const known = Array.from(values.data).filter((value) => Number.isFinite(value));
  const [low, high] = known.length > 0 ? [Math.min(...known), Math.max(...known)] : [0, 1];
  const thresholds = Array.from({ length: LEVELS - 1 }, (_, k) => low + ((k + 1) * (high - low)) / LEVELS);
  const cells = { x1: x1 - dx / 2, x2: x2 + dx / 2, y1: y1 - dy / 2, y2: y2 + dy / 2 };
  const missing = Array.from(values.data).flatMap((value, k) => {
    if (Number.isFinite(value)) return [];
    const [i, j] = [Math.floor(k / gs.length), k % gs.length];
    return [{ x1: gs[j] - dx / 2, x2: gs[j] + dx / 2, y1: betas[i] - dy / 2, y2: betas[i] + dy / 2 }];
  });
  return render({
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 62,
    marginRight: 20,
    marginTop: 34,
    marginBottom: 42,
    x: { domain: [x1, x2], label: 'σ_w²', ticks: 5, ...middleLabel },
    y: { domain: [y1, y2], label: 'σ_b²', ticks: 5, ...middleLabel },
    color: { type: 'linear', scheme: 'viridis', domain: [low, high === low ? low + 1 : high] },
    marks: [
      Plot.contour(
        Array.from(values.data, (value) => (Number.isFinite(value) ? value : low)),
        {
          ...cells,
          width: gs.length,
          height: betas.length,
          fill: Plot.identity,
          thresholds: [low - 1, ...thresholds],
          clip: true,
        },
      ),
      Plot.rect(missing, { x1: 'x1', x2: 'x2', y1: 'y1', y2: 'y2', fill: '#ececec', clip: true }),
      Plot.line(line, { x: 'weightVariance', y: 'biasVariance', stroke: EDGE, strokeWidth: 2.5, clip: true }),
      Plot.frame({ stroke: '#8891a0' }),
      Plot.text([title], { ...heading, frameAnchor: 'top-left', fontWeight: 600 }),
      Plot.text([`${short(low)} … ${short(high)}`], { ...heading, frameAnchor: 'top-right' }),
    ],
  });
}

/**
 * Maps side by side, dark at the least and yellow at the largest value of each, with the edge of chaos. An
 * SVG file.
 */
export function landscapeFigure(
  panels: readonly Panel[],
  axes: Axes,
  line: readonly CriticalPoint[],
  caption: string,
): string {
  const columns = Math.min(3, panels.length);
  const plots = panels.map((panel) => panelPlot(panel, axes, line));
  const whole = arranged(plots, columns, WIDTH, HEIGHT, TOP);
  return standalone(whole, [
    { label: 'edge of chaos', colour: EDGE },
    { label: `least to largest value: dark to yellow · ${caption}`, colour: '#440154' },
  ]);
}
