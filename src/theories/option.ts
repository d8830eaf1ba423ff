import * as z from 'zod';
import { type Bounds, type Interval, shownValue } from '../numerics/bounds.js';
import { InputError } from '../numerics/errors.js';

/** What an option is for people, beside the values that are right. */
export interface OptionTexts<Value> {
  /** one line: what it does, without its default */
  readonly about: string;
  /** what it is unless it is given, where that is one value */
  readonly default?: Value;
  /** the same in words, where it depends on the problem or on the theory */
  readonly otherwise?: string;
  /** what stands for its value in a help text; `number` or `name` by default */
  readonly placeholder?: string;
}

/**
 * An option of a theory, declared in the file of the theory: from it follow its check in programs, its flag
 * on the command line, its key in grids, its type for completion, and what Python knows of it.
 */
export interface TheoryOption<Value = unknown> extends OptionTexts<Value> {
  /**
   * how a value is given: a number or one of `choices` anywhere; `program`: by programs in JavaScript alone
   */
  readonly kind: 'number' | 'choice' | 'group' | 'program';
  /** exactly the values that are right */
  readonly schema: z.ZodType<Value>;
  /**
   * Lets right values pass. @throws InputError that has the `name` of the option, its value and what would be
   * right
   */
  check(name: string, value: unknown): void;
  /** what would be right, such as `a whole number from 1 to 64` */
  readonly right: string;
  /** the words that are right, of a choice */
  readonly choices?: readonly string[];
  /** options that belong together: an object in programs, one by one in a grid and in Python */
  readonly group?: OptionTable;
  /**
   * what of a value means anything beside the rest of it: tasks of a grid that differ in nothing else are one
   */
  relevant?(value: Value): Value;
}

/** Options by their names. */
export type OptionTable = Readonly<Record<string, TheoryOption>>;

/** Of a theory that has none but the seed that all take. */
export type NoOptions = Readonly<Record<never, TheoryOption>>;

/** The values that options of a table may have, each of which may be left out. */
export type ValuesOf<Table extends OptionTable> = {
  readonly [Name in keyof Table]?: Table[Name] extends TheoryOption<infer Value> ? Value : never;
};

function option<Value>(
  kind: TheoryOption['kind'],
  schema: z.ZodType<Value>,
  right: string,
  texts: OptionTexts<Value>,
): TheoryOption<Value> {
  return {
    ...texts,
    kind,
    schema,
    right,
    check(name, value) {
      if (!schema.safeParse(value).success)
        throw new InputError(`${name}: ${shownValue(value)}; must be ${right}`);
    },
  };
}

/**
 * A whole number within bounds, both included. @param bounds `least` and `most` @param texts what it is for
 * people
 */
export const wholeOption = ({ least, most }: Bounds, texts: OptionTexts<number>): TheoryOption<number> =>
  option('number', z.int().min(least).max(most), `a whole number from ${least} to ${most}`, texts);

/**
 * A real number strictly between two. @param interval `above` and `below` @param texts what it is for people
 */
export const realOption = ({ above, below }: Interval, texts: OptionTexts<number>): TheoryOption<number> =>
  option('number', z.number().gt(above).lt(below), `a number between ${above} and ${below}`, texts);

/** One of some words. @param choices the words @param texts what it is for people */
export const choiceOption = <const Choice extends string>(
  choices: readonly Choice[],
  texts: OptionTexts<Choice>,
): TheoryOption<Choice> => ({
  ...option<Choice>(
    'choice',
    z.enum(choices as readonly [Choice, ...Choice[]]),
    `one of ${choices.join(', ')}`,
    texts,
  ),
  choices,
});

/**
 * What only programs can give, such as arrays: what is right depends on the problem, and is for the theory to
 * check.
 * @param texts what it is for people
 */
export const programOption = <Value>(texts: OptionTexts<Value>): TheoryOption<Value> =>
  option('program', z.custom<Value>(), 'what a program makes', texts);

/**
 * Options that belong together.
 * @param group the options by their names
 * @param texts what they are for people
 * @param check says what is wrong in their own words, and which do not go together
 * @param relevant leaves out those that mean nothing beside the others
 */
export const groupOption = <Value>(
  group: OptionTable,
  check: (value: unknown) => void,
  texts: OptionTexts<Value>,
  relevant: (value: Value) => Value = (value) => value,
): TheoryOption<Value> => {
  const schema = z.strictObject(shapeOf(group)) as unknown as z.ZodType<Value>;
  const right = `an object with some of ${Object.keys(group).join(', ')}`;
  return { ...option('group', schema, right, texts), group, relevant, check: (_, value) => check(value) };
};

/** A schema for each option, none of which need be given. */
export const shapeOf = (table: OptionTable): Record<string, z.ZodType> =>
  Object.fromEntries(Object.entries(table).map(([name, { schema }]) => [name, schema.optional()]));

/**
 * Options that were given one by one, those of a group in an object of its own; values that are not given
 * stay out.
 */
export function grouped(
  table: OptionTable,
  plain: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(plain)) {
    const owner = Object.keys(table).find((each) => name in (table[each].group ?? {}));
    if (value === undefined) continue;
    if (owner === undefined) out[name] = value;
    else out[owner] = { ...(out[owner] as object | undefined), [name]: value };
  }
  return out;
}

/** The options of a table with those of its groups one by one, and without what only programs can give. */
export const plainOptions = (table: OptionTable): OptionTable =>
  Object.fromEntries(
    Object.entries(table)
      .filter(([, { kind }]) => kind !== 'program')
      .flatMap(([name, each]) =>
        each.group ? Object.entries(plainOptions(each.group)) : [[name, each] as const],
      ),
  );
