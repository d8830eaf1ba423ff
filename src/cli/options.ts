import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Bounds, Interval } from '../numerics/bounds.js';
import { isBetween, isWithin } from '../numerics/bounds.js';
import { InputError } from '../numerics/errors.js';
import { SAMPLED_TOLERANCE } from '../solving/tilted/tiltedSamples.js';
import { DEFAULT_ACCURACY } from '../theories/auto/auto.js';
import { BOUNDS, checkUsed, FOUR_POINT, INTERVALS } from '../theories/options.js';
import { theoryByName } from '../theories/registry.js';
import { DEFAULT_TOLERANCE, RESCALING_VARIANTS, type RescalingVariant, type TheoryOptions } from '../theories/theory.js';

/** The theory that is used unless another is named, and the one that ranks by evidence. */
export const DEFAULT_THEORY = 'auto';
export const EVIDENCE_THEORY = 'multiscale';

/** Options that every solving command understands. */
export interface SolverFlags {
  readonly seed: number;
  readonly samples?: number;
  readonly draws?: number;
  readonly chains?: number;
  readonly fourPoint: 'auto' | 'exact' | 'sampled';
  readonly variant?: RescalingVariant;
  readonly accuracy?: number;
  readonly seconds?: number;
  readonly tolerance?: number;
  readonly maxIterations: number;
  readonly json?: boolean;
}

/** A decimal number, as csv files have them: 0x10, 1_000 and blanks are none. */
const decimal = (text: string): number => (/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(text) ? Number(text) : Number.NaN);

export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = decimal(text);
    if (!isWithin(value, { least, most })) throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
    return value;
  };
}

/** Whole numbers within the bounds of an option of theories. */
export const within = ({ least, most }: Bounds, minimum = least): ((text: string) => number) => wholeNumber(minimum, most);

/** Real numbers strictly between two. */
export function between(interval: Interval): (text: string) => number {
  return (text) => {
    const value = decimal(text);
    if (!isBetween(value, interval))
      throw new InvalidArgumentError(`Give a number between ${interval.above} and ${interval.below}.`);
    return value;
  };
}

export const seedOption = (what: string): Option =>
  new Option(
    '--seed <number>',
    `seed ${what}; equal seeds give equal bits on one backend and, with a native BLAS, number of threads`,
  )
    .argParser(within(BOUNDS.seed))
    .default(0);

export function solverOptions(): Option[] {
  return [
    seedOption('of all samples'),
    new Option(
      '--samples <number>',
      'samples behind averages that are not exact (default: 8192; map, multiscale 8192 to 65536)',
    ).argParser(within(BOUNDS.samples)),
    new Option('--draws <number>', 'networks that sampled draws, all chains together (default: 2000)').argParser(
      within(BOUNDS.draws),
    ),
    new Option('--chains <number>', 'chains of sampled (default: 4)').argParser(within(BOUNDS.chains)),
    new Option('--four-point <how>', 'four-point functions exact, sampled, or exact where affordable')
      .choices(FOUR_POINT)
      .default('auto'),
    new Option(
      '--variant <name>',
      'rescaling with its order parameters outside φ, inside, or inside to first order (default: vanilla)',
    ).choices(RESCALING_VARIANTS),
    new Option(
      '--accuracy <number>',
      `relative error of alignment and predictions that auto may have (default: ${DEFAULT_ACCURACY})`,
    ).argParser(between(INTERVALS.accuracy)),
    new Option('--seconds <seconds>', 'time that auto may take, by estimate (default: unlimited)').argParser(
      between(INTERVALS.seconds),
    ),
    new Option(
      '--tolerance <number>',
      `residual at which the equations count as solved (default: ${DEFAULT_TOLERANCE}; sampled averages ${SAMPLED_TOLERANCE})`,
    ).argParser(between(INTERVALS.tolerance)),
    new Option('--max-iterations <number>', 'iterations over all widths').argParser(within(BOUNDS.maxIterations)).default(500),
    new Option('--json', 'print the result as JSON on the standard output'),
  ];
}

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
  new Option('--theory <name>', what).argParser(naming('--theory', (text) => theoryByName(text).name)).default(byDefault);

/** Refuses options that were given to a command which does not use them as it is called. @throws InputError that names the first */
export function refuseGiven(command: Command, names: readonly string[], because: string): void {
  const given = names.find((name) => command.getOptionValueSource(name) === 'cli');
  if (given !== undefined) throw new InputError(`${flagOf(given)}: is not used ${because}; leave it out`);
}

/** The options of theories that the command line has. */
const THEORY_FLAGS = [
  'seed',
  'samples',
  'draws',
  'chains',
  'fourPoint',
  'variant',
  'accuracy',
  'seconds',
  'tolerance',
  'maxIterations',
];
const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Refuses options that were given and that none of the theories uses. @throws InputError that names the option */
export function refuseUnused(command: Command, theories: readonly string[]): void {
  const known = THEORY_FLAGS.filter((name) => command.options.some((option) => option.attributeName() === name));
  const given = THEORY_FLAGS.filter((name) => command.getOptionValueSource(name) === 'cli');
  checkUsed(theories.map(theoryByName), given, known, flagOf);
}

export function theoryOptions(flags: SolverFlags): TheoryOptions {
  const { seed, samples, draws, chains, fourPoint, variant, accuracy, seconds, tolerance, maxIterations } = flags;
  return {
    seed,
    fourPoint,
    maxIterations,
    ...(samples === undefined ? {} : { samples }),
    ...(draws === undefined ? {} : { draws }),
    ...(chains === undefined ? {} : { chains }),
    ...(variant === undefined ? {} : { variant }),
    ...(accuracy === undefined ? {} : { accuracy }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(tolerance === undefined ? {} : { tolerance }),
  };
}
