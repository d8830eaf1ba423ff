import { InputError } from '../numerics/errors.js';
import { type ProblemSpec, parseProblem } from './schema.js';

/** One key of a problem file with the values it takes: network.hiddenLayers = 1, 2, 3. */
export interface Variation {
  readonly key: string;
  readonly values: readonly unknown[];
}

/** A problem file with some keys changed. */
export interface Variant {
  /** the changed keys, in the order of the variations */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly spec: ProblemSpec;
}

const MOST_VARIANTS = 1000;

/** KEY=VALUE,VALUE,… with values as in JSON; lists in brackets. @throws InputError */
export function parseVariation(text: string): Variation {
  const at = text.indexOf('=');
  const key = text.slice(0, at).trim();
  if (at < 1 || !/^[\w.]+$/.test(key)) {
    throw new InputError(`--vary "${text}": give a key and its values, for example network.hiddenLayers=1,2,3`);
  }
  const list = text.slice(at + 1);
  try {
    return { key, values: nonEmpty(JSON.parse(`[${list}]`)) };
  } catch {
    // Bare words, such as names of activations, are texts.
    const words = list.split(',').map((word) => word.trim());
    if (words.some((word) => !/^[A-Za-z][\w()., -]*$/.test(word))) {
      throw new InputError(`--vary ${key}: "${list}" is no list of values; separate numbers or names by commas`);
    }
    return { key, values: words };
  }
}

function nonEmpty(values: unknown[]): unknown[] {
  if (values.length === 0) throw new Error('empty');
  return values;
}

function withValue(node: unknown, path: readonly string[], value: unknown): unknown {
  if (path.length === 0) return value;
  const [key, ...rest] = path;
  const object = (typeof node === 'object' && node !== null ? node : {}) as Record<string, unknown>;
  return { ...object, [key]: withValue(object[key], rest, value) };
}

/** Every combination of the values, each checked as a problem file of its own. @throws InputError */
export function variants(spec: ProblemSpec, variations: readonly Variation[]): Variant[] {
  const count = variations.reduce((product, { values }) => product * values.length, 1);
  if (count > MOST_VARIANTS) throw new InputError(`--vary: ${count} settings; at most ${MOST_VARIANTS} are compared at once`);
  const twice = variations.find(({ key }, k) => variations.findIndex((other) => other.key === key) < k);
  if (twice) throw new InputError(`--vary ${twice.key}: given twice; put all its values into one list`);
  let all: { settings: Record<string, unknown>; spec: unknown }[] = [{ settings: {}, spec }];
  for (const { key, values } of variations) {
    all = all.flatMap((variant) =>
      values.map((value) => ({
        settings: { ...variant.settings, [key]: value },
        spec: withValue(variant.spec, key.split('.'), value),
      })),
    );
  }
  return all.map(({ settings, spec: changed }) => ({ settings, spec: parseProblem(changed, '--vary') }));
}
