import { InputError } from '../numerics/errors.js';
import type { LayerSpec } from './networkSchema.js';
import { type ProblemSpec, parseProblem } from './schema.js';

/** One key of a problem file with the values it takes: network.hiddenLayers = 1, 2, 3. */
export interface Variation {
  /** with its path, `network.hiddenLayers` */
  readonly key: string;
  /** as in a problem file */
  readonly values: readonly unknown[];
}

/** A problem file with some keys changed. */
export interface Variant {
  /** the changed keys, in the order of the variations */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly spec: ProblemSpec;
}

const MOST_VARIANTS = 1000;

/** Values of a range that names no number of them. */
const RANGE_COUNT = 8;
/** Keys that take whole numbers. */
const WHOLE = ['network.width', 'network.hiddenLayers', 'data.samples', 'data.dimension'];

/**
 * a..b or a..b:count as numbers in equal ratios, in equal steps where a is not positive; undefined if it is
 * no range.
 */
function parseRange(key: string, text: string): number[] | undefined {
  const match = /^\s*([-+.\deE]+?)\s*\.\.\s*([-+.\deE]+?)\s*(?::\s*(\d+)\s*)?$/.exec(text);
  if (!match) return undefined;
  const [from, to, count] = [Number(match[1]), Number(match[2]), Number(match[3] ?? RANGE_COUNT)];
  if (!(from < to) || !(count >= 2) || count > MOST_VARIANTS)
    throw new InputError(
      `--vary ${key}: "${text}" is no range; give for example 20..500, or 20..500:12 for 12 values`,
    );
  const values = Array.from({ length: count }, (_, k) => {
    const t = k / (count - 1);
    return from > 0 ? from * (to / from) ** t : from + (to - from) * t;
  });
  return WHOLE.includes(key)
    ? [...new Set(values.map(Math.round))]
    : values.map((value) => Number(value.toPrecision(4)));
}

/**
 * KEY=VALUE,VALUE,… with values as in JSON, lists in brackets; or KEY=FROM..TO[:COUNT]. @throws InputError
 */
export function parseVariation(text: string): Variation {
  const at = text.indexOf('=');
  const key = text.slice(0, at).trim();
  if (at < 1 || !/^[\w.]+$/.test(key)) {
    throw new InputError(
      `--vary "${text}": give a key and its values, for example network.hiddenLayers=1,2,3`,
    );
  }
  const list = text.slice(at + 1);
  const range = parseRange(key, list);
  if (range) return { key, values: range };
  try {
    return { key, values: nonEmpty(JSON.parse(`[${list}]`)) };
  } catch {
    // Bare words, such as names of activations and formulas, are texts.
    const words = splitOutsideBrackets(list);
    if (words.some((word) => !/^[A-Za-z(][\w()., +*/^-]*$/.test(word))) {
      throw new InputError(
        `--vary ${key}: "${list}" is no list of values; separate numbers or names by commas`,
      );
    }
    return { key, values: words };
  }
}

/** The parts between commas, those of `max(-1, x)` left alone. */
function splitOutsideBrackets(list: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const sign of list) {
    if (sign === '(') depth++;
    if (sign === ')') depth--;
    if (sign === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += sign;
  }
  return parts.map((part) => part.trim());
}

/** KEY=VALUE with the value as in JSON, or a bare word. @throws InputError */
export function parseChange(text: string): Variation {
  const at = text.indexOf('=');
  const key = text.slice(0, at).trim();
  if (at < 1 || !/^[\w.]+$/.test(key))
    throw new InputError(`--set "${text}": give a key and its value, for example network.hiddenLayers=6`);
  const value = text.slice(at + 1).trim();
  try {
    return { key, values: [JSON.parse(value)] };
  } catch {
    return { key, values: [value] };
  }
}

/** A problem file with some keys changed, before it is checked. */
export const withChanges = (spec: unknown, changes: readonly Variation[]): unknown =>
  changes.reduce((changed, { key, values }) => withKey(changed, key, values[0]), spec);

/** What layers one by one say as well: defaults that were filled in must not contradict them. */
const SAID_BY_LAYERS = ['hiddenLayers', 'width', 'activation'];

/**
 * A problem file with another value of a key such as network.width, which widens layers that are said one by
 * one.
 */
export function withKey(spec: unknown, key: string, value: unknown): unknown {
  const changed = withValue(spec, key.split('.'), value);
  // Other likelihoods have no noise, and a default that was filled in must not contradict them.
  if (key === 'likelihood' && value !== 'gaussian')
    return { ...(changed as object), noiseVariance: undefined };
  const { network } = changed as { network?: Record<string, unknown> };
  const layersOf = network?.layers;
  const fits = !Array.isArray(value) || value.length === (layersOf as unknown[] | undefined)?.length;
  const widened = key === 'network.width' && Array.isArray(layersOf) && fits;
  if (!network || (key !== 'network.layers' && !widened)) return changed;
  const rest = Object.entries(network).filter(([name]) => !SAID_BY_LAYERS.includes(name));
  const layers = widened ? { layers: withWidths(network.layers as LayerSpec[], value) } : {};
  return { ...(changed as object), network: { ...Object.fromEntries(rest), ...layers } };
}

/** Layers one by one of another width, or of one each. */
const withWidths = (layers: readonly LayerSpec[], value: unknown): unknown[] =>
  layers.map(({ dense, convolution, ...layer }, l) => {
    const width = Array.isArray(value) ? value[l] : value;
    return convolution ? { ...layer, convolution: { ...convolution, width } } : { ...layer, dense: width };
  });

function nonEmpty(values: unknown[]): unknown[] {
  if (values.length === 0) throw new Error('empty');
  return values;
}

/** A copy of nested plain data with another value at a path. */
export function withValue(node: unknown, path: readonly string[], value: unknown): unknown {
  if (path.length === 0) return value;
  const [key, ...rest] = path;
  const object = (typeof node === 'object' && node !== null ? node : {}) as Record<string, unknown>;
  return { ...object, [key]: withValue(object[key], rest, value) };
}

/**
 * The first values of all keys, then the second, and so on. @throws InputError if keys have different numbers
 * of values
 */
export function zipped(spec: ProblemSpec, variations: readonly Variation[]): Variant[] {
  checkTwice(variations);
  const { length } = variations[0].values;
  const other = variations.find(({ values }) => values.length !== length);
  if (other)
    throw new InputError(
      `--vary: ${length} values of ${variations[0].key} but ${other.values.length} of ${other.key}; keys that are varied together need as many`,
    );
  return Array.from({ length }, (_, k) => {
    let changed: unknown = spec;
    for (const { key, values } of variations) changed = withKey(changed, key, values[k]);
    const settings = Object.fromEntries(variations.map(({ key, values }) => [key, values[k]]));
    return { settings, spec: parseProblem(changed, '--vary') };
  });
}

function checkTwice(variations: readonly Variation[]): void {
  const twice = variations.find(({ key }, k) => variations.findIndex((other) => other.key === key) < k);
  if (twice) throw new InputError(`--vary ${twice.key}: given twice; put all its values into one list`);
}

/** Every combination of the values, each checked as a problem file of its own. @throws InputError */
export function variants(spec: ProblemSpec, variations: readonly Variation[]): Variant[] {
  const count = variations.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_VARIANTS)
    throw new InputError(`--vary: ${count} settings; at most ${MOST_VARIANTS} are compared at once`);
  checkTwice(variations);
  let all: { settings: Record<string, unknown>; spec: unknown }[] = [{ settings: {}, spec }];
  for (const { key, values } of variations) {
    all = all.flatMap((variant) =>
      values.map((value) => ({
        settings: { ...variant.settings, [key]: value },
        spec: withKey(variant.spec, key, value),
      })),
    );
  }
  return all.map(({ settings, spec: changed }) => ({ settings, spec: parseProblem(changed, '--vary') }));
}
