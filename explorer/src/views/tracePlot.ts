import type { Trace } from '../hooks/useSampling';
import { axis, margins, rangeAround, upright } from '../ui/figure';
import { INFINITE_COLOUR, NETWORKS_COLOUR, THEORY_COLOUR } from '../ui/palette';
import * as Plot from '../ui/plot';

/**
 * Alignment of the output kernel of the networks so far, with one standard error, beside theory and infinite
 * width.
 */
export function tracePlot(
  trace: readonly Trace[],
  theory: number | undefined,
  infinite: number,
): Plot.PlotOptions {
  const seen = [infinite, theory ?? infinite, ...trace.flatMap(({ low, high }) => [low, high])];
  return {
    width: 430,
    height: 230,
    ...margins,
    x: { label: 'networks drawn', domain: [0, 1600], ticks: 5, ...axis },
    y: { label: 'CKA of the output kernel', grid: true, nice: true, domain: rangeAround(seen), ...upright },
    marks: [
      Plot.ruleY([infinite], { stroke: INFINITE_COLOUR, strokeWidth: 2 }),
      ...(theory === undefined ? [] : [Plot.ruleY([theory], { stroke: THEORY_COLOUR, strokeWidth: 2 })]),
      Plot.areaY(trace, { x: 'draws', y1: 'low', y2: 'high', fill: NETWORKS_COLOUR, fillOpacity: 0.25 }),
      Plot.line(trace, { x: 'draws', y: 'cka', stroke: NETWORKS_COLOUR, strokeWidth: 2 }),
    ],
  };
}
