import type { WidthPoint } from '../engine/messages';
import type { Found } from '../hooks/useSolution';
import { axis, errorBars, margins, rangeAround, upright } from '../ui/figure';
import { INFINITE_COLOUR, THEORY_COLOUR } from '../ui/palette';
import * as Plot from '../ui/plot';

/** Alignment against width, with that of infinite width and of the setup itself. */
export function widthPlot(
  points: readonly WidthPoint[],
  infinite: number,
  here: WidthPoint | undefined,
): Plot.PlotOptions {
  const all = [...points, ...(here ? [here] : [])];
  const ends = all.flatMap(({ cka, error }) => [cka - error, cka + error]);
  return {
    width: 430,
    height: 250,
    ...margins,
    x: {
      type: 'log',
      label: 'width N',
      domain: [16, 2000],
      ticks: [20, 50, 100, 200, 500, 1000, 2000],
      tickFormat: 'd',
      inset: 8,
      ...axis,
    },
    y: {
      label: 'CKA of the output kernel',
      grid: true,
      nice: true,
      domain: rangeAround([infinite, ...ends]),
      ...upright,
    },
    marks: [
      Plot.ruleY([infinite], { stroke: INFINITE_COLOUR, strokeWidth: 2 }),
      Plot.line(points, { x: 'width', y: 'cka', stroke: THEORY_COLOUR, strokeWidth: 2 }),
      errorBars(all, 'width', THEORY_COLOUR),
      Plot.dot(points, { x: 'width', y: 'cka', fill: THEORY_COLOUR, r: 3 }),
      ...(here
        ? [Plot.dot([here], { x: 'width', y: 'cka', stroke: THEORY_COLOUR, strokeWidth: 2, r: 7 })]
        : []),
    ],
  };
}

/** The point of the setup itself, if it is on the axis. */
export function ownPoint({ setup, solved }: Found): WidthPoint | undefined {
  if (!solved || setup.width < 16 || setup.width > 2000) return undefined;
  const top = solved.cka.length - 1;
  return { width: setup.width, cka: solved.cka[top], error: solved.ckaError?.[top] ?? 0 };
}
