import { useEffect, useMemo, useRef, useState } from 'react';
import { callback, EngineClient } from '../engine/client';
import type { NetworksView as Networks } from '../engine/messages';
import { kernelsOf, type Solution } from '../hooks/useSolution';
import { INFINITE, problemFile, type Setup } from '../setup';
import { Card } from '../ui/card';
import { axis, Figure, margins, rangeAround, upright } from '../ui/figure';
import { Heatmap } from '../ui/heatmap';
import { withError } from '../ui/number';
import { INFINITE_COLOUR, NETWORKS_COLOUR, THEORY_COLOUR, typicalLimit } from '../ui/palette';
import * as Plot from '../ui/plot';

const client = new EngineClient();

interface Trace {
  readonly draws: number;
  readonly cka: number;
  readonly low: number;
  readonly high: number;
}

/** A run of the sampler: what it found so far, and how alignment settled. */
export interface Sampling {
  readonly view?: Networks;
  readonly trace: readonly Trace[];
  readonly running: boolean;
  readonly error?: string;
  start(): void;
  stop(): void;
}

const NOTHING = { trace: [], running: false } as const;

/** Networks of the setup, sampled in a worker of their own from `start` to the end or `stop`; forgotten when the setup changes. */
export function useSampling(setup: Setup): Sampling {
  const [state, setState] = useState<Pick<Sampling, 'view' | 'trace' | 'running' | 'error'>>(NOTHING);
  const run = useRef(0);
  const file = JSON.stringify(problemFile(setup));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another problem has other networks
  useEffect(() => {
    run.current++;
    setState(NOTHING);
    void client.cancel();
  }, [file]);
  const start = () => {
    const mine = ++run.current;
    const show = (change: (now: typeof state) => typeof state) => run.current === mine && setState(change);
    setState({ trace: [], running: true });
    const picture = (view: Networks) =>
      show(({ trace }) => {
        const known = Number.isFinite(view.cka) && view.draws > (trace.at(-1)?.draws ?? 0);
        const error = Number.isFinite(view.ckaError) ? view.ckaError : 0;
        const point = { draws: view.draws, cka: view.cka, low: view.cka - error, high: view.cka + error };
        return { view, trace: known ? [...trace, point] : trace, running: !view.done };
      });
    client
      .run((engine) => engine.sample(JSON.parse(file), setup.seed, callback(picture)))
      .then(() => show((now) => ({ ...now, running: false })))
      .catch((error: Error) => show((now) => ({ ...now, running: false, error: error.message })));
  };
  const stop = () => {
    run.current++;
    setState((now) => ({ ...now, running: false }));
    void client.cancel();
  };
  return { ...state, start, stop };
}

function tracePlot(trace: readonly Trace[], theory: number | undefined, infinite: number): Plot.PlotOptions {
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

/** Sampled networks beside the theory. */
export function NetworksView({
  setup,
  solution,
  sampling,
}: {
  readonly setup: Setup;
  readonly solution: Solution;
  readonly sampling: Sampling;
}) {
  const { view, trace, running, error, start, stop } = sampling;
  const { infinite, solved } = solution;
  const top = setup.layers;
  const theory = solved?.cka[top];
  const before = infinite?.cka[top] ?? Number.NaN;
  const options = useMemo(() => tracePlot(trace, theory, before), [trace, theory, before]);
  const adapted = kernelsOf(solution)[top];
  const samples = infinite?.data.samples ?? 0;
  const fits = adapted?.length === samples * samples;
  const limit = useMemo(() => (adapted ? typicalLimit([adapted], samples) : 1), [adapted, samples]);
  return (
    <Card
      id="networks"
      wide
      busy={running}
      title="Live networks"
      says="Networks drawn from their true posterior by Hamiltonian Monte Carlo, in a worker of this page: what theories are measured by."
      tex={String.raw`p(\theta\mid Y)\propto\exp\Bigl(-\tfrac1{2\kappa}\lVert Y-f_\theta(X)\rVert^2-\textstyle\sum_l\tfrac{N_{l}}{2g_l}\lVert W^{(l)}\rVert^2\Bigr)`}
      section="9-networks"
      controls={
        setup.width === INFINITE ? null : (
          <button type="button" className="action" onClick={running ? stop : start}>
            {running ? 'Stop' : view ? 'Sample again' : 'Sample networks'}
          </button>
        )
      }
    >
      {setup.width === INFINITE ? (
        <p className="empty">Networks that are sampled are finite: choose a width.</p>
      ) : (
        <>
          <p className="key">
            <span>
              <i style={{ background: NETWORKS_COLOUR }} /> networks {view ? withError(view.cka, view.ckaError) : ''}
            </span>
            <span>
              <i style={{ background: THEORY_COLOUR }} /> {solved?.theory ?? 'theory'}{' '}
              {theory === undefined ? '' : withError(theory, solved?.ckaError?.[top])}
            </span>
            <span>
              <i style={{ background: INFINITE_COLOUR }} /> infinite width
            </span>
          </p>
          <div className="pair">
            <Figure options={options} label="Alignment of the output kernel of the networks so far, with one standard error" />
            <div className="maps half">
              {view?.kernel && infinite && fits ? (
                <>
                  <figure>
                    <Heatmap
                      label="Output kernel, mean over networks"
                      values={view.kernel}
                      size={samples}
                      order={infinite.data.order}
                      limit={limit}
                      onPoint={() => {}}
                    />
                    <figcaption>networks, output kernel</figcaption>
                  </figure>
                  <figure>
                    <Heatmap
                      label="Output kernel by the theory"
                      values={adapted}
                      size={samples}
                      order={infinite.data.order}
                      limit={limit}
                      onPoint={() => {}}
                    />
                    <figcaption>{solved?.theory ?? 'theory'}</figcaption>
                  </figure>
                </>
              ) : (
                <p className="empty">
                  {running ? 'Warming up …' : 'Press the button: kernels appear here, beside those of the theory.'}
                </p>
              )}
            </div>
          </div>
          <p className="state" aria-live="polite" data-testid="sampling">
            {error ??
              (view
                ? `${view.draws} networks; ${view.verdict ?? view.stage}${running ? '' : view.done ? '' : ' (stopped)'}`
                : '')}
          </p>
        </>
      )}
    </Card>
  );
}
