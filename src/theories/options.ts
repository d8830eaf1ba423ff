import { checkFunction, checkObject, checkSignal } from '../numerics/arguments.js';
import { checkChoice, checkReal, checkWhole } from '../numerics/bounds.js';
import { checkCompute } from '../numerics/compute.js';
import { InputError } from '../numerics/errors.js';
import { nearestName } from '../numerics/nearestName.js';
import { SAMPLING_BOUNDS, type SamplingChoices, STEP_SIZES, samplingSettings } from '../sampling/settings.js';
import { RESCALING_VARIANTS, type Theory, type TheoryOptions } from './theory.js';

/** Bounds of every option that counts something, wherever it is given: in a program, on the command line, in a grid. */
export const BOUNDS = {
  ...SAMPLING_BOUNDS,
  samples: { least: 16, most: 1e8 },
  draws: { least: 64, most: 1e8 },
  maxIterations: { least: 1, most: 1e7 },
} as const;
/** And of those that measure. */
export const INTERVALS = {
  tolerance: { above: 0, below: 1 },
  accuracy: { above: 0, below: 1 },
  seconds: { above: 0, below: 1e9 },
  stepSize: STEP_SIZES,
} as const;

/** How networks are sampled, beyond draws, chains and seed: `sampling` in a program, one by one in a grid. */
export const SAMPLING_OPTIONS = [
  'sampler',
  'potential',
  'warmUp',
  'thin',
  'stepSize',
  'steps',
] as const satisfies readonly (keyof SamplingChoices)[];

/** Every option of a theory. */
const THEORY_OPTIONS = Object.keys({
  tolerance: 0,
  maxIterations: 0,
  fourPoint: 0,
  variant: 0,
  accuracy: 0,
  seconds: 0,
  samples: 0,
  draws: 0,
  chains: 0,
  sampling: 0,
  start: 0,
  seed: 0,
} satisfies Record<keyof TheoryOptions, 0>) as readonly (keyof TheoryOptions)[];

/** How four-point functions may be had. */
export const FOUR_POINT = ['auto', 'exact', 'sampled'] as const;

/** What `solve` understands besides. */
const OF_SOLVE = ['onProgress', 'signal', 'compute'];
/** A seed is welcome everywhere: what is exact needs none. */
function isUsed({ uses = [] }: Theory, name: string): boolean {
  const used = (SAMPLING_OPTIONS as readonly string[]).includes(name) ? 'sampling' : name;
  return name === 'seed' || (uses as readonly string[]).includes(used);
}

function checkValue(name: string, value: unknown): void {
  if (Object.hasOwn(INTERVALS, name)) checkReal(name, value, INTERVALS[name as keyof typeof INTERVALS]);
  if (name === 'fourPoint') checkChoice(name, value, FOUR_POINT);
  if (name === 'variant') checkChoice(name, value, RESCALING_VARIANTS);
  if (name === 'sampling') samplingSettings(value as SamplingChoices);
  if (Object.hasOwn(BOUNDS, name)) checkWhole(name, value, BOUNDS[name as keyof typeof BOUNDS]);
  if (name === 'compute') checkCompute(value);
  if (name === 'onProgress') checkFunction(name, value);
  if (name === 'signal') checkSignal(name, value);
}

/**
 * Refuses options that none of the theories uses: they were meant to change something.
 * @param where names the file that has them
 * @throws InputError that names the option
 */
export function checkUsed(
  theories: readonly Theory[],
  names: readonly string[],
  all: readonly string[] = THEORY_OPTIONS,
  shownAs: (name: string) => string = (name) => name,
  where = '',
): void {
  for (const name of names) {
    if (theories.some((theory) => isUsed(theory, name))) continue;
    const known = all.filter((option) => theories.some((theory) => isUsed(theory, option))).map(shownAs);
    const whose = theories.map((theory) => theory.name).join(', ');
    const knows = known.length === 0 ? '' : `, which ${theories.length > 1 ? 'know' : 'knows'} ${known.join(', ')}`;
    throw new InputError(`${where}${shownAs(name)}: is not used by ${whose}${knows}; leave it out`);
  }
}

/**
 * Refuses options that do not exist, that the theory does not use, or that have senseless values; undefined counts as not given.
 * @throws InputError that names the option, its value and what would be right
 */
export function checkOptions(theory: Theory, options: object): void {
  checkObject('options', options);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const known = [...THEORY_OPTIONS, ...OF_SOLVE];
  for (const [name, value] of given) {
    if (!known.includes(name)) {
      const nearest = nearestName(name, known);
      const hint = nearest ? `did you mean "${nearest}"?` : `known are ${known.join(', ')}`;
      throw new InputError(`${name}: unknown option of solve; ${hint}`);
    }
    checkValue(name, value);
  }
  const own = given.map(([name]) => name).filter((name) => !OF_SOLVE.includes(name));
  checkUsed([theory], own);
}
