import { useMemo } from 'react';
import { callback, EngineClient } from '../engine/client';
import type { WidthPoint } from '../engine/messages';
import type { Found, Solution } from '../hooks/useSolution';
import { useTask } from '../hooks/useTask';
import { taskOf, theoryOf } from '../setup';
import { Card } from '../ui/card';
import { axis, errorBars, Figure, margins, rangeAround, upright } from '../ui/figure';
import { INFINITE_COLOUR, THEORY_COLOUR } from '../ui/palette';
import * as Plot from '../ui/plot';

const client = new EngineClient();
const WIDTHS = [2000, 1000, 500, 250, 125, 64, 32, 16];

function widthPlot(points: readonly WidthPoint[], infinite: number, here: WidthPoint | undefined): Plot.PlotOptions {
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
    y: { label: 'CKA of the output kernel', grid: true, nice: true, domain: rangeAround([infinite, ...ends]), ...upright },
    marks: [
      Plot.ruleY([infinite], { stroke: INFINITE_COLOUR, strokeWidth: 2 }),
      Plot.line(points, { x: 'width', y: 'cka', stroke: THEORY_COLOUR, strokeWidth: 2 }),
      errorBars(all, 'width', THEORY_COLOUR),
      Plot.dot(points, { x: 'width', y: 'cka', fill: THEORY_COLOUR, r: 3 }),
      ...(here ? [Plot.dot([here], { x: 'width', y: 'cka', stroke: THEORY_COLOUR, strokeWidth: 2, r: 7 })] : []),
    ],
  };
}

/** The point of the setup itself, if it is on the axis. */
function ownPoint({ setup, solved }: Found): WidthPoint | undefined {
  if (!solved || setup.width < 16 || setup.width > 2000) return undefined;
  const top = solved.cka.length - 1;
  return { width: setup.width, cka: solved.cka[top], error: solved.ckaError?.[top] ?? 0 };
}

/** Alignment of the output kernel against width, by the theory. */
export function WidthsView({ solution: { found, stale, pending, error } }: { readonly solution: Solution }) {
  const theory = found ? theoryOf(found.setup) : '';
  const file = found ? JSON.stringify(taskOf({ ...found.setup, width: 100 })) : '';
  const ready = !error && !pending && !stale && found?.solved?.converged === true;
  const widths = useTask<readonly WidthPoint[]>(
    client,
    async (engine, show) => {
      let points: readonly WidthPoint[] = [];
      const add = (point: WidthPoint) => show((points = [point, ...points]));
      await engine.widths(JSON.parse(file), theory, WIDTHS, callback(add));
    },
    [file, theory],
    { rest: 100, wanted: ready },
  );
  const infinite = found?.infinite.cka.at(-1) ?? Number.NaN;
  const options = useMemo(
    () => widthPlot(widths.result ?? [], infinite, found && ownPoint(found)),
    [widths.result, infinite, found],
  );
  const points = widths.result ?? [];
  return (
    <Card
      id="widths"
      busy={widths.busy}
      stale={stale || widths.stale}
      title="The narrower, the more is learned"
      says="Alignment of the output kernel against width: the grey line is infinite width, the circle your network."
      equation="width"
      section="perturbative"
      numbers={() => ({
        columns: { width: points.map((p) => p.width), cka: points.map((p) => p.cka), error: points.map((p) => p.error) },
      })}
    >
      <Figure
        options={options}
        label={`Alignment of the output kernel against width: ${points.map((p) => `${p.width}: ${p.cka.toFixed(3)}`).join(', ')}`}
      />
    </Card>
  );
}
