import { useMemo } from 'react';
import { callback, EngineClient } from '../engine/client';
import type { WidthPoint } from '../engine/messages';
import type { Solution } from '../hooks/useSolution';
import { useTask } from '../hooks/useTask';
import { optionsOf, taskOf, theoryOf } from '../setup';
import { Card } from '../ui/card';
import { Figure } from '../ui/figure';
import { ownPoint, widthPlot } from './widthPlot';

const client = new EngineClient();
const WIDTHS = [2000, 1000, 500, 250, 125, 64, 32, 16];

/** Alignment of the output kernel against width, by the theory. */
export function WidthsView({ solution: { found, stale, pending, error } }: { readonly solution: Solution }) {
  const theory = found ? theoryOf(found.setup) : '';
  const files = found ? JSON.stringify(WIDTHS.map((width) => taskOf({ ...found.setup, width }))) : '';
  const ready = !error && !pending && !stale && found?.solved?.converged === true;
  const widths = useTask<readonly WidthPoint[]>(
    client,
    async (engine, show) => {
      let points: readonly WidthPoint[] = [];
      const add = (point: WidthPoint) => show((points = [point, ...points]));
      if (found)
        await engine.widths(JSON.parse(files), theory, optionsOf(theory, found.setup), callback(add));
    },
    [files, theory],
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
        columns: {
          width: points.map((p) => p.width),
          cka: points.map((p) => p.cka),
          error: points.map((p) => p.error),
        },
      })}
    >
      <Figure
        options={options}
        label={`Alignment of the output kernel against width: ${points.map((p) => `${p.width}: ${p.cka.toFixed(3)}`).join(', ')}`}
      />
    </Card>
  );
}
