import { checkObject, refuse } from '../numerics/arguments.js';
import { shownValue } from '../numerics/bounds.js';
import { InputError } from '../numerics/errors.js';
import { autoOf } from './auto/auto.js';
import { exactLinear } from './exactLinear.js';
import { linearResponse } from './linearResponse.js';
import { map } from './map.js';
import { multiscale } from './multiscale.js';
import { nngp } from './nngp.js';
import type { OptionTable, ValuesOf } from './option.js';
import { perturbative } from './perturbative.js';
import { rescaling } from './rescaling.js';
import { sampled } from './sampled.js';
import { seed } from './sharedOptions.js';
import type { Theory } from './theory.js';

/** From coarse to fine, then the truth. A new theory is one new file and one entry here. */
const ALL = [nngp, rescaling, exactLinear, linearResponse, perturbative, map, multiscale, sampled] as const;
/** All theories but `auto`, from coarse to fine, then the truth. */
export const theories: readonly Theory[] = ALL;

type Entry = (typeof ALL)[number];
type TableOf<Of extends Entry> = NonNullable<Of['options']>;
type Intersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (
  all: infer All,
) => void
  ? All
  : never;
/** The options of all theories. */
type AllTables = Intersection<TableOf<Entry>>;

/** One of them, chosen by what is known of their errors. */
export const auto = autoOf<AllTables>(theories);
export const namedTheories: readonly Theory[] = [auto, ...theories];
const names = namedTheories.map(({ name }) => name).join(', ');

/** Names of theories, for completion; a misspelling does not compile. */
export type TheoryName = Entry['name'] | typeof auto.name;

type TableOfName<Name extends TheoryName> = Name extends typeof auto.name
  ? NonNullable<(typeof auto)['options']>
  : TableOf<Extract<Entry, { readonly name: Name }>>;

/**
 * What the theory of a name understands, its seed besides, which all take: options that it does not use do
 * not compile.
 */
export type OptionsOf<Name extends TheoryName> = ValuesOf<TableOfName<Name> & typeof seed>;

/** Options of any of the theories. */
export type TheoryOptions = OptionsOf<'auto'>;

/** All of them, and their seed. */
export const allOptions: OptionTable = { ...seed, ...auto.options };

/** The theory of this `name`. @throws InputError that lists the theories */
export function theoryByName(name: string): Theory {
  const theory = namedTheories.find((candidate) => candidate.name === name);
  if (!theory) throw new InputError(`unknown theory ${shownValue(name)}; there are ${names}`);
  return theory;
}

/** A theory, or that of a name. @throws InputError for anything else */
export function theoryOf(theory: Theory | string): Theory {
  if (typeof theory === 'string') return theoryByName(theory);
  const right = `must be one of ${names}`;
  checkObject('theory', theory, right);
  if (typeof theory.iterate !== 'function' || typeof theory.matrices !== 'function')
    refuse('theory', theory, right);
  return theory as Theory;
}
