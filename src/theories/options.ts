import { checkFunction, checkObject, checkSignal } from '../numerics/arguments.js';
import { checkCompute } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import { nearestName } from '../numerics/nearestName.js';
import type { OptionTable } from './option.js';
import { allOptions } from './registry.js';
import type { Theory } from './theory.js';

/** What `solve` understands besides, with what checks it. */
const OF_SOLVE: Readonly<Record<string, (name: string, value: unknown) => void>> = {
  onProgress: checkFunction,
  signal: checkSignal,
  compute: (_, value) => checkCompute(value),
};

/**
 * Whether a theory uses an option, or one of a group; a seed is welcome everywhere: what is exact needs none.
 */
function isUsed({ options = {} }: Theory, name: string): boolean {
  return (
    name === 'seed' ||
    Object.entries(options).some(([own, { group = {} }]) => own === name || Object.hasOwn(group, name))
  );
}

/**
 * Refuses options that none of the theories uses: they were meant to change something.
 * @param all what may be given where these were, of whatever theory
 * @param where names the file that has them
 * @throws InputError that names the option
 */
export function checkUsed(
  theories: readonly Theory[],
  names: readonly string[],
  all: readonly string[],
  shownAs: (name: string) => string = (name) => name,
  where = '',
): void {
  for (const name of names) {
    if (theories.some((theory) => isUsed(theory, name))) continue;
    const known = all.filter((option) => theories.some((theory) => isUsed(theory, option))).map(shownAs);
    const whose = theories.map((theory) => theory.name).join(', ');
    const knows =
      known.length === 0 ? '' : `, which ${theories.length > 1 ? 'know' : 'knows'} ${known.join(', ')}`;
    throw new InputError(`${where}${shownAs(name)}: is not used by ${whose}${knows}; leave it out`);
  }
}

/**
 * Refuses options that do not exist, that the theory does not use, or that have senseless values; undefined
 * counts as not given.
 * @throws InputError that names the option, its value and what would be right
 */
export function checkOptions(theory: Theory, options: object): void {
  checkObject('options', options);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const table: OptionTable = { ...allOptions, ...theory.options };
  const known = [...Object.keys(table), ...Object.keys(OF_SOLVE)];
  for (const [name, value] of given) {
    if (Object.hasOwn(OF_SOLVE, name)) OF_SOLVE[name](name, value);
    else if (Object.hasOwn(table, name)) table[name].check(name, value);
    else {
      const nearest = nearestName(name, known);
      const hint = nearest ? `did you mean "${nearest}"?` : `known are ${known.join(', ')}`;
      throw new InputError(`${name}: unknown option of solve; ${hint}`);
    }
  }
  const own = given.map(([name]) => name).filter((name) => !Object.hasOwn(OF_SOLVE, name));
  checkUsed([theory], own, Object.keys(table));
}
