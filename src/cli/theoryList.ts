import { InputError } from '../numerics/errors.js';
import type { Problem } from '../problem/problem.js';
import { type TheoryOptions, theories, theoryByName } from '../theories/registry.js';
import { refusalOf } from '../theories/requirements.js';
import { naming } from './options.js';

/**
 * Names of theories as a command has them. @throws InputError for what names none; `all` are those that treat
 * the problem
 */
export function theoryList(text: string): (problem: Problem, options: TheoryOptions) => string[] {
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
