import { useMemo } from 'react';
import { awayFromControl } from '../controls/ranges';
import type { Sampling } from '../hooks/useSampling';
import type { Solution } from '../hooks/useSolution';
import { Card } from '../ui/card';
import { Figure } from '../ui/figure';
import { Key } from '../ui/key';
import { withError } from '../ui/number';
import { INFINITE_COLOUR, NETWORKS_COLOUR, THEORY_COLOUR } from '../ui/palette';
import { NetworkMaps } from './networkMaps';
import { tracePlot } from './tracePlot';

/** What the sampler says of itself. */
const stateOf = ({ error, view, running }: Sampling): string =>
  (error && awayFromControl(error)) ??
  (view
    ? `${view.draws} networks; ${view.verdict ?? view.stage}${running || view.done ? '' : ' (stopped)'}`
    : '');

interface NetworksProps {
  readonly solution: Solution;
  readonly sampling: Sampling;
}
/** Sampled networks beside the theory. */
export function NetworksView({ solution, sampling }: NetworksProps) {
  const { view, trace, running, start, stop } = sampling;
  const { found, stale } = solution;
  const theory = found?.solved?.cka.at(-1);
  const before = found?.infinite.cka.at(-1) ?? Number.NaN;
  const options = useMemo(() => tracePlot(trace, theory, before), [trace, theory, before]);
  const column = (name: 'draws' | 'cka' | 'low' | 'high') => trace.map((point) => point[name]);
  const key: readonly (readonly [string, string])[] = [
    [NETWORKS_COLOUR, `networks ${view ? withError(view.cka, view.ckaError) : ''}`],
    [
      THEORY_COLOUR,
      `${found?.solved?.theory ?? 'theory'} ${theory === undefined ? '' : withError(theory, found?.solved?.ckaError?.at(-1))}`,
    ],
    [INFINITE_COLOUR, 'infinite width'],
  ];
  return (
    <Card
      id="networks"
      wide
      busy={running}
      stale={stale}
      title="Live networks"
      says="Networks drawn from their true posterior by Hamiltonian Monte Carlo, in a worker of this page: what theories are measured by."
      equation="networks"
      section="9-networks"
      controls={
        <button type="button" className="action" onClick={running ? stop : start}>
          {running ? 'Stop' : view ? 'Sample again' : 'Sample networks'}
        </button>
      }
      numbers={() => ({
        columns: { draws: column('draws'), cka: column('cka'), low: column('low'), high: column('high') },
      })}
    >
      <Key entries={key} />
      <div className="pair">
        <Figure
          options={options}
          label="Alignment of the output kernel of the networks so far, with one standard error"
        />
        {view?.kernel && found && !stale ? (
          <NetworkMaps found={found} kernel={view.kernel} />
        ) : (
          <p className="empty">
            {running ? 'Warming up …' : 'Press the button: kernels appear here, beside those of the theory.'}
          </p>
        )}
      </div>
      <p className="state" aria-live="polite" data-testid="sampling">
        {stateOf(sampling)}
      </p>
    </Card>
  );
}
