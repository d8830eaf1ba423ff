import * as z from 'zod';
import { parseJson } from '../formats/json.js';
import { readInputNow } from '../io/readInput.js';
import type { Bounds } from '../numerics/bounds.js';
import { shownValue } from '../numerics/bounds.js';
import { InputError } from '../numerics/errors.js';

/** What a cluster may be asked for: cores of a job, jobs at a time, tasks of a job. */
export const SLURM_BOUNDS = {
  cpus: { least: 1, most: 1024 },
  max: { least: 1, most: 1e6 },
  chunk: { least: 1, most: 1e6 },
} as const;

const counted = ({ least, most }: Bounds) => {
  const right = `must be a whole number from ${least} to ${most}`;
  return z.int(right).min(least, right).max(most, right).optional();
};
const matching = (pattern: RegExp, right: string) => z.string(right).regex(pattern, right);

/** Several by commas; whatever else were in a line of a script could be read as something of its own. */
const NAMES = /^\w[\w.@+:/-]*(,\w[\w.@+:/-]*)*$/;
const named = (what: string) =>
  matching(NAMES, `must be the name of ${what}: letters, digits and . _ - alone`);
const TIME = /^(\d+|\d+:\d{1,2}|\d+:\d{1,2}:\d{1,2}|\d+-\d{1,2}(:\d{1,2}){0,2}|unlimited|infinite)$/i;
/** A line break, of any kind, would end a directive, and what follows it would be a command of the script. */
const DIRECTIVE = /^--[a-z][^\p{Cc}\p{Zl}\p{Zp}]*$/iu;

/** What is asked of the cluster for each job of the array. */
const profileSchema = z.strictObject(
  {
    partition: named('a partition').optional(),
    account: named('an account').optional(),
    qos: named('a quality of service').optional(),
    time: matching(
      TIME,
      'must be a time limit: minutes such as 30, or 02:00:00, 1-12 (days-hours), 1-12:30:00',
    ).optional(),
    /** of a job; from the largest task by default */
    memory: matching(
      /^\d{1,9}[KMGT]?$/i,
      'must be a size such as 4G: a whole number and K, M (default), G or T',
    ).optional(),
    cpus: counted(SLURM_BOUNDS.cpus),
    /** jobs of the array that run at the same time */
    max: counted(SLURM_BOUNDS.max),
    /** tasks of a job */
    chunk: counted(SLURM_BOUNDS.chunk),
    /** further directives, such as --constraint=avx512 */
    directives: z
      .array(
        matching(
          DIRECTIVE,
          'must be an option of sbatch such as --constraint=avx512, without control characters or line breaks',
        ),
        'must be a list of options of sbatch, such as ["--constraint=avx512"]',
      )
      .optional(),
  },
  'must be an object such as {"partition": "cpu", "time": "02:00:00"}',
);
export type SlurmProfile = z.output<typeof profileSchema>;

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
    input,
  );
}

/**
 * @param named how errors call a key, such as `profile.json: time` or `--time`. @throws InputError that names
 *   the key
 */
export function parseProfile(input: unknown, named: (key?: string) => string): SlurmProfile {
  const parsed = profileSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  if (issue.code === 'unrecognized_keys')
    throw new InputError(
      `${named(issue.keys[0])}: unknown key; known are ${Object.keys(profileSchema.shape).join(', ')}`,
    );
  const [key, ...rest] = issue.path;
  const name = `${named(key as string | undefined)}${rest.map((index) => `[${String(index)}]`).join('')}`;
  throw new InputError(`${name}: ${shownValue(valueAt(input, issue.path))}; ${issue.message}`);
}

export function readProfile(path: string): SlurmProfile {
  const named = (key?: string) => (key === undefined ? path : `${path}: ${key}`);
  return parseProfile(parseJson(readInputNow(path, `--profile ${path}`), path), named);
}
