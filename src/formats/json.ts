import { InputError } from '../numerics/errors.js';
import { shownName } from './names.js';
import { decoded } from './text.js';

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** An object or list that is open. */
interface Level {
  /** keys of an object so far; undefined in a list */
  readonly keys: Set<string> | undefined;
  /** the next text is a key */
  expectsKey: boolean;
}

/** The first key that an object of valid JSON has twice, of which parsers keep the last without a word. */
function repeatedKey(text: string): string | undefined {
  const levels: Level[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === '{') levels.push({ keys: new Set(), expectsKey: true });
    else if (token === '[') levels.push({ keys: undefined, expectsKey: false });
    else if (token === '}' || token === ']') levels.pop();
    else if (!level?.keys) continue;
    else if (token === ',') level.expectsKey = true;
    else if (token === ':') level.expectsKey = false;
    else if (level.expectsKey) {
      const key = JSON.parse(token) as string;
      if (level.keys.has(key)) return key;
      level.keys.add(key);
    }
  }
  return undefined;
}

/**
 * Reads a JSON file that a person may have written: in UTF-8 or UTF-16, with or without a byte-order mark.
 * @throws InputError for what is no JSON, and for a key that an object has twice
 */
export function parseJson(bytes: Uint8Array, name: string): unknown {
  const text = decoded(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InputError(`${name}: not valid JSON: ${(error as Error).message}`);
  }
  const twice = repeatedKey(text);
  if (twice !== undefined)
    throw new InputError(`${name}: the key "${shownName(twice)}" is given twice; leave one of them out`);
  return value;
}
