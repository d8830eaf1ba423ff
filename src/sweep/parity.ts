import { loadData } from '../datasets/loadData.js';
import { fileSources } from '../io/loadProblem.js';
import { networkOf } from '../problem/createProblem.js';
import { networkParity } from '../problem/parity.js';
import type { Network } from '../problem/problem.js';
import { parityWarning } from '../problem/warnings.js';
import type { SweepTask } from './task.js';

/** Data sets of a sweep that are looked at: the first tell what the others are like. */
const MOST_DATA = 4;

/**
 * A sentence about the first data of a sweep whose targets have the parity that networks solved on them have
 * not. Only data are loaded on which such networks are asked for.
 */
export async function sweepParityWarning(
  tasks: readonly Pick<SweepTask, 'spec'>[],
): Promise<string | undefined> {
  const networks = new Map<string, Network>();
  const byData = new Map<string, Set<string>>();
  for (const { spec } of tasks) {
    const [data, network] = [JSON.stringify(spec.data), JSON.stringify(spec.network)];
    if (!networks.has(network)) networks.set(network, networkOf(spec.network));
    byData.set(data, (byData.get(data) ?? new Set()).add(network));
  }
  let looked = 0;
  for (const [data, names] of byData) {
    const solved = [...names].map((name) => networks.get(name) as Network);
    if (solved.every((network) => networkParity(network) === undefined)) continue;
    if (looked++ === MOST_DATA) return undefined;
    const [warning] = parityWarning(await loadData(JSON.parse(data), fileSources('/')), solved);
    if (warning) return warning;
  }
  return undefined;
}
