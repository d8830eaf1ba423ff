import { type DependencyList, useEffect, useState } from 'react';
import type { EngineClient } from '../engine/client';

export interface Task<Result> {
  readonly result?: Result;
  /** whether the result is that of an earlier question */
  readonly stale: boolean;
  readonly busy: boolean;
  readonly error?: string;
}

type Remote = Parameters<Parameters<EngineClient['run']>[0]>[0];
type State<Result> = Omit<Task<Result>, 'stale'> & { readonly of?: string };

/**
 * Something that a worker computes, again whenever `when` changes. `work` may show several results on the
 * way; one that is no longer wanted shows nothing.
 * @param rest milliseconds that `when` must stay the same first
 */
export function useTask<Result>(
  client: EngineClient,
  work: (engine: Remote, show: (result: Result) => void) => Promise<void>,
  when: DependencyList,
  { rest = 150, wanted = true }: { readonly rest?: number; readonly wanted?: boolean } = {},
): Task<Result> {
  const [state, setState] = useState<State<Result>>({ busy: wanted });
  const key = JSON.stringify(when);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `when` says when
  useEffect(() => {
    if (!wanted) {
      setState((now) => ({ ...now, busy: false }));
      return;
    }
    let current = true;
    const change = (next: (now: State<Result>) => State<Result>) => current && setState(next);
    change(({ result, of }) => ({ result, of, busy: true }));
    const timer = setTimeout(() => {
      client
        .run((engine) => work(engine, (result) => change(() => ({ result, of: key, busy: true }))))
        .then(() => change(({ result, of }) => ({ result, of, busy: false })))
        .catch((error: Error) => change(() => ({ busy: false, error: error.message })));
    }, rest);
    return () => {
      current = false;
      clearTimeout(timer);
      void client.cancel();
    };
  }, [key, wanted]);
  const { of, ...task } = state;
  return { ...task, stale: task.result !== undefined && of !== key };
}
