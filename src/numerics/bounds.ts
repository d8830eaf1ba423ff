import { InputError } from './errors.js';

/**
 * Whole numbers that a count may be: below `least` it makes no sense, above `most` nobody can wait or store
 * what it asks for.
 */
export interface Bounds {
  /** the least that is right */
  readonly least: number;
  /** the most that is right */
  readonly most: number;
}

/** Real numbers strictly between two. */
export interface Interval {
  /** itself not right */
  readonly above: number;
  /** itself not right */
  readonly below: number;
}

/** Of random streams. */
export const SEEDS: Bounds = { least: 0, most: Number.MAX_SAFE_INTEGER };

/** A value as part of one line. */
export function shownValue(value: unknown): string {
  if (typeof value === 'number') return String(value);
  let text: string;
  try {
    text = JSON.stringify(value) ?? typeof value;
  } catch {
    // No JSON: a bigint, or an object that contains itself.
    text = typeof value === 'bigint' ? `${value}n` : typeof value;
  }
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

export const isWithin = (value: unknown, { least, most }: Bounds): boolean =>
  Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;

export const isBetween = (value: unknown, { above, below }: Interval): boolean =>
  typeof value === 'number' && value > above && value < below;

/** @throws InputError that names the count, its value and the bounds */
export function checkWhole(name: string, value: unknown, bounds: Bounds): void {
  if (!isWithin(value, bounds))
    throw new InputError(
      `${name}: ${shownValue(value)}; must be a whole number from ${bounds.least} to ${bounds.most}`,
    );
}

/** @throws InputError that names the number, its value and the interval */
export function checkReal(name: string, value: unknown, interval: Interval): void {
  if (!isBetween(value, interval))
    throw new InputError(
      `${name}: ${shownValue(value)}; must be a number between ${interval.above} and ${interval.below}`,
    );
}

/** @throws InputError that names the choice, its value and what there is */
export function checkChoice(name: string, value: unknown, choices: readonly string[]): void {
  if (!choices.includes(value as string))
    throw new InputError(`${name}: ${shownValue(value)}; must be one of ${choices.join(', ')}`);
}
