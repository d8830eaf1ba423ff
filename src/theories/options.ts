import { InputError } from '../numerics/errors.js';
import { nearestName } from '../numerics/nearestName.js';
import type { Theory, TheoryOptions } from './theory.js';

/** Numbers that an option may be: below `least` it makes no sense, above `most` nobody can wait or store what it asks for. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/** Bounds of every option that counts something, wherever it is given: in a program, on the command line, in a grid. */
export const BOUNDS = {
  samples: { least: 16, most: 1e8 },
  draws: { least: 64, most: 1e8 },
  chains: { least: 1, most: 64 },
  maxIterations: { least: 1, most: 1e7 },
  seed: { least: 0, most: Number.MAX_SAFE_INTEGER },
  warmUp: { least: 0, most: 1e8 },
  thin: { least: 1, most: 1e6 },
  steps: { least: 1, most: 1e5 },
} as const satisfies Record<string, Bounds>;

/** Every option of a theory. */
const THEORY_OPTIONS = Object.keys({
  tolerance: 0,
  maxIterations: 0,
  fourPoint: 0,
  samples: 0,
  draws: 0,
  chains: 0,
  sampling: 0,
  start: 0,
  seed: 0,
} satisfies Record<keyof TheoryOptions, 0>) as readonly (keyof TheoryOptions)[];

/** What `solve` understands besides. */
const OF_SOLVE = ['onProgress', 'signal', 'compute'];
/** A seed is welcome everywhere: what is exact needs none. */
const isUsed = ({ uses = [] }: Theory, name: string): boolean => name === 'seed' || (uses as readonly string[]).includes(name);

const shown = (value: unknown): string => (typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? typeof value));

function checkValue(name: string, value: unknown): void {
  if (name === 'tolerance' && !(typeof value === 'number' && value > 0 && value < 1))
    throw new InputError(`tolerance: ${shown(value)}; must be a number between 0 and 1`);
  if (name === 'fourPoint' && !['auto', 'exact', 'sampled'].includes(value as string))
    throw new InputError(`fourPoint: ${shown(value)}; must be one of auto, exact, sampled`);
  const bounds: Bounds | undefined = Object.hasOwn(BOUNDS, name) ? BOUNDS[name as keyof typeof BOUNDS] : undefined;
  if (bounds && !(Number.isSafeInteger(value) && (value as number) >= bounds.least && (value as number) <= bounds.most))
    throw new InputError(`${name}: ${shown(value)}; must be a whole number from ${bounds.least} to ${bounds.most}`);
}

/** Refuses options that none of the theories uses: they were meant to change something. @throws InputError that names the option */
export function checkUsed(
  theories: readonly Theory[],
  names: readonly string[],
  all: readonly string[] = THEORY_OPTIONS,
  shownAs: (name: string) => string = (name) => name,
): void {
  for (const name of names) {
    if (theories.some((theory) => isUsed(theory, name))) continue;
    const known = all.filter((option) => theories.some((theory) => isUsed(theory, option))).map(shownAs);
    const whose = theories.map((theory) => theory.name).join(', ');
    throw new InputError(
      `${shownAs(name)}: is not used by ${whose}${known.length === 0 ? '; ' : `, which ${theories.length > 1 ? 'know' : 'knows'} ${known.join(', ')}; `}leave it out`,
    );
  }
}

/**
 * Refuses options that do not exist, that the theory does not use, or that have senseless values; undefined counts as not given.
 * @throws InputError that names the option, its value and what would be right
 */
export function checkOptions(theory: Theory, options: object): void {
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
