import { InputError } from '../numerics/errors.js';
import type { Problem } from '../problem/problem.js';
import { type TheoryOptions, theories, theoryByName } from '../theories/registry.js';
import { refusalOf } from '../theories/requirements.js';
import { DEFAULT_THEORY, naming } from './options.js';

/** What a comparison takes unless it is told: each alternative stands in for what the problem is not for. */
const BY_DEFAULT = [['nngp'], ['perturbative', 'linearResponse'], [DEFAULT_THEORY]];
/** What `--theories` is unless it is given. */
export const DEFAULT_THEORIES = BY_DEFAULT.map(([name]) => name).join();

const treating = (names: readonly string[], problem: Problem): string | undefined =>
  names.find((name) => refusalOf(theoryByName(name), problem) === undefined);

/** What ranks by evidence unless another theory is asked for: the first that knows it of this problem. */
export function evidenceTheoryFor(problem: Problem, first: string): string {
  // First order knows none of a softmax likelihood (theory §11).
  const others = problem.likelihood === 'softmax' ? ['nngp'] : ['linearResponse', 'nngp'];
  return treating([first, ...others], problem) ?? first;
}

/**
 * Names of theories as a command has them, `all` those that treat the problem; by default those of a few that
 * do.
 * @throws InputError for what names none
 */
export function theoryList(
  text: string,
  byDefault = false,
): (problem: Problem, options: TheoryOptions) => string[] {
  if (byDefault) return (problem) => BY_DEFAULT.flatMap((names) => treating(names, problem) ?? []);
  if (text.trim() === 'all')
    return (...asked) =>
      theories.filter((theory) => refusalOf(theory, ...asked) === undefined).map(({ name }) => name);
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.length === 0)
    throw new InputError(`--theories "${text}": names no theory; give for example nngp,perturbative`);
  if (new Set(names).size !== names.length)
    throw new InputError(`--theories "${text}": names a theory twice`);
  for (const name of names) naming('--theories', theoryByName)(name);
  return () => names;
}
