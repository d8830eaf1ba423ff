import { useEffect, useState } from 'react';
import { callback, EngineClient } from '../engine/client';
import type { PhaseView as Diagram, PhaseMap, PointPhase } from '../engine/messages';
import { type Setup, taskOf } from '../setup';
import type { Domain } from '../views/phasePlace';
import type { Background } from '../views/phasePlot';
import { type Task, useTask } from './useTask';

const client = new EngineClient();
const gainClient = new EngineClient();
const SIZE = [33, 21] as const;
const GAIN_SIZE = [8, 6] as const;
const NOWHERE = {
  weightVariances: new Float64Array(),
  biasVariances: new Float64Array(),
  values: new Float64Array(),
};

interface Phases {
  readonly diagram: Task<Diagram>;
  readonly gains: Task<PhaseMap>;
  /** of the network itself */
  readonly point?: PointPhase;
}

/**
 * Depth scales over the variances, the edge of chaos first; gains of alignment where they are wanted; and the
 * phase of the setup.
 */
export function usePhases(setup: Setup, domain: Domain, background: Background): Phases {
  const { activation, weightVariance, biasVariance } = setup;
  const key = JSON.stringify(domain);
  const diagram = useTask<Diagram>(
    client,
    async (engine, show) => {
      show({ ...NOWHERE, line: await engine.edge(activation) });
      show(await engine.phases(activation, domain, SIZE));
    },
    [activation, key],
    { rest: 300 },
  );
  const file = JSON.stringify(taskOf({ ...setup, weightVariance: 1, biasVariance: 0 }));
  const gains = useTask<PhaseMap>(
    gainClient,
    async (engine, show) => engine.gains(JSON.parse(file), domain, GAIN_SIZE, callback(show)),
    [file, key],
    { rest: 400, wanted: background === 'gain' },
  );
  const [point, setPoint] = useState<PointPhase>();
  useEffect(() => {
    let current = true;
    // Beside the diagram, which it must not end: asked of the other worker.
    gainClient
      .ask((engine) => engine.pointPhase(activation, weightVariance, biasVariance))
      .then((found) => current && setPoint(found))
      .catch(() => current && setPoint(undefined));
    return () => {
      current = false;
    };
  }, [activation, weightVariance, biasVariance]);
  return { diagram, gains, point };
}
