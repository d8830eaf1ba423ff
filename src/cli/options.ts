import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Bounds, Interval } from '../numerics/bounds.js';
import { isBetween, isWithin, SEEDS } from '../numerics/bounds.js';
import { InputError } from '../numerics/errors.js';
import type { TheoryOption } from '../theories/option.js';
import { checkUsed } from '../theories/options.js';
import { allOptions, namedTheories, type TheoryOptions, theoryByName } from '../theories/registry.js';

/** The theory that is used unless another is named, and the one that ranks by evidence. */
export const DEFAULT_THEORY = 'auto';
export const EVIDENCE_THEORY = 'multiscale';

/** Options that every solving command understands. */
export interface SolverFlags extends Omit<TheoryOptions, 'sampling' | 'start'> {
  readonly seed: number;
  readonly json?: boolean;
}

/** A decimal number, as csv files have them: 0x10, 1_000 and blanks are none. */
const decimal = (text: string): number =>
  /^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text) ? Number(text) : Number.NaN;

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = decimal(text);
    if (!isWithin(value, { least, most }))
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
    return value;
  };
}

/** Whole numbers within the bounds of an option of theories. */
export const within = ({ least, most }: Bounds, minimum = least): ((text: string) => number) =>
  wholeNumber(minimum, most);

/** Real numbers strictly between two. */
export function between(interval: Interval): (text: string) => number {
  return (text) => {
    const value = decimal(text);
    if (!isBetween(value, interval))
      throw new InvalidArgumentError(`Give a number between ${interval.above} and ${interval.below}.`);
    return value;
  };
}

/** What a command line can say of theories: a flag an option. */
const FLAGS = Object.entries(allOptions).filter(([, { kind }]) => kind === 'number' || kind === 'choice');
const flagOf = (name: string): string =>
  `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** What an option is unless it is given, theory by theory where they differ. */
function defaultOf(name: string): string | undefined {
  const theoriesOf = new Map<string, string[]>();
  for (const theory of namedTheories.slice(1)) {
    const otherwise = theory.options?.[name]?.otherwise;
    if (otherwise !== undefined)
      theoriesOf.set(otherwise, [...(theoriesOf.get(otherwise) ?? []), theory.name]);
  }
  const [first, ...others] = theoriesOf;
  if (!first) return allOptions[name].otherwise;
  return [first[0], ...others.map(([otherwise, names]) => `${names.join(', ')} ${otherwise}`)].join('; ');
}

/** Reads what an option may be. */
const reader =
  (option: TheoryOption) =>
  (text: string): unknown => {
    const value = option.kind === 'number' ? decimal(text) : text;
    if (!option.schema.safeParse(value).success) throw new InvalidArgumentError(`Give ${option.right}.`);
    return value;
  };

/** The flag of an option of theories; `about` says what else than usual it does in a command. */
export function theoryFlag(name: string, about?: string): Option {
  const option = allOptions[name];
  const otherwise = about === undefined ? defaultOf(name) : undefined;
  const text = `${about ?? option.about}${otherwise === undefined ? '' : ` (default: ${otherwise})`}`;
  const placeholder = option.placeholder ?? (option.kind === 'number' ? 'number' : 'name');
  const flag = new Option(`${flagOf(name)} <${placeholder}>`, text);
  if (option.choices) flag.choices(option.choices);
  else flag.argParser(reader(option));
  return option.default === undefined || about !== undefined ? flag : flag.default(option.default);
}

export const seedOption = (what: string): Option =>
  new Option(
    '--seed <number>',
    `seed ${what}; equal seeds give equal bits on one backend and, with a native BLAS, number of threads`,
  )
    .argParser(within(SEEDS))
    .default(0);

export const solverOptions = (): Option[] => [
  ...FLAGS.map(([name]) => theoryFlag(name)),
  new Option('--json', 'print the result as JSON on the standard output'),
];

/** A reader of an option whose complaints begin with the name of the option. */
export function naming<T>(option: string, read: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof InputError) || error.message.startsWith(option)) throw error;
      throw new InputError(`${option}: ${error.message}`);
    }
  };
}

/** A theory by its name. */
export const theoryOption = (what: string, byDefault: string): Option =>
  new Option('--theory <name>', what)
    .argParser(naming('--theory', (text) => theoryByName(text).name))
    .default(byDefault);

/**
 * Refuses options that were given to a command which does not use them as it is called. @throws InputError
 * that names the first
 */
export function refuseGiven(command: Command, names: readonly string[], because: string): void {
  const given = names.find((name) => command.getOptionValueSource(name) === 'cli');
  if (given !== undefined) throw new InputError(`${flagOf(given)}: is not used ${because}; leave it out`);
}

/**
 * Refuses options that were given and that none of the theories uses. @throws InputError that names the
 * option
 */
export function refuseUnused(command: Command, theories: readonly string[]): void {
  const names = FLAGS.map(([name]) => name);
  const known = names.filter((name) => command.options.some((option) => option.attributeName() === name));
  const given = names.filter((name) => command.getOptionValueSource(name) === 'cli');
  checkUsed(theories.map(theoryByName), given, known, flagOf);
}

/** The options of theories among the flags of a command. */
export function theoryOptions(flags: SolverFlags): TheoryOptions {
  const given = Object.entries(flags).filter(
    ([name, value]) => value !== undefined && FLAGS.some(([flag]) => flag === name),
  );
  return Object.fromEntries(given);
}
