import type { PairView } from '../engine/messages';
import { axis, margins, upright } from '../ui/figure';
import { INFINITE_COLOUR, PRIOR_COLOUR, THEORY_COLOUR } from '../ui/palette';
import * as Plot from '../ui/plot';

const BINS = 44;

export interface Bin {
  readonly x1: number;
  readonly x2: number;
  readonly prior: number;
  readonly posterior: number;
}

/** Densities of C_αβ before and after the targets, over common bins. */
export function histogram({ values, weights }: PairView): Bin[] {
  const sorted = values.toSorted();
  const [low, high] = [
    sorted[Math.floor(0.002 * sorted.length)],
    sorted[Math.ceil(0.998 * (sorted.length - 1))],
  ];
  const step = (high - low) / BINS || 1;
  const bins = Array.from({ length: BINS }, (_, k) => ({
    x1: low + k * step,
    x2: low + (k + 1) * step,
    prior: 0,
    posterior: 0,
  }));
  values.forEach((value, s) => {
    const bin = bins[Math.floor((value - low) / step)];
    if (!bin) return;
    bin.prior += 1 / (values.length * step);
    bin.posterior += weights[s] / step;
  });
  return bins;
}

export function pairPlot({ pair, infinite }: PairView, bins: readonly Bin[]): Plot.PlotOptions {
  return {
    width: 430,
    height: 240,
    ...margins,
    x: { label: `output kernel C of points ${pair[0]} and ${pair[1]}`, ...axis },
    y: { label: 'density over networks', grid: true, nice: true, ...upright },
    marks: [
      Plot.rectY(bins, { x1: 'x1', x2: 'x2', y: 'prior', fill: PRIOR_COLOUR, fillOpacity: 0.45 }),
      Plot.rectY(bins, { x1: 'x1', x2: 'x2', y: 'posterior', fill: THEORY_COLOUR, fillOpacity: 0.5 }),
      Plot.ruleX([infinite], { stroke: INFINITE_COLOUR, strokeWidth: 3 }),
    ],
  };
}
