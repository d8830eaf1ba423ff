import { nodeCompute } from '../compute/nodeCompute.js';
import { outOfMemory } from '../compute/outOfMemory.js';
import type { Compute } from '../numerics/compute.js';
import { reasonOf } from '../numerics/errors.js';
import { measurePoint, type PointTask } from './measurePoint.js';

let compute: Promise<Compute> | undefined;

/**
 * What a point gave, or the one line that says why it makes no sense: classes of errors do not survive the
 * way between threads.
 */
export type PointResult = { readonly record: Record<string, number> } | { readonly refused: string };

/** One point of a landscape on one thread: what a worker of the pool runs. */
export default async function work(task: PointTask): Promise<PointResult> {
  compute ??= nodeCompute({ threads: 1, warn: () => {} });
  try {
    return { record: await measurePoint(task, await compute) };
  } catch (error) {
    const refused = outOfMemory(error) ?? reasonOf(error);
    if (refused !== undefined) return { refused };
    throw error;
  }
}
