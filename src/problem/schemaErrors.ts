import type * as z from 'zod';
import { shownValue } from '../numerics/bounds.js';
import { InputError } from '../numerics/errors.js';
import { nearestName } from '../numerics/nearestName.js';

/**
 * Checks a value against a schema and fills in defaults.
 * @param base keys above the value, for the error
 * @throws InputError: one line with the key, its value and what would be right
 */
export function parse<T>(schema: z.ZodType<T>, input: unknown, where: string, base: PropertyKey[]): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new InputError(`${where}: ${describe(result.error.issues[0], input, base, schema)}`);
}

const dotted = (path: readonly PropertyKey[]) =>
  path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text ? `${text}.${String(key)}` : String(key),
    '',
  );

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    input,
  );
}

function describe(issue: z.core.$ZodIssue, input: unknown, base: PropertyKey[], schema: z.ZodType): string {
  if (issue.code === 'invalid_union') {
    const kinds = issue.errors.map(([first]) => first);
    if (
      kinds.length > 1 &&
      kinds.every((first) => first?.code === 'invalid_type' && first.path.length === 0)
    ) {
      const where = dotted([...base, ...issue.path]) || 'the file';
      const expected = kinds.map(
        (first) => KINDS[(first as z.core.$ZodIssueInvalidType).expected] ?? 'something else',
      );
      return `${where}: ${shownValue(valueAt(input, issue.path))}; must be ${expected.join(' or ')}`;
    }
    // The branch that got furthest tells most: an array of the right kind with one bad entry.
    const branches = issue.errors.map((branch) => branch[0]).filter(Boolean);
    const deepest = branches.sort(
      (x, y) =>
        y.path.length - x.path.length ||
        Number(y.code !== 'invalid_type') - Number(x.code !== 'invalid_type'),
    )[0];
    return describe(
      { ...deepest, path: [...issue.path, ...deepest.path] } as z.core.$ZodIssue,
      input,
      base,
      schema,
    );
  }
  const name = dotted([...base, ...issue.path]) || 'the file';
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0];
    const known = knownKeys(schema, issue.path);
    const nearest = nearestName(key, known);
    const where = dotted([...base, ...issue.path, key]);
    return `${where}: unknown key; ${nearest ? `did you mean "${nearest}"?` : `known are ${known.join(', ')}`}`;
  }
  const value = valueAt(input, issue.path);
  if (value === undefined) return `${name}: missing; ${expectation(issue)}`;
  return `${name}: ${shownValue(value)}; ${expectation(issue)}`;
}

/** What values are called by their types. */
const KINDS: Readonly<Record<string, string>> = {
  int: 'a whole number',
  number: 'a number',
  string: 'a text',
  array: 'a list',
  object: 'an object',
  boolean: 'true or false',
};

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      if (issue.origin === 'string') return 'must not be empty';
      return `must be ${issue.origin === 'array' ? 'a list of ' : ''}${issue.inclusive ? 'at least' : 'greater than'} ${issue.minimum}`;
    case 'too_big':
      return `must be ${issue.origin === 'array' ? 'a list of ' : ''}at most ${issue.maximum}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    default:
      return issue.message;
  }
}

/** Keys of the objects that may stand at a place. */
function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  const there = path.reduce<readonly Kind[]>(
    (kinds, key) => kinds.flatMap((kind) => kindsOf(partOf(kind, key))),
    kindsOf(schema),
  );
  return [...new Set(there.flatMap(({ shape = {} }) => Object.keys(shape)))];
}

/** What of a schema says which keys and entries there are. */
interface Kind {
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly def?: {
    readonly innerType?: unknown;
    readonly options?: readonly unknown[];
    readonly element?: unknown;
  };
}

/** The kinds of values that a schema allows, without what wraps them: defaults, unions. */
function kindsOf(schema: unknown): readonly Kind[] {
  const kind = schema as Kind | undefined;
  if (!kind) return [];
  if (kind.def?.innerType) return kindsOf(kind.def.innerType);
  return kind.def?.options ? kind.def.options.flatMap(kindsOf) : [kind];
}

/** What stands under a key of an object, or in a list. */
const partOf = ({ shape, def }: Kind, key: PropertyKey): unknown =>
  typeof key === 'number' ? def?.element : shape?.[String(key)];
