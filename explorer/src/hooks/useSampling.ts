import { useEffect, useRef, useState } from 'react';
import { callback, EngineClient } from '../engine/client';
import type { NetworksView } from '../engine/messages';
import { type Setup, taskOf } from '../setup';

const client = new EngineClient();

export interface Trace {
  readonly draws: number;
  readonly cka: number;
  readonly low: number;
  readonly high: number;
}

/** A run of the sampler: what it found so far, and how alignment settled. */
export interface Sampling {
  readonly view?: NetworksView;
  readonly trace: readonly Trace[];
  readonly running: boolean;
  readonly error?: string;
  start(): void;
  stop(): void;
}

type State = Omit<Sampling, 'start' | 'stop'>;
const NOTHING: State = { trace: [], running: false };

/** What one more picture adds. */
function added({ trace }: State, view: NetworksView): State {
  const known = Number.isFinite(view.cka) && view.draws > (trace.at(-1)?.draws ?? 0);
  const error = Number.isFinite(view.ckaError) ? view.ckaError : 0;
  const point = { draws: view.draws, cka: view.cka, low: view.cka - error, high: view.cka + error };
  return { view, trace: known ? [...trace, point] : trace, running: !view.done };
}

/**
 * Networks of the setup, sampled in a worker of their own from `start` to the end or `stop`; forgotten when
 * the setup changes.
 */
export function useSampling(setup: Setup): Sampling {
  const [state, setState] = useState(NOTHING);
  const run = useRef(0);
  const file = JSON.stringify(taskOf(setup));
  // biome-ignore lint/correctness/useExhaustiveDependencies: another problem has other networks
  useEffect(() => {
    run.current++;
    setState(NOTHING);
    void client.cancel();
  }, [file]);
  const start = () => {
    const mine = ++run.current;
    const show = (change: (now: State) => State) => run.current === mine && setState(change);
    setState({ trace: [], running: true });
    const picture = (view: NetworksView) => show((now) => added(now, view));
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
