import { nodeCompute } from '../compute/nodeCompute.js';
import { outOfMemory } from '../compute/outOfMemory.js';
import { loadData } from '../datasets/loadData.js';
import { fileSources } from '../io/loadProblem.js';
import type { Compute } from '../numerics/compute.js';
import { failureReasonOf, reasonOf } from '../numerics/errors.js';
import { createProblem } from '../problem/createProblem.js';
import type { DataSpec } from '../problem/dataSchema.js';
import { observedBy } from '../problem/likelihoodName.js';
import type { Data } from '../problem/problem.js';
import { kernelArrays, predictionArrays } from '../report/arrays.js';
import { type SolvedTheory, summarise, withPredictions } from '../report/summary.js';
import { resultJson, resultNpz } from '../report/written.js';
import { solveWith } from '../theories/solve.js';
import { version } from '../version.js';
import { type Failure, SweepStore } from './store.js';
import type { SweepTask } from './task.js';

export interface TaskOrder {
  readonly task: SweepTask;
  readonly folder: string;
  /** write kernels and predictions beside the result */
  readonly arrays: boolean;
}

/** How a task ended; `refused` ends the whole sweep: nothing can be written. */
export type TaskEnd =
  | { readonly key: string; readonly converged: boolean }
  | { readonly key: string; readonly failed: string }
  | { readonly refused: string };

let compute: Promise<Compute> | undefined;
let latest: { readonly text: string; readonly data: Data } | undefined;

/** Data of a spec; tasks that follow each other mostly have the same. */
async function dataOf(spec: DataSpec): Promise<Data> {
  const text = JSON.stringify(spec);
  if (latest?.text !== text) latest = { text, data: await loadData(spec, fileSources('/')) };
  return latest.data;
}

async function solved({ spec, theory, options }: SweepTask): Promise<SolvedTheory> {
  compute ??= nodeCompute({ threads: 1, warn: () => {} });
  const data = await dataOf(spec.data);
  const problem = createProblem({ data, network: spec.network, ...observedBy(spec) });
  const start = performance.now();
  const posterior = await solveWith(problem, theory, await compute, options);
  // Predictions count as part of a task.
  return { ...withPredictions(posterior, 0), seconds: (performance.now() - start) / 1000 };
}

/**
 * Runs one task on this thread and writes its result; what goes wrong is a failure of this task alone, unless
 * nothing can be written.
 */
export default async function work({ task, folder, arrays }: TaskOrder): Promise<TaskEnd> {
  const store = new SweepStore(folder);
  const { key } = task;
  let result: string;
  let bytes: Uint8Array | undefined;
  let converged: boolean;
  try {
    const entry = await solved(task);
    converged = entry.posterior.convergence.converged;
    result = resultJson({ ...task, program: `finite-width ${version}`, ...summarise(entry) }, 0);
    if (arrays) bytes = resultNpz({ ...kernelArrays(entry), ...predictionArrays(entry) });
  } catch (error) {
    const memory = outOfMemory(error);
    const message = memory ?? reasonOf(error) ?? `internal error: ${(error as Error).message}`;
    return failing(store, { key, reason: memory === undefined ? failureReasonOf(error) : 'memory', message });
  }
  try {
    store.writeResult(key, result, bytes);
    store.forgetFailure(key);
    return { key, converged };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

function failing(store: SweepStore, failure: Failure): TaskEnd {
  try {
    store.writeFailure(failure);
    return { key: failure.key, failed: failure.message };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}
