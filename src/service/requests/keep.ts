import { theoryByName } from '../../theories/registry.js';
import {
  decoded,
  type Head,
  POSTERIOR_VERSION,
  partsOf,
  posteriorOfParts,
  textOf,
} from '../../theories/saving/posteriorParts.js';
import type { Handler } from '../handler.js';
import { predictedOnce } from '../store.js';

/**
 * { posterior } → what `restore` makes the same posterior of, in this process or another: a text, and arrays.
 * null of theories that are solved again, since that takes no longer.
 */
export const keep: Handler = async ({ posterior: handle }, { store }) => {
  const { posterior } = store.get(handle);
  if (!theoryByName(posterior.theory).restore) return { value: null };
  const { head, arrays } = partsOf(posterior);
  return { value: textOf(head), arrays };
};

/**
 * { problem, head, kept, seconds } → the posterior that was kept, by number; null where another version of
 * the program kept it, for which it is solved again. @throws InputError for arrays that are missing
 */
export const restore: Handler = async ({ problem: handle, head, kept, seconds }, context) => {
  const of = context.store.problem(handle);
  const given = kept as Readonly<Record<string, unknown>>;
  const arrays = {
    names: Object.keys(given),
    read: (name: string) => (given[name] ? context.arrays.matrix(given[name], name) : undefined),
  };
  const read = decoded(JSON.parse(head as string)) as Head;
  if (read.version !== POSTERIOR_VERSION) return { value: null };
  const posterior = posteriorOfParts(read, of.problem, arrays, await context.compute());
  if (!posterior) return { value: null };
  const solved = predictedOnce(posterior, seconds as number);
  return { value: { handle: context.store.keep({ posterior, of, seconds: seconds as number, solved }) } };
};
