import { useMemo } from 'react';
import { callback, EngineClient } from '../engine/client';
import type { NetworksView, WidthPoint } from '../engine/messages';
import type { Solution } from '../hooks/useSolution';
import { useTask } from '../hooks/useTask';
import { INFINITE, problemFile, type Setup, theoryOf } from '../setup';
import { Card } from '../ui/card';
import { axis, Figure, margins, rangeAround, upright } from '../ui/figure';
import { withError } from '../ui/number';
import { INFINITE_COLOUR, NETWORKS_COLOUR, THEORY_COLOUR } from '../ui/palette';
import * as Plot from '../ui/plot';

const client = new EngineClient();
const WIDTHS = [2000, 1000, 500, 250, 125, 64, 32, 16];

interface Point {
  readonly who: string;
  readonly layer: number;
  readonly cka: number;
  readonly error: number;
}

function byLayer({ infinite, iterate, solved }: Solution): Point[] {
  if (!infinite) return [];
  const points = (who: string, cka: readonly number[], errors?: readonly number[]) =>
    cka.map((value, layer) => ({ who, layer, cka: value, error: errors?.[layer] ?? 0 }));
  const now = solved ?? iterate;
  return [...points('infinite width', infinite.cka), ...(now ? points('adapted', now.cka, solved?.ckaError) : [])];
}

const colours = { domain: ['infinite width', 'adapted', 'networks'], range: [INFINITE_COLOUR, THEORY_COLOUR, NETWORKS_COLOUR] };

/** A tick a layer, as long as there is room. */
const layerTicks = (top: number) =>
  Array.from({ length: top + 1 }, (_, l) => l).filter((l) => l % Math.ceil((top + 1) / 9) === 0);

function layerPlot(points: readonly Point[], networks: NetworksView | undefined, top: number): Plot.PlotOptions {
  const sampled =
    networks && Number.isFinite(networks.cka) ? [{ layer: top, cka: networks.cka, error: networks.ckaError || 0 }] : [];
  return {
    width: 430,
    height: 240,
    ...margins,
    x: {
      label: 'layer',
      domain: [0, top],
      ticks: layerTicks(top),
      tickFormat: (l: number) => (l === 0 ? 'input' : String(l)),
      inset: 14,
      ...axis,
    },
    y: {
      label: 'CKA with YYᵀ',
      grid: true,
      nice: true,
      domain: rangeAround([...points, ...sampled].map(({ cka }) => cka)),
      ...upright,
    },
    color: colours,
    marks: [
      Plot.line(points, { x: 'layer', y: 'cka', z: 'who', stroke: 'who', strokeWidth: 2 }),
      Plot.dot(points, { x: 'layer', y: 'cka', fill: 'who', r: 4 }),
      Plot.ruleX(sampled, {
        x: 'layer',
        y1: (d) => d.cka - d.error,
        y2: (d) => d.cka + d.error,
        stroke: NETWORKS_COLOUR,
        strokeWidth: 2,
      }),
      Plot.dot(sampled, { x: 'layer', y: 'cka', fill: NETWORKS_COLOUR, r: 5, symbol: 'diamond' }),
    ],
  };
}

function widthPlot(points: readonly WidthPoint[], infinite: number, here: WidthPoint | undefined): Plot.PlotOptions {
  return {
    width: 430,
    height: 240,
    ...margins,
    x: {
      type: 'log',
      label: 'width N',
      domain: [WIDTHS[WIDTHS.length - 1], WIDTHS[0]],
      ticks: [20, 50, 100, 200, 500, 1000, 2000],
      tickFormat: 'd',
      inset: 8,
      ...axis,
    },
    y: {
      label: 'CKA of the output kernel',
      grid: true,
      nice: true,
      domain: rangeAround([infinite, ...[...points, ...(here ? [here] : [])].map(({ cka }) => cka)]),
      ...upright,
    },
    marks: [
      Plot.ruleY([infinite], { stroke: INFINITE_COLOUR, strokeWidth: 2 }),
      Plot.line(points, { x: 'width', y: 'cka', stroke: THEORY_COLOUR, strokeWidth: 2 }),
      Plot.dot(points, { x: 'width', y: 'cka', fill: THEORY_COLOUR, r: 3 }),
      ...(here ? [Plot.dot([here], { x: 'width', y: 'cka', stroke: THEORY_COLOUR, strokeWidth: 2, r: 7 })] : []),
    ],
  };
}

/** Alignment of every layer, and of the output kernel against width. */
export function AlignmentView({
  setup,
  solution,
  networks,
}: {
  readonly setup: Setup;
  readonly solution: Solution;
  readonly networks?: NetworksView;
}) {
  const { infinite, solved, busy, error } = solution;
  const theory = theoryOf(setup);
  const top = setup.layers;
  const file = JSON.stringify(problemFile({ ...setup, width: 100 }));
  const widths = useTask<readonly WidthPoint[]>(
    client,
    async (engine, show) => {
      const points: WidthPoint[] = [];
      const add = (point: WidthPoint) => {
        points.unshift(point);
        show([...points]);
      };
      await engine.widths(JSON.parse(file), theory, WIDTHS, callback(add));
    },
    [file, theory],
    { rest: 100, wanted: theory !== 'nngp' && !error && solved?.converged === true && !busy },
  );
  const layers = useMemo(() => layerPlot(byLayer(solution), networks, top), [solution, networks, top]);
  const cka = infinite?.cka[infinite.cka.length - 1] ?? Number.NaN;
  const along = useMemo(() => {
    const inside = solved && setup.width >= 16 && setup.width <= 2000 && solved.cka.length === top + 1;
    const here = inside ? { width: setup.width, cka: solved.cka[top], error: 0 } : undefined;
    return widthPlot(widths.result ?? [], cka, here);
  }, [widths.result, cka, solved, setup.width, top]);
  if (!infinite) return null;
  const now = solved ?? solution.iterate;
  const output = now?.cka[now.cka.length - 1];
  const undefinedAlignment = Number.isNaN(cka);
  return (
    <Card
      id="alignment"
      wide
      busy={busy || widths.busy}
      title="Alignment with the task"
      says="How well kernels agree with the targets: infinitely wide networks have what alignment the inputs give them, finite ones gain more from the targets."
      tex={String.raw`\mathrm{CKA}(C,YY^{\top})=\frac{\langle HCH,\,HYY^{\top}H\rangle}{\lVert HCH\rVert\,\lVert HYY^{\top}H\rVert},\qquad H_{\alpha\beta}=\delta_{\alpha\beta}-\tfrac1P`}
      section="8-measures"
    >
      {undefinedAlignment ? (
        <p className="empty">All targets are equal: alignment with them is undefined.</p>
      ) : (
        <>
          <p className="key">
            <span>
              <i style={{ background: INFINITE_COLOUR }} /> infinite width {withError(cka)}
            </span>
            {output !== undefined && (
              <span data-testid="cka">
                <i style={{ background: THEORY_COLOUR }} /> {theory} {withError(output, solved?.ckaError?.[top])}
              </span>
            )}
            {networks && Number.isFinite(networks.cka) && (
              <span>
                <i style={{ background: NETWORKS_COLOUR }} /> networks {withError(networks.cka, networks.ckaError)}
              </span>
            )}
          </p>
          <div className="pair">
            <Figure
              options={layers}
              label={`Alignment of layers 0 to ${top}: ${now?.cka.map((value) => value.toFixed(3)).join(', ') ?? ''}`}
            />
            {setup.width === INFINITE || theory === 'nngp' ? (
              <p className="empty">
                At infinite width kernels do not depend on the targets. Choose a finite width and another theory to see features
                being learned.
              </p>
            ) : (
              <Figure options={along} label="Alignment of the output kernel against width" />
            )}
          </div>
        </>
      )}
    </Card>
  );
}
