import { createHash } from 'node:crypto';
import * as z from 'zod';
import { imageOf, outputsOf, PIXELS } from '../datasets/mnist.js';
import { InputError } from '../numerics/errors.js';
import type { DataSpec } from '../problem/dataSchema.js';
import { type ProblemSpec, parseProblem } from '../problem/schema.js';
import { withKey, withValue } from '../problem/variations.js';
import { plainOptions, shapeOf } from '../theories/option.js';
import { checkUsed } from '../theories/options.js';
import { allOptions, type TheoryOptions, theoryByName } from '../theories/registry.js';
import { version } from '../version.js';
import type { Grid } from './grid.js';
import { outline, type Size } from './outline.js';

/** One problem, one theory: plain data, the same wherever and whenever it is run. */
export interface SweepTask {
  /** name of its results: a hash of all that they depend on */
  readonly key: string;
  /** what the grid varies, by key */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly spec: ProblemSpec;
  readonly theory: string;
  /** only those that the theory uses, its seed included */
  readonly options: TheoryOptions;
  /** of the data, for estimates */
  readonly size: Size;
}

/** Options of theories as grids have them: `seeds` are for themselves. */
const { seed: _, ...gridOptions } = plainOptions(allOptions);
const optionSchema = z.strictObject(shapeOf(gridOptions));
type Options = Readonly<Record<string, unknown>>;

function parseOptions(input: unknown, where: string): Options {
  const parsed = optionSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const known = Object.keys(gridOptions).join(', ');
  if (issue.code === 'unrecognized_keys')
    throw new InputError(`${where}: options.${issue.keys[0]}: unknown key; known are ${known}`);
  const value = (input as Record<string, unknown>)[String(issue.path[0])];
  throw new InputError(
    `${where}: options.${issue.path.join('.')}: ${JSON.stringify(value)}; ${issue.message.toLowerCase()}`,
  );
}

/** The options that a theory uses: others must not make equal tasks differ. */
function optionsFor(theory: string, options: Options, seed: number): TheoryOptions {
  const given: Options = { ...options, seed };
  const values = Object.entries(theoryByName(theory).options ?? {}).map(([name, { group, relevant }]) => {
    const value = group ? chosen(Object.keys(group), given) : given[name];
    return [name, value !== undefined && relevant ? relevant(value) : value] as const;
  });
  return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as TheoryOptions;
}

/** Those of the names that have a value; undefined if none has. */
function chosen(names: readonly string[], given: Options): Options | undefined {
  const entries = names.filter((name) => given[name] !== undefined).map((name) => [name, given[name]]);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/** Refuses options that no theory of the grid uses. @throws InputError that names the option */
function refuseUnused({ theories, options, groups }: Grid, where: string): void {
  const known = Object.keys(gridOptions);
  const given = Object.keys(options).filter((name) => known.includes(name));
  checkUsed(theories.map(theoryByName), given, known, (name) => `options.${name}`, `${where}: `);
  const samplers = groups.flat().find(({ key }) => key === 'options.sampler')?.values ?? [
    options.sampler ?? 'hmc',
  ];
  if (options.steps !== undefined && !samplers.includes('hmc'))
    throw new InputError(`${where}: options.steps: is not used by ${samplers.join(', ')}; leave it out`);
}

/** JSON with the keys of every object in order: equal things have equal texts. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`)
    .join(',')}}`;
}

/** Facts about files that data name, by path: their place does not matter, their bytes do. */
export type FileFacts = ReadonlyMap<string, { readonly hash: string; readonly size: Size }>;

function sizeOf(data: DataSpec, files: FileFacts): Size {
  if (!('dataset' in data)) {
    const path = 'npz' in data ? data.npz : 'npy' in data ? data.npy : data.csv;
    const size = files.get(path)?.size ?? { samples: 0, dimension: 0, outputs: 1 };
    return data.inputMetric ? { ...size, image: undefined } : size;
  }
  const { samples } = data;
  if (data.dataset !== 'mnist') return { samples, dimension: data.dimension, outputs: 1 };
  const outputs = outputsOf(data.classes.length);
  return { samples, dimension: PIXELS, outputs, image: data.inputMetric ? undefined : imageOf(PIXELS) };
}

function keyOf(spec: ProblemSpec, theory: string, options: TheoryOptions, files: FileFacts): string {
  const data = Object.fromEntries(
    Object.entries(spec.data).map(([name, value]) => [
      name,
      typeof value === 'string' ? (files.get(value)?.hash ?? value) : value,
    ]),
  );
  const text = canonical({ version, problem: { ...spec, data }, theory, options });
  return createHash('sha256').update(text).digest('hex').slice(0, 20);
}

/** Every combination of one entry of each group. */
function* combinations(groups: Grid['groups']): Generator<Record<string, unknown>> {
  if (groups.length === 0) {
    yield {};
    return;
  }
  const [group, ...others] = groups;
  for (let k = 0; k < group[0].values.length; k++) {
    const settings = Object.fromEntries(group.map(({ key, values }) => [key, values[k]]));
    for (const rest of combinations(others)) yield { ...settings, ...rest };
  }
}

/** In grids a list of numbers is one value at keys that may be a list. */
function listHint(keys: readonly string[], settings: Readonly<Record<string, unknown>>): string {
  const key = keys.find((name) => !(`network.${name}` in settings));
  return key === undefined ? '' : `; a list is one value of ${key}: several are {"values": […]}`;
}

/** Layers one by one have to fit the inputs. @throws InputError */
function checkLayers(spec: ProblemSpec, size: Size, where: string): void {
  if (!spec.network.layers || size.samples === 0) return;
  try {
    outline(spec, size);
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${where}: ${error.message}`) : error;
  }
}

/** Layers come before the widths that they take. */
const layersFirst = (key: string): number => (key === 'network.layers' ? 0 : 1);

/**
 * The tasks of a grid, each once: theories that use no seed have one for all.
 * @param files about the files that data name
 * @throws InputError for a combination that makes no sense
 */
export function tasksOf(grid: Grid, files: FileFacts, where: string): SweepTask[] {
  const tasks = new Map<string, SweepTask>();
  refuseUnused(grid, where);
  for (const settings of combinations(grid.groups)) {
    let changed = grid.base;
    let options: unknown = grid.options;
    for (const [key, value] of Object.entries(settings).sort(([a], [b]) => layersFirst(a) - layersFirst(b))) {
      const path = key.split('.');
      if (path[0] === 'options') options = withValue(options, path.slice(1), value);
      else changed = withKey(changed, key, value);
    }
    const spec = parseProblem(changed, where, (keys) => listHint(keys, settings));
    const parsed = parseOptions(options, where);
    const size = sizeOf(spec.data, files);
    checkLayers(spec, size, where);
    for (const theory of grid.theories) {
      for (const seed of grid.seeds) {
        const used = optionsFor(theory, parsed, seed);
        const key = keyOf(spec, theory, used, files);
        if (!tasks.has(key)) tasks.set(key, { key, settings, spec, theory, options: used, size });
      }
    }
  }
  return [...tasks.values()];
}
