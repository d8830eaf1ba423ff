import * as z from 'zod';
import { InputError } from '../numerics/errors.js';
import { nearestName } from '../numerics/nearestName.js';
import { theoryByName } from '../theories/registry.js';
import { type Axis, axisOf, isRange } from './axis.js';

/** A problem with some keys that take several values, and how it is to be solved. */
export interface Grid {
  /** the problem with the first value of every axis */
  readonly base: unknown;
  /** groups of axes whose values move together; groups are combined in all ways */
  readonly groups: readonly (readonly Axis[])[];
  readonly theories: readonly string[];
  readonly seeds: readonly number[];
  /** options of the theories, with the first value of every axis */
  readonly options: Readonly<Record<string, unknown>>;
}

const KEYS = ['data', 'network', 'noiseVariance', 'likelihood', 'theories', 'seeds', 'options', 'zip'];
/** More tasks than anybody can want to wait for. */
const MOST_TASKS = 1_000_000;

type Plain = Record<string, unknown>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value with the first entry of every axis in its place; the axes are added to `axes`. */
function withoutAxes(value: unknown, key: string, axes: Axis[]): unknown {
  const axis = axisOf(key, value);
  if (axis) {
    axes.push(axis);
    return axis.values[0];
  }
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, withoutAxes(part, `${key}.${name}`, axes)]),
  );
}

const zipSchema = z.union([z.literal('all'), z.array(z.array(z.string()).min(2))]);

/** Axes in groups that move together, each of as many values. */
function grouped(axes: readonly Axis[], zip: unknown, where: string): Axis[][] {
  if (zip === undefined) return axes.map((axis) => [axis]);
  const parsed = zipSchema.safeParse(zip);
  if (!parsed.success)
    throw new InputError(
      `${where}: zip: give "all", or lists of keys that move together, such as [["network.hiddenLayers", "network.width"]]`,
    );
  const lists = parsed.data === 'all' ? [axes.map(({ key }) => key)] : parsed.data;
  const seen = new Set<string>();
  const groups = lists.map((keys) =>
    keys.map((key) => {
      const axis = axes.find((other) => other.key === key);
      if (!axis) throw new InputError(`${where}: zip: ${key} takes no list or range of values`);
      if (seen.has(key)) throw new InputError(`${where}: zip: ${key} is named twice`);
      seen.add(key);
      return axis;
    }),
  );
  for (const [first, ...others] of groups) {
    const odd = others.find(({ values }) => values.length !== first.values.length);
    if (odd)
      throw new InputError(
        `${where}: zip: ${first.values.length} values of ${first.key} but ${odd.values.length} of ${odd.key}; keys that move together need as many`,
      );
  }
  return [
    ...groups.filter((group) => group.length > 0),
    ...axes.filter(({ key }) => !seen.has(key)).map((axis) => [axis]),
  ];
}

function namesOf(value: unknown, where: string): string[] {
  const names = value === undefined ? ['multiscale'] : typeof value === 'string' ? [value] : value;
  if (!Array.isArray(names) || names.length === 0 || names.some((name) => typeof name !== 'string'))
    throw new InputError(`${where}: theories: give a list of names, such as ["nngp", "perturbative"]`);
  for (const name of names) {
    try {
      theoryByName(name);
    } catch (error) {
      throw new InputError(`${where}: theories: ${(error as Error).message}`);
    }
  }
  return [...new Set(names as string[])];
}

function seedsOf(value: unknown, where: string): number[] {
  const axis =
    value === undefined || typeof value === 'number' ? { values: [value ?? 0] } : axisOf('seeds', value);
  const seeds = axis?.values ?? [];
  const bad = seeds.find((seed) => !Number.isSafeInteger(seed) || Number(seed) < 0);
  if (seeds.length === 0 || bad !== undefined)
    throw new InputError(
      `${where}: seeds: ${JSON.stringify(bad ?? value)}; give whole numbers from 0, such as [0, 1, 2] or {"range": [0, 9]}`,
    );
  return [...new Set(seeds as number[])];
}

/**
 * How many tasks a grid has, before any is made; theories that use no seed count as often as they are asked
 * for.
 */
export const countOf = ({ groups, theories, seeds }: Grid): number =>
  groups.reduce((product, group) => product * group[0].values.length, theories.length * seeds.length);

/**
 * Reads a grid file: a problem file in which any key may have a list or a range, with `theories`, `seeds`,
 * `options` and `zip`.
 * @throws InputError that names the key
 */
export function parseGrid(input: unknown, where: string): Grid {
  if (!isPlain(input) || isRange(input))
    throw new InputError(`${where}: a grid is an object with the keys ${KEYS.join(', ')}`);
  for (const key of Object.keys(input)) {
    if (KEYS.includes(key)) continue;
    const nearest = nearestName(key, KEYS);
    throw new InputError(
      `${where}: ${key}: unknown key; ${nearest ? `did you mean "${nearest}"?` : `known are ${KEYS.join(', ')}`}`,
    );
  }
  const { theories, seeds, options, zip, ...problem } = input;
  if (options !== undefined && !isPlain(options))
    throw new InputError(`${where}: options: give an object, such as {"samples": 4096}`);
  const axes: Axis[] = [];
  const base = Object.fromEntries(
    Object.entries(problem).map(([key, value]) => [key, withoutAxes(value, key, axes)]),
  );
  const plain = withoutAxes(options ?? {}, 'options', axes) as Plain;
  const grid: Grid = {
    base,
    groups: grouped(axes, zip, where),
    theories: namesOf(theories, where),
    seeds: seedsOf(seeds, where),
    options: plain,
  };
  const count = countOf(grid);
  if (count > MOST_TASKS)
    throw new InputError(
      `${where}: ${count.toLocaleString('en')} tasks; at most ${MOST_TASKS.toLocaleString('en')} are run in one sweep`,
    );
  return grid;
}
