import { useMemo, useState } from 'react';
import { awayFromControl } from '../controls/ranges';
import { usePhases } from '../hooks/usePhases';
import type { Update } from '../hooks/useSetup';
import type { Setup } from '../setup';
import { Card } from '../ui/card';
import { Figure } from '../ui/figure';
import { Segments } from '../ui/segments';
import { PhaseCaption } from './phaseCaption';
import { domainOf } from './phasePlace';
import { type Background, coloursSaid, phasePlot } from './phasePlot';
import { PhasePoint } from './phasePoint';

const BACKGROUNDS: readonly (readonly [Background, string])[] = [
  ['depth', 'depth scale'],
  ['rise', 'feature learning'],
];

interface PhaseProps {
  readonly setup: Setup;
  readonly update: Update;
  /** whether it may be computed yet */
  readonly begun: boolean;
}

/** Order and chaos, with the network as a point that can be moved. */
export function PhaseView({ setup, update, begun }: PhaseProps) {
  const [background, setBackground] = useState<Background>('depth');
  const domain = domainOf(setup);
  const key = JSON.stringify(domain);
  const { diagram, rises, point } = usePhases(setup, domain, begun ? background : undefined);
  const shown = background === 'depth' ? diagram.result : rises.result;
  const map = shown && shown.values.length > 0 ? shown : undefined;
  const line = diagram.result?.line;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for the domain
  const options = useMemo(() => phasePlot(map, line ?? [], domain, background), [map, line, key, background]);
  return (
    <Card
      id="phase"
      busy={diagram.busy || rises.busy}
      stale={background === 'depth' ? diagram.stale : rises.stale}
      title="Order, chaos, and the edge"
      says="Drag the point. Signals of different inputs become equal in the ordered phase and lose each other in the chaotic one; near the edge they travel deepest."
      equation="phase"
      section="7-order-and-chaos"
      controls={
        <Segments<Background>
          label="Background"
          value={background}
          options={BACKGROUNDS}
          onChange={setBackground}
        />
      }
      numbers={() => ({
        columns: {
          weightVariance: line?.map((p) => p.weightVariance) ?? [],
          biasVariance: line?.map((p) => p.biasVariance) ?? [],
        },
      })}
    >
      {diagram.error ? (
        <p className="empty">{awayFromControl(diagram.error)}</p>
      ) : (
        <PhasePoint setup={setup} domain={domain} update={update}>
          <Figure options={options} label={`Phase diagram of ${setup.activation} with the edge of chaos`} />
        </PhasePoint>
      )}
      <PhaseCaption colours={coloursSaid(background, map)} point={point} layers={setup.layers} />
    </Card>
  );
}
