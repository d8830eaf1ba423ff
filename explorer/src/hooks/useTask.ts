import { type DependencyList, useEffect, useState } from 'react';
import type { EngineClient } from '../engine/client';

export interface Task<Result> {
  readonly result?: Result;
  readonly busy: boolean;
  readonly error?: string;
}

type Remote = Parameters<Parameters<EngineClient['run']>[0]>[0];

/**
 * Something that a worker computes, again whenever `when` changes. `work` may show several results on the way; one that is no longer wanted shows nothing.
 * @param rest milliseconds that `when` must stay the same first
 */
export function useTask<Result>(
  client: EngineClient,
  work: (engine: Remote, show: (result: Result) => void) => Promise<void>,
  when: DependencyList,
  { rest = 150, wanted = true }: { readonly rest?: number; readonly wanted?: boolean } = {},
): Task<Result> {
  const [task, setTask] = useState<Task<Result>>({ busy: wanted });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `when` says when
  useEffect(() => {
    if (!wanted) {
      setTask(({ result }) => ({ result, busy: false }));
      return;
    }
    let current = true;
    setTask(({ result }) => ({ result, busy: true }));
    const timer = setTimeout(() => {
      client
        .run((engine) => work(engine, (result) => current && setTask({ result, busy: true })))
        .then(() => current && setTask(({ result }) => ({ result, busy: false })))
        .catch((error: Error) => current && setTask({ busy: false, error: error.message }));
    }, rest);
    return () => {
      current = false;
      clearTimeout(timer);
      void client.cancel();
    };
  }, [...when, wanted]);
  return task;
}
