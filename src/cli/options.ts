import { type Command, InvalidArgumentError, Option } from 'commander';
import { BOUNDS, type Bounds, checkUsed } from '../theories/options.js';
import { theoryByName } from '../theories/registry.js';
import { DEFAULT_TOLERANCE, type TheoryOptions } from '../theories/theory.js';
import { SAMPLED_TOLERANCE } from '../theories/tilted/tiltedSamples.js';

/** The theory that is used unless another is named. */
export const DEFAULT_THEORY = 'multiscale';

/** Options that every solving command understands. */
export interface SolverFlags {
  readonly seed: number;
  readonly samples?: number;
  readonly draws?: number;
  readonly chains?: number;
  readonly fourPoint: 'auto' | 'exact' | 'sampled';
  readonly tolerance?: number;
  readonly maxIterations: number;
  readonly json?: boolean;
}

export function wholeNumber(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < minimum || value > maximum || text.trim() === '') {
      const upTo = maximum === Number.MAX_SAFE_INTEGER ? '' : ` to ${maximum}`;
      throw new InvalidArgumentError(`Give a whole number from ${minimum}${upTo}.`);
    }
    return value;
  };
}

/** Whole numbers within the bounds of an option of theories. */
export const within = ({ least, most }: Bounds, minimum = least): ((text: string) => number) => wholeNumber(minimum, most);

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('Give a positive number.');
  return value;
}

export const seedOption = (what: string): Option =>
  new Option(
    '--seed <number>',
    `seed ${what}; equal seeds give equal bits on one backend and, with a native BLAS, number of threads`,
  )
    .argParser(wholeNumber(0))
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
    new Option('--chains <number>', 'chains of sampled (default: 4)').argParser(wholeNumber(1)),
    new Option('--four-point <how>', 'four-point functions exact, sampled, or exact where affordable')
      .choices(['auto', 'exact', 'sampled'])
      .default('auto'),
    new Option(
      '--tolerance <number>',
      `residual at which the equations count as solved (default: ${DEFAULT_TOLERANCE}; sampled averages ${SAMPLED_TOLERANCE})`,
    ).argParser(positiveNumber),
    new Option('--max-iterations <number>', 'iterations over all widths').argParser(within(BOUNDS.maxIterations)).default(500),
    new Option('--json', 'print the result as JSON on the standard output'),
  ];
}

/** The options of theories that the command line has. */
const THEORY_FLAGS = ['seed', 'samples', 'draws', 'chains', 'fourPoint', 'tolerance', 'maxIterations'];
const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Refuses options that were given and that none of the theories uses. @throws InputError that names the option */
export function refuseUnused(command: Command, theories: readonly string[]): void {
  const known = THEORY_FLAGS.filter((name) => command.options.some((option) => option.attributeName() === name));
  const given = THEORY_FLAGS.filter((name) => command.getOptionValueSource(name) === 'cli');
  checkUsed(theories.map(theoryByName), given, known, flagOf);
}

export function theoryOptions({ seed, samples, draws, chains, fourPoint, tolerance, maxIterations }: SolverFlags): TheoryOptions {
  return {
    seed,
    fourPoint,
    maxIterations,
    ...(samples === undefined ? {} : { samples }),
    ...(draws === undefined ? {} : { draws }),
    ...(chains === undefined ? {} : { chains }),
    ...(tolerance === undefined ? {} : { tolerance }),
  };
}
