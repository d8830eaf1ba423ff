import { useEffect, useState } from 'react';
import { callback, EngineClient } from '../engine/client';
import type { PhaseView as Diagram, PhaseMap, PointPhase } from '../engine/messages';
import { optionsOf, type Setup, taskOf } from '../setup';
import type { Domain } from '../views/phasePlace';
import type { Background } from '../views/phasePlot';
import { type Task, useTask } from './useTask';

const client = new EngineClient();
const riseClient = new EngineClient();
const SIZE = [33, 21] as const;
const RISE_SIZE = [8, 6] as const;
const NOWHERE = {
  weightVariances: new Float64Array(),
  biasVariances: new Float64Array(),
  values: new Float64Array(),
};

interface Phases {
  readonly diagram: Task<Diagram>;
  readonly rises: Task<PhaseMap>;
  /** of the network itself */
  readonly point?: PointPhase;
}

/**
 * Depth scales over the variances, the edge of chaos first; rises of alignment where they are wanted; and the
 * phase of the setup. None of them without a background.
 */
export function usePhases(setup: Setup, domain: Domain, background: Background | undefined): Phases {
  const { activation, weightVariance, biasVariance } = setup;
  const key = JSON.stringify(domain);
  const wanted = background !== undefined;
  const diagram = useTask<Diagram>(
    client,
    async (engine, show) => {
      show({ ...NOWHERE, line: await engine.edge(activation) });
      show(await engine.phases(activation, domain, SIZE));
    },
    [activation, key],
    { rest: 300, wanted },
  );
  const file = JSON.stringify(taskOf({ ...setup, weightVariance: 1, biasVariance: 0 }));
  const rises = useTask<PhaseMap>(
    riseClient,
    async (engine, show) =>
      engine.rises(JSON.parse(file), optionsOf('linearResponse', setup), domain, RISE_SIZE, callback(show)),
    [file, key],
    { rest: 400, wanted: background === 'rise' },
  );
  const [point, setPoint] = useState<PointPhase>();
  useEffect(() => {
    if (!wanted) return;
    let current = true;
    // Beside the diagram, which it must not end: asked of the other worker.
    riseClient
      .ask((engine) => engine.pointPhase(activation, weightVariance, biasVariance))
      .then((found) => current && setPoint(found))
      .catch(() => current && setPoint(undefined));
    return () => {
      current = false;
    };
  }, [wanted, activation, weightVariance, biasVariance]);
  return { diagram, rises, point };
}
