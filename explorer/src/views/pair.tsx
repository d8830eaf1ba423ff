import { useMemo } from 'react';
import { awayFromControl } from '../controls/ranges';
import { EngineClient } from '../engine/client';
import type { PairView as Pair } from '../engine/messages';
import { useTask } from '../hooks/useTask';
import { taskOf } from '../setup';
import { Card } from '../ui/card';
import { Figure } from '../ui/figure';
import { Key } from '../ui/key';
import { INFINITE_COLOUR, PRIOR_COLOUR, THEORY_COLOUR } from '../ui/palette';
import { ChoosePair, type PairProps } from './choosePair';
import { histogram, pairPlot } from './pairPlot';

const client = new EngineClient();
/** Milliseconds that leave the cores to the first picture of the kernels. */
const AFTER_PICTURE = 600;

const sign = (value: number) => `${value > 0 ? '+' : ''}${Number(value.toPrecision(3))}`.replace('-', '−');

/** The prior over the kernel of two samples and what their targets make of it. */
export function PairView(props: PairProps) {
  const { setup, samples } = props;
  const file = JSON.stringify(taskOf(setup));
  const pair = setup.pair.split(',').map(Number) as [number, number];
  const { result, busy, stale, error } = useTask<Pair>(
    client,
    async (engine, show) => show(await engine.pair(JSON.parse(file), pair)),
    [file, setup.pair],
    { rest: AFTER_PICTURE, wanted: samples > 0 },
  );
  const bins = useMemo(() => (result ? histogram(result) : []), [result]);
  const options = useMemo(() => result && pairPlot(result, bins), [result, bins]);
  const column = (name: 'x1' | 'x2' | 'prior' | 'posterior') => bins.map((bin) => bin[name]);
  const key: readonly (readonly [string, string])[] = [
    [PRIOR_COLOUR, 'networks from the prior'],
    [THEORY_COLOUR, `reweighed by y = ${sign(result?.targets[0] ?? 0)}, ${sign(result?.targets[1] ?? 0)}`],
    [INFINITE_COLOUR, 'infinite width'],
  ];
  return (
    <Card
      id="pair"
      busy={busy}
      stale={stale}
      title="The prior is a superposition"
      says="Networks drawn before data scatter around infinite width, the more the narrower they are; targets favour those networks that see the two points as the targets do."
      equation="pair"
      section="3-the-prior-over-kernels"
      controls={<ChoosePair {...props} />}
      numbers={() => ({
        columns: {
          from: column('x1'),
          to: column('x2'),
          prior: column('prior'),
          posterior: column('posterior'),
        },
      })}
    >
      {error && <p className="empty">{awayFromControl(error)}</p>}
      {!error && !options && <p className="empty">Networks are being drawn …</p>}
      {!error && options && (
        <>
          <Key entries={key} />
          <Figure
            options={options}
            label={`Distribution of the output kernel of points ${pair.join(' and ')} over networks`}
          />
        </>
      )}
    </Card>
  );
}
