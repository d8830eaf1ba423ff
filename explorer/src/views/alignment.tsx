import { useMemo } from 'react';
import type { NetworksView } from '../engine/messages';
import { useNarrow } from '../hooks/useNarrow';
import type { Found, Solution } from '../hooks/useSolution';
import { Card } from '../ui/card';
import { Figure } from '../ui/figure';
import { withError } from '../ui/number';
import { INFINITE_COLOUR, NETWORKS_COLOUR, PINNED_COLOUR, THEORY_COLOUR } from '../ui/palette';
import { byLayer, type LayerPoint, layerPlot } from './layerPlot';

const WHO = [
  ['infinite width', INFINITE_COLOUR],
  ['adapted', THEORY_COLOUR],
  ['pinned', PINNED_COLOUR],
  ['networks', NETWORKS_COLOUR],
] as const;

/** Alignment of the output kernel, in words. */
function Key({ points, theory }: { readonly points: readonly LayerPoint[]; readonly theory: string }) {
  return (
    <p className="key">
      {WHO.map(([who, colour]) => {
        const output = points.findLast((point) => point.who === who);
        return output ? (
          <span key={who} data-testid={who === 'adapted' ? 'cka' : undefined}>
            <i style={{ background: colour }} /> {who === 'adapted' ? theory : who}{' '}
            {withError(output.cka, output.error || undefined)}
          </span>
        ) : null;
      })}
    </p>
  );
}

interface AlignmentProps {
  readonly solution: Solution;
  readonly pinned?: Found;
  readonly networks?: NetworksView;
}

/** Alignment of every layer with the targets. */
export function AlignmentView({ solution: { found, stale, pending }, pinned, networks }: AlignmentProps) {
  const points = useMemo(() => (found ? byLayer(found, pinned, networks) : []), [found, pinned, networks]);
  const narrow = useNarrow();
  const options = useMemo(() => layerPlot(points, narrow ? 200 : 330), [points, narrow]);
  if (!found) return null;
  const values = points.map(({ who, layer, cka }) => `${who} ${layer}: ${cka.toFixed(3)}`).join(', ');
  const columns = () =>
    Object.fromEntries(
      WHO.flatMap(([who]) => {
        const mine = points.filter((point) => point.who === who);
        return [
          [who, mine.map(({ cka }) => cka)],
          [`${who} error`, mine.map(({ error }) => error)],
        ];
      }),
    );
  return (
    <Card
      id="alignment"
      busy={pending !== undefined}
      stale={stale}
      title="Alignment with the task"
      says="How well each layer sorts the points as the targets do: 1 is perfect."
      equation="alignment"
      section="8-measures"
      numbers={() => ({ columns: columns() })}
    >
      {Number.isNaN(found.infinite.cka[0]) && points.every(({ cka }) => Number.isNaN(cka)) ? (
        <p className="empty">All targets are equal: alignment with them is undefined.</p>
      ) : (
        <>
          <Key points={points} theory={found.solved?.theory ?? 'adapted'} />
          <Figure options={options} label={`Alignment of the layers with the targets: ${values}`} />
        </>
      )}
    </Card>
  );
}
